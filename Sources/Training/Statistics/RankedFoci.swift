/// Foci of many subjects in descending order of the probability that they are disease, and what follows from that order.
///
/// Subjects may count several times or not at all, as a bootstrap asks.
public struct RankedFoci: Sendable {
    /// A judged focus.
    public struct Focus: Sendable, Equatable {
        /// Whose it is, counted from 0.
        public let subject: Int
        /// How probable disease is.
        public let probability: Double
        /// Whether it is.
        public let isDisease: Bool

        /// Gathers a focus.
        public init(subject: Int, probability: Double, isDisease: Bool) {
            (self.subject, self.probability, self.isDisease) = (subject, probability, isDisease)
        }
    }

    /// A point of the curve of precision over recall.
    public struct Point: Sendable, Equatable {
        /// The probability from which foci are called suspicious.
        public let threshold: Double
        /// Part of the disease that is called suspicious.
        public let recall: Double
        /// Part of the suspicious that is disease (positive predictive value).
        public let precision: Double
    }

    private let foci: [Focus]

    /// Ranks foci.
    public init(_ foci: [Focus]) { self.foci = foci.sorted { $0.probability > $1.probability } }

    /// The curve, from the highest threshold down; foci of one probability make one point. Empty without disease.
    /// - Parameter times: how often each subject counts; once where not given.
    public func curve(times: [Int]? = nil) -> [Point] {
        func weight(_ focus: Focus) -> Double { Double(times?[focus.subject] ?? 1) }
        let disease = foci.reduce(0) { $0 + ($1.isDisease ? weight($1) : 0) }
        guard disease > 0 else { return [] }
        var points: [Point] = []
        var (hits, called) = (0.0, 0.0)
        for (index, focus) in foci.enumerated() {
            called += weight(focus)
            hits += focus.isDisease ? weight(focus) : 0
            let isLast = index + 1 == foci.count || foci[index + 1].probability < focus.probability
            if isLast, called > 0 {
                points.append(Point(threshold: focus.probability, recall: hits / disease, precision: hits / called))
            }
        }
        return points
    }

    /// Average precision: Σ (Rₙ − Rₙ₋₁) · Pₙ over the points of the curve, all foci pooled; nil without disease.
    public func averagePrecision(times: [Int]? = nil) -> Double? {
        let points = curve(times: times)
        guard !points.isEmpty else { return nil }
        var (sum, recall) = (0.0, 0.0)
        for point in points {
            sum += (point.recall - recall) * point.precision
            recall = point.recall
        }
        return sum
    }
}
