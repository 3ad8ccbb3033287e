/// Whether probabilities mean what they say: of the foci given some probability, how many are disease.
public struct CalibrationCurve: Sendable, Equatable, Codable {
    /// Foci of like probability.
    public struct Bin: Sendable, Equatable, Codable {
        /// How many.
        public var count: Int
        /// Mean of their probabilities.
        public var probability: Double
        /// Part of them that is disease.
        public var frequency: Double
    }

    /// Bins of equal width from 0 to 1; empty ones are left out.
    public let bins: [Bin]

    /// Sorts judged foci into bins.
    public init(_ foci: [(probability: Double, isDisease: Bool)], bins count: Int = 10) {
        var sums = [(count: Int, probability: Double, disease: Int)](repeating: (0, 0, 0), count: count)
        for focus in foci {
            let bin = min(Int(focus.probability * Double(count)), count - 1)
            sums[bin].count += 1
            sums[bin].probability += focus.probability
            sums[bin].disease += focus.isDisease ? 1 : 0
        }
        bins = sums.filter { $0.count > 0 }.map {
            Bin(
                count: $0.count, probability: $0.probability / Double($0.count),
                frequency: Double($0.disease) / Double($0.count))
        }
    }

    /// Expected calibration error: Σ nₖ/n · |frequency − probability| over the bins (Naeini et al. 2015).
    public var expectedError: Double {
        let total = bins.reduce(0) { $0 + $1.count }
        return bins.reduce(0) { $0 + Double($1.count) / Double(max(total, 1)) * abs($1.frequency - $1.probability) }
    }
}
