import NeuralNetwork

/// Confidence intervals by drawing subjects anew, with replacement (Efron 1979): foci of one subject are alike, so foci are
/// never drawn by themselves.
public struct SubjectBootstrap: Sendable {
    /// For each resample, how often each study counts.
    public let resamples: [[Int]]

    /// Draws resamples.
    /// - Parameters:
    ///   - people: the number of the person whose each study is, from 0 on. A person's studies are drawn together.
    ///   - count: how many resamples.
    ///   - seed: what they are drawn from; two measures with one seed are paired.
    public init(people: [Int], count: Int = 1000, seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed, stream: "bootstrap")
        let subjects = (people.max() ?? -1) + 1
        resamples = (0..<count).map { _ in
            var times = [Int](repeating: 0, count: subjects)
            for _ in 0..<subjects { times[Int.random(in: 0..<subjects, using: &random)] += 1 }
            return people.map { times[$0] }
        }
    }

    /// The interval that holds 95 % of a measure's values over the resamples (percentiles 2.5 and 97.5).
    /// - Parameter measure: the measure where each subject counts so often; nil where it has none.
    /// - Returns: nil where the measure never has a value.
    public func interval(_ measure: ([Int]) -> Double?) -> ClosedRange<Double>? {
        let values = resamples.compactMap(measure).sorted()
        guard let first = values.first, let last = values.last else { return nil }
        func percentile(_ share: Double) -> Double {
            let place = share * Double(values.count - 1)
            let low = Int(place)
            guard low + 1 < values.count else { return last }
            return values[low] + (values[low + 1] - values[low]) * (place - Double(low))
        }
        return values.count == 1 ? first...first : percentile(0.025)...percentile(0.975)
    }
}
