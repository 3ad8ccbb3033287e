/// What a network of the experiment learns from (Capobianco et al. 2022): few ⁶⁸Ga-PSMA-11 patients, more ¹⁸F-FDG patients, or
/// both.
public enum Strategy: String, Sendable, Codable, CaseIterable {
    /// PSMA patients alone.
    case psma
    /// FDG patients first, then PSMA patients at a lower rate.
    case fineTuned = "fdg-then-psma"
    /// Both together; the network is not told the tracer.
    case mixed
    /// Both together; the network is told the tracer: the paper's dual-tracer learning.
    case dualTracer = "dual-tracer"
    /// The same, as many foci met of either tracer: where there are few PSMA patients, each is met more often.
    case balanced

    /// The heading of its column.
    public var title: String {
        switch self {
        case .psma: "PSMA only"
        case .fineTuned: "FDG, then PSMA"
        case .mixed: "both, tracer unknown"
        case .dualTracer: "both, tracer known"
        case .balanced: "both alike, tracer known"
        }
    }

    /// The plan of its training.
    /// - Parameter share: how many of the development patients there are to learn from.
    func plan(_ base: TrainingPlan, share: Double = 1) -> TrainingPlan {
        var plan = base
        plan.isToldTracer = self != .mixed
        plan.balancesTargets = self == .balanced
        if !mixesTracers {
            // Where few learn there are few foci in an epoch. Steps make a fair comparison, and not epochs: else the few
            // would be judged by a network that has hardly begun.
            let factor = 2 / share
            plan.epochs = Int((Double(base.epochs) * factor).rounded())
            plan.patience = Int((Double(base.patience) * factor).rounded())
        }
        if self == .fineTuned { plan.rate = base.rate / 2 }
        return plan
    }

    /// Whether FDG patients are learnt from beside PSMA patients.
    var mixesTracers: Bool { self == .mixed || self == .dualTracer || self == .balanced }

    /// Those whose networks learn from fewer PSMA patients too: without FDG, and with as much of the one as of the other,
    /// since few patients drown among many.
    public static let followed = [psma, balanced]
}
