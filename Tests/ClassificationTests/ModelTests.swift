import Anatomy
import Classification
import DICOM
import Detection
import Foundation
import Imaging
import NeuralNetwork
import Testing

@Suite struct ModelTests {
    /// Writes a small model, changes the folder, and looks at what comes of it.
    private func folder(
        _ description: ModelDescription = Small.description, _ change: (URL) throws -> Void = { _ in },
        then body: (URL) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("model-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try ModelBundle.write(description, weights: Small.weights, to: folder)
        try change(folder)
        try body(folder)
    }

    private func refusal(_ folder: URL) -> String? {
        do throws(ModelError) {
            _ = try ModelBundle.load(folder)
            return nil
        } catch {
            return error.description
        }
    }

    // MARK: Bundles

    @Test func aBundleIsKnownByItsDigest() throws {
        try folder { folder in
            let model = try ModelBundle.load(folder)
            let data = try Data(contentsOf: folder.appendingPathComponent("model.json"))
            #expect(model.identity.name == "small")
            #expect(model.identity.version == "1")
            #expect(model.identity.sha256 == SHA256Digest(of: Array(data)).description)
            #expect(model.description.weights.sha256 != Small.description.weights.sha256, "filled in when written")
        }
    }

    @Test func theShippedModelLoads() throws {
        let model = try ModelBundle.shipped()
        #expect(model.identity.name == "uptake-focus")
        #expect(model.identity.sha256.allSatisfy { $0.isHexDigit })
        #expect(model.description.tracers.trained.contains(.ga68PSMA11))
        #expect(model.description.tracers.trained.contains(.f18FDG))
        #expect(!model.description.training.data.isEmpty)
    }

    @Test func aMissingBundleIsNamed() throws {
        let nowhere = URL(fileURLWithPath: "/nonexistent/model")
        #expect(throws: ModelError.missing(path: "/nonexistent/model/model.json")) { try ModelBundle.load(nowhere) }
        #expect(ModelError.missing(path: "x").description.contains("name the folder of a model"))
    }

    @Test(arguments: ["", "{", "[]", "{\"name\":\"uptake-focus\"}", "\u{0}\u{1}"])
    func whatIsNoModelIsRefused(_ text: String) throws {
        try folder(Small.description, { try Data(text.utf8).write(to: $0.appendingPathComponent("model.json")) }) {
            #expect(refusal($0)?.hasPrefix("the model bundle is refused") == true)
        }
    }

    @Test func aModelOfAnotherVersionIsCalledThat() throws {
        try folder(
            Small.description,
            { folder in
                let file = folder.appendingPathComponent("model.json")
                var model = try #require(
                    JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
                var views = try #require(model["views"] as? [String: Any])
                // As the model 0.4.0 is, which knew of no organs.
                views["organs"] = nil
                model["views"] = views
                try JSONSerialization.data(withJSONObject: model).write(to: file)
            }
        ) { #expect(refusal($0)?.contains("lacks \"organs\": it is of another version") == true) }
    }

    @Test func weightsThatWereTamperedWithAreRefused() throws {
        try folder(
            Small.description,
            { folder in
                let file = folder.appendingPathComponent("weights.safetensors")
                var bytes = try Data(contentsOf: file)
                bytes[bytes.count - 3] ^= 1
                try bytes.write(to: file)
            }
        ) { #expect(refusal($0)?.contains("SHA-256") == true) }
    }

    @Test func missingWeightsAreNamed() throws {
        try folder(
            Small.description,
            {
                try FileManager.default.removeItem(at: $0.appendingPathComponent("weights.safetensors"))
            }
        ) { #expect(refusal($0)?.contains("weights.safetensors") == true) }
    }

    @Test func weightsOfAnotherShapeAreRefused() throws {
        var description = Small.description
        description.architecture.hidden = 16
        try folder(description) { #expect(refusal($0)?.contains("weights") == true) }
    }

    @Test func nothingOutsideOfTheBundleIsRead() throws {
        try folder(
            Small.description,
            { folder in
                let file = folder.appendingPathComponent("model.json")
                let text = try String(contentsOf: file, encoding: .utf8)
                try text.replacingOccurrences(of: "weights.safetensors", with: "../weights.safetensors")
                    .write(to: file, atomically: true, encoding: .utf8)
            }
        ) { #expect(refusal($0)?.contains("outside of the bundle") == true) }
    }

    @Test func theSmallNetworkIsAModelToo() throws {
        var description = Small.description
        description.architecture = .small
        let declared = { (shape: FocusNetwork) in shape.network(tracers: description.tracers.count) }
        let start = declared(.small).start(seed: 1)
        _ = try NetworkModel(description, weights: SafeTensors(start), sha256: "")
        #expect(start.count * 3 < declared(FocusNetwork()).start(seed: 1).count)
    }

    /// What may be wrong with a description, and a word of the complaint.
    private static let damages: [(word: String, change: @Sendable (inout ModelDescription) -> Void)] = [
        ("views", { $0.views.side = 24 }),
        ("views", { $0.views.spacings = [5, 10] }),
        ("views", { $0.views.features.swapAt(0, 1) }),
        ("views", { $0.views.edition += 1 }),
        ("depth", { $0.architecture.blocks = [] }),
        ("depth", { $0.architecture.overview = [8] }),
        ("widths", { $0.architecture.stem = 7 }),
        ("step", { $0.architecture.stemStep = 0 }),
        ("widths", { $0.architecture.blocks = [1 << 40] }),
        ("size", { $0.architecture.hidden = 0 }),
        ("size", { $0.architecture.dropout = .nan }),
        ("scale", { $0.scale = FeatureScale(means: [], deviations: []) }),
        ("scale", { $0.scale = FeatureScale(means: $0.scale.means, deviations: $0.scale.means.map { _ in 0 }) }),
        ("two codes", { $0.tracers = TracerCodes(trained: [.f18FDG, .f18FDG]) }),
        ("locations", { $0.locations.removeLast() }),
        ("calibration", { $0.calibration.slope = -1 }),
        ("calibration", { $0.calibration.offset = .infinity }),
        ("operating point", { $0.operatingPoints.bone.first = 1.5 }),
        ("operating point", { $0.operatingPoints.lymphNode.further = .nan }),
        ("operating point", { $0.operatingPoints.bone = .init(first: 0.4, further: 0.5) }),
        ("weights", { $0.tracers = TracerCodes(trained: [.f18FDG]) }),
    ]

    @Test(arguments: damages.indices) func damagedDescriptionsAreRefused(_ index: Int) {
        let (word, change) = Self.damages[index]
        var damaged = Small.description
        change(&damaged)
        do throws(ModelError) {
            _ = try NetworkModel(damaged, weights: Small.weights, sha256: "")
            Issue.record("accepted")
        } catch {
            #expect(error.description.contains(word), "\(error)")
            #expect(error.description.hasPrefix("the model bundle is refused"))
        }
    }

    // MARK: Judging

    @Test func everyFocusIsJudgedInOrder() throws {
        let model = try ModelBundle.shipped()
        for scan in [Shared.scan, Shared.withoutCT] {
            let judged = model.classify(Shared.uptake, in: scan)
            #expect(judged.map(\.focus) == Shared.uptake.foci)
            for focus in judged {
                #expect((0...1).contains(focus.verdict.suspiciousProbability))
                #expect((0...1).contains(focus.verdict.locationProbability))
            }
            #expect(model.description.operatingPoints.judging(judged.map(\.verdict)) == judged.map(\.verdict))
            #expect(model.classify(Shared.uptake, in: scan) == judged, "the same again")
        }
    }

    @Test func calibrationAndOperatingPointMakeTheVerdict() throws {
        var description = Small.description
        description.calibration = .init(slope: 2, offset: -1)
        description.operatingPoints = OperatingPoints(organ: .init(0.3), lymphNode: .init(0.2), bone: .init(0.6))
        let model = try NetworkModel(description, weights: Small.weights, sha256: "")
        let plain = try NetworkModel(Small.description, weights: Small.weights, sha256: "")
        let answers = plain.answers(for: ScanView(Shared.uptake, in: Shared.scan))
        for (focus, answer) in zip(model.classify(Shared.uptake, in: Shared.scan), answers) {
            let probability = 1 / (1 + exp(-(2 * answer.suspicion - 1)))
            #expect(abs(focus.verdict.suspiciousProbability - probability) < 1e-12)
            let point = ["organ": 0.3, "lymphNode": 0.2, "bone": 0.6][focus.verdict.location.group.rawValue]!
            #expect(focus.verdict.suspicious == (probability >= point))
        }
    }

    @Test func furtherFociOfAGroupNeedLessThanTheFirst() {
        func verdict(_ probability: Double, _ location: AnatomicalLocation) -> Verdict {
            Verdict(
                suspiciousProbability: probability, suspicious: false, location: location, laterality: .left,
                locationProbability: 1)
        }
        let points = OperatingPoints(
            organ: .init(0.5), lymphNode: .init(first: 0.6, further: 0.3), bone: .init(first: 0.9, further: 0.4))
        let judged = points.judging([
            verdict(0.89, .rib), verdict(0.4, .sternum), verdict(0.6, .inguinalNode), verdict(0.3, .internalIliacNode),
            verdict(0.29, .internalIliacNode), verdict(0.5, .liver), verdict(0.49, .liver),
        ])
        #expect(judged.map(\.suspicious) == [false, false, true, true, false, true, false])
        #expect(points.judging([verdict(0.9, .rib), verdict(0.4, .sternum)]).map(\.suspicious) == [true, true])
        #expect("\(points)" == "nodes 0.600 then 0.300, bones 0.900 then 0.400, organs 0.500")
    }

    @Test func theSitesOfBothSidesAddUp() throws {
        let model = try NetworkModel(Small.description, weights: Small.weights, sha256: "")
        var locations = [Double](repeating: 0, count: LocationClasses.all.count)
        locations[LocationClasses.index(.liver, .midline)!] = 0.4
        locations[LocationClasses.index(.rib, .left)!] = 0.25
        locations[LocationClasses.index(.rib, .right)!] = 0.35
        let verdict = model.verdict(.init(suspicion: 0, locations: locations), offset: 50)
        #expect(verdict.location == .rib)
        #expect(verdict.laterality == .right, "the network's side, not that of the offset")
        #expect(abs(verdict.locationProbability - 0.6) < 1e-12)
        locations[LocationClasses.index(.liver, .midline)!] = 0.9
        #expect(model.verdict(.init(suspicion: 0, locations: locations), offset: 50).laterality == .left)
        #expect(model.verdict(.init(suspicion: 0, locations: locations), offset: 3).laterality == .midline)
    }

    @Test func classesNameEverySiteAndMirrorEachOther() {
        #expect(Set(LocationClasses.all.map(\.location)) == Set(AnatomicalLocation.allCases))
        #expect(Set(LocationClasses.names).count == LocationClasses.all.count)
        for (index, mirror) in LocationClasses.mirrored.enumerated() {
            #expect(LocationClasses.mirrored[mirror] == index)
            #expect(LocationClasses.all[index].location == LocationClasses.all[mirror].location)
            #expect((index == mirror) == (LocationClasses.all[index].side == nil))
        }
        #expect(LocationClasses.index(.rib, .midline) == nil, "a rib is of one side")
    }

    @Test func anUnknownTracerCountsAsOneOfItsClass() {
        let codes = TracerCodes(trained: [.f18FDG, .ga68PSMA11])
        #expect(codes.count == 5)
        #expect(codes[.f18FDG] == 3)
        #expect(codes[.ga68PSMA11] == 4)
        #expect(codes[.f18PSMA1007] == 1)
        #expect(TracerCodes(trained: [])[.f18FDG] == 2)
    }
}
