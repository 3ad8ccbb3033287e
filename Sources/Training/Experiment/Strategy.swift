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

    /// The heading of its column.
    public var title: String {
        switch self {
        case .psma: "PSMA only"
        case .fineTuned: "FDG, then PSMA"
        case .mixed: "both, tracer unknown"
        case .dualTracer: "both, tracer known"
        }
    }

    /// The plan of its training.
    func plan(_ base: TrainingPlan) -> TrainingPlan {
        var plan = base
        plan.isToldTracer = self != .mixed
        if self == .fineTuned {
            plan.rate = base.rate / 4
            plan.epochs = max(base.epochs / 2, 1)
        }
        // Without FDG there are fewer foci in an epoch: as many steps, not as many epochs, make a fair comparison.
        if self == .psma { plan.epochs = base.epochs * 2 }
        return plan
    }

    /// Whether FDG patients are learnt from beside PSMA patients.
    var mixesTracers: Bool { self == .mixed || self == .dualTracer }
}
