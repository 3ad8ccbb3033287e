import Detection
import Imaging

/// A PSMA expression score and what it rests on.
public struct ExpressionAssessment: Sendable, Equatable {
    /// The score.
    public let score: ExpressionScore
    /// Whether the score could be higher: the lesion reaches the liver (spleen) and the parotid was not in view.
    public let isLowerBound: Bool

    /// Makes an assessment.
    public init(score: ExpressionScore, isLowerBound: Bool) {
        self.score = score
        self.isLowerBound = isLowerBound
    }
}

extension ExpressionScore {
    /// Which figure of the lesion is compared with the means of the reference organs.
    public enum Statistic: String, Sendable, Codable, CaseIterable {
        case suvMean, suvPeak, suvMax

        /// The figure (SUVbw).
        func of(_ focus: CandidateFocus) -> Double {
            switch self {
            case .suvMean: focus.suvMean
            case .suvPeak: focus.suvPeak
            case .suvMax: focus.suvMax
            }
        }
    }

    /// Scores a lesion against blood pool, liver and parotid; the spleen replaces the liver for ligands that the liver
    /// excretes (PROMISE; the choice of the lesion's mean is ours: `docs/science/staging.md`).
    ///
    /// A score needs all lower ones: where the organs are not in ascending order, the first not reached decides.
    /// - Returns: nil for a tracer that does not show PSMA, and without blood pool or liver (spleen). Without parotid
    ///   the score ends at 2 and says that it is a lower bound.
    public static func assess(
        _ focus: CandidateFocus, reference: ReferenceUptake, tracer: Tracer, by statistic: Statistic = .suvMean
    ) -> ExpressionAssessment? {
        let middle = tracer.isLiverExcreted ? reference.spleen : reference.liver
        guard tracer.target == .psma, let bloodPool = reference.bloodPool, let middle else { return nil }
        let value = statistic.of(focus)
        guard value >= bloodPool.suvMean else { return ExpressionAssessment(score: .none, isLowerBound: false) }
        guard value >= middle.suvMean else { return ExpressionAssessment(score: .low, isLowerBound: false) }
        guard let parotid = reference.parotid else {
            return ExpressionAssessment(score: .intermediate, isLowerBound: true)
        }
        return ExpressionAssessment(score: value >= parotid.suvMean ? .high : .intermediate, isLowerBound: false)
    }
}
