import Anatomy
import Classification
import Foundation
import Synchronization
import Testing
import Training

@Suite struct ProvisionalFitTests {
    /// Foci of three sites that stand apart in two of the features; those of one side of a third are lesions.
    private static func foci(_ count: Int, seed: UInt64) -> [LabelledFocus] {
        var state = seed
        func chance() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / 9_007_199_254_740_992
        }
        let sites: [(AnatomicalLocation, Double, Double)] = [(.liver, 0, 0), (.kidney, 4, 0), (.rib, 0, 4)]
        return (0..<count).map { index in
            let (location, x, y) = sites[index % 3]
            var values = FocusFeatures.names.map { _ in chance() }
            values[3] = x + chance()
            values[7] = y + chance()
            let suspicious = values[11] > 0.5
            values[11] += suspicious ? 0.5 : -0.5
            return LabelledFocus(
                features: FocusFeatures(values: values), location: location, suspicious: suspicious,
                patient: UInt64(index))
        }
    }

    private static var small: ProvisionalFit {
        var fit = ProvisionalFit()
        fit.directionCount = 16
        fit.steps = 150
        return fit
    }

    private static let fitted = small.fit(foci(300, seed: 1), version: "t", command: "test") { _, _ in }

    /// What a model makes of a focus, worked out from its numbers.
    private func judge(_ focus: LabelledFocus, _ model: ProvisionalModel.Parameters) -> (AnatomicalLocation, Bool) {
        let input = FeatureTransform(
            means: model.means, deviations: model.deviations, seed: model.directionSeed, count: model.directionCount,
            scale: model.directionScale)(focus.features)
        func score(_ weights: [Float]) -> Float { zip(weights, input + [1]).reduce(0) { $0 + $1.0 * $1.1 } }
        let scores = model.locationWeights.map(score)
        return (model.locations[scores.firstIndex(of: scores.max()!)!], score(model.suspicionWeights) > 0)
    }

    @Test func whatStandsApartIsLearnt() {
        let others = Self.foci(150, seed: 2)
        let located = others.count { judge($0, Self.fitted).0 == $0.location }
        let judged = others.count { judge($0, Self.fitted).1 == $0.suspicious }
        #expect(located >= 143)
        #expect(judged >= 143)
    }

    @Test func theFitIsAModelThatLoads() throws {
        let model = try ProvisionalModel(parameters: Self.fitted, sha256: "")
        #expect(model.identity.version == "t")
        #expect(model.parameters.trainedBy == "test")
        #expect(
            model.parameters.locations == [.liver, .kidney, .rib], "those that were seen, in the order of the list")
        #expect(model.parameters.features == FocusFeatures.names)
        // Through JSON and back, not a digit changes.
        let again = try JSONDecoder().decode(
            ProvisionalModel.Parameters.self, from: JSONEncoder().encode(Self.fitted))
        #expect(again.locationWeights == Self.fitted.locationWeights)
        #expect(again.suspicionWeights == Self.fitted.suspicionWeights)
        #expect(again.means == Self.fitted.means && again.deviations == Self.fitted.deviations)
    }

    @Test func momentsAreThoseOfTheFoci() {
        let foci = Self.foci(300, seed: 1)
        for index in FocusFeatures.names.indices {
            let values = foci.map { $0.features.values[index] }
            let mean = values.reduce(0, +) / 300
            let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 300).squareRoot()
            #expect(abs(Self.fitted.means[index] - mean) < 1e-12)
            #expect(abs(Self.fitted.deviations[index] - deviation) < 1e-12)
        }
    }

    @Test func aFeatureThatNeverVariesDoesNoHarm() throws {
        let foci = Self.foci(60, seed: 3).map { focus in
            var values = focus.features.values
            values[0] = 7
            return LabelledFocus(
                features: FocusFeatures(values: values), location: focus.location, suspicious: focus.suspicious,
                patient: focus.patient)
        }
        let fitted = Self.small.fit(foci, version: "", command: "") { _, _ in }
        #expect(fitted.deviations[0] == 1e-3)
        _ = try ProvisionalModel(parameters: fitted, sha256: "")
    }

    @Test func theSameFociGiveTheSameNumbers() throws {
        let again = Self.small.fit(Self.foci(300, seed: 1), version: "t", command: "test") { _, _ in }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(again) == encoder.encode(Self.fitted))
    }

    @Test func progressRisesToTheEndAndTheLossFalls() {
        var (parts, losses): ([Double], [Double]) = ([], [])
        _ = Self.small.fit(Self.foci(60, seed: 4), version: "", command: "") { part, loss in
            parts.append(part)
            losses.append(loss)
        }
        #expect(parts == parts.sorted())
        #expect(parts.last == 1)
        #expect(losses.allSatisfy { $0 >= 0 && $0.isFinite })
        // The first half is the location's, the second suspicion's.
        let half = parts.firstIndex { $0 > 0.5 }!
        #expect(losses[half - 1] < losses[0] / 2)
        #expect(losses.last! < losses[half])
    }
}
