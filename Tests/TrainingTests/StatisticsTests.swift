import Foundation
import Testing
import Training

@Suite struct StatisticsTests {
    private func foci(_ list: [(Double, Bool)]) -> RankedFoci {
        RankedFoci(list.map { .init(subject: 0, probability: $0.0, isDisease: $0.1) })
    }

    @Test func averagePrecisionIsTheSumOverTheSteps() throws {
        // scikit-learn: average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.8333…
        let value = try #require(foci([(0.1, false), (0.4, false), (0.35, true), (0.8, true)]).averagePrecision())
        #expect(abs(value - 5.0 / 6) < 1e-12)
        #expect(foci([(0.9, true), (0.8, true), (0.1, false)]).averagePrecision() == 1)
        #expect(foci([(0.9, false)]).averagePrecision() == nil)
    }

    @Test func equalProbabilitiesMakeOnePoint() throws {
        // Their order must not matter: half of what is called is disease.
        for list in [[(0.5, true), (0.5, false)], [(0.5, false), (0.5, true)]] {
            #expect(foci(list).averagePrecision() == 0.5)
            #expect(foci(list).curve().count == 1)
        }
    }

    @Test func subjectsMayCountSeveralTimes() throws {
        let ranked = RankedFoci([
            .init(subject: 0, probability: 0.9, isDisease: true),
            .init(subject: 1, probability: 0.8, isDisease: false),
            .init(subject: 1, probability: 0.7, isDisease: true),
        ])
        // Precision after subject 1's disease: (2 + 1) / (2 + 1 + 1).
        let value = try #require(ranked.averagePrecision(times: [2, 1]))
        #expect(abs(value - (2.0 / 3 + 1.0 / 3 * 3 / 4)) < 1e-12)
        #expect(ranked.averagePrecision(times: [1, 0]) == 1)
        #expect(ranked.averagePrecision(times: [0, 0]) == nil)
    }

    @Test func kappaIsAgreementBeyondChance() throws {
        // Cohen's example of two who say yes or no: 20, 5, 10, 15 of 50 give 0.4.
        let pairs = [("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)]
            .flatMap { pair in (0..<pair.2).map { _ in (truth: pair.0, said: pair.1) } }
        let matrix = ConfusionMatrix(pairs, categories: ["yes", "no"])
        #expect(matrix.counts == [[20, 5], [10, 15]])
        #expect(matrix.agreement == 0.7)
        #expect(abs(try #require(matrix.kappa) - 0.4) < 1e-12)
        #expect(ConfusionMatrix([("a", "a"), ("a", "a")]).kappa == nil)
        #expect(ConfusionMatrix([]).agreement == nil)
    }

    @Test func bootstrapDrawsSubjects() throws {
        let bootstrap = SubjectBootstrap(people: Array(0..<50), count: 1000, seed: 3)
        #expect(bootstrap.resamples.allSatisfy { $0.reduce(0, +) == 50 })
        // The mean of 50 numbers 0 and 1, half each: standard error 0.0707, so the interval is about 0.36 to 0.64.
        let interval = try #require(
            bootstrap.interval { times in
                Double(times.enumerated().reduce(0) { $0 + ($1.offset.isMultiple(of: 2) ? $1.element : 0) }) / 50
            })
        #expect(abs(interval.lowerBound - 0.36) < 0.03)
        #expect(abs(interval.upperBound - 0.64) < 0.03)
        #expect(SubjectBootstrap(people: Array(0..<50), seed: 3).resamples == bootstrap.resamples)
        #expect(bootstrap.interval { _ in nil } == nil)
    }

    /// Two studies of one person are as alike as foci of one study, and tell less than two people's.
    @Test func aPersonsStudiesAreDrawnTogether() throws {
        let bootstrap = SubjectBootstrap(people: (0..<50).map { $0 / 2 }, count: 1000, seed: 3)
        for times in bootstrap.resamples {
            for pair in stride(from: 0, to: 50, by: 2) { #expect(times[pair] == times[pair + 1]) }
        }
        func width(_ people: [Int]) throws -> Double {
            let interval = try #require(
                SubjectBootstrap(people: people, seed: 3).interval { times in
                    Double(times.enumerated().reduce(0) { $0 + ($1.offset % 4 < 2 ? $1.element : 0) })
                        / Double(times.reduce(0, +))
                })
            return interval.upperBound - interval.lowerBound
        }
        // Half as many independent numbers make an interval wider by the root of two.
        #expect(abs(try width((0..<200).map { $0 / 2 }) / width(Array(0..<200)) - 2.0.squareRoot()) < 0.15)
    }

    @Test func calibrationErrorIsTheMeanDistance() {
        let curve = CalibrationCurve(
            [(0.05, false), (0.05, false), (0.95, true), (0.95, false)].map { (probability: $0.0, isDisease: $0.1) })
        #expect(curve.bins.map(\.count) == [2, 2])
        #expect(abs(curve.expectedError - (0.5 * 0.05 + 0.5 * 0.45)) < 1e-12)
        #expect(CalibrationCurve([]).expectedError == 0)
        #expect(CalibrationCurve([(1.0, true)]).bins.count == 1)
    }
}
