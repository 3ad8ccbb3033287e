import Classification

/// How a network is trained. The same plan on the same patients gives the same network on the same kind of processor.
public struct TrainingPlan: Sendable, Equatable, Codable {
    /// Shape of the network.
    public var architecture = FocusNetwork()
    /// How foci are changed.
    public var augmentation = Augmentation()
    /// Foci in a step.
    public var batch = 64
    /// Times that every patient is met, at most.
    public var epochs = 14
    /// Foci that are not disease taken from a patient each time, at most; others the next time.
    public var benignFoci = 24
    /// Foci that are disease taken from a patient each time, at most.
    public var suspiciousFoci = 40
    /// Highest learning rate.
    public var rate = 1.5e-3
    /// Weight decay.
    public var decay = 0.02
    /// Weight of the loss of location beside that of suspicion.
    public var locationWeight: Float = 0.7
    /// Epochs without progress after which training stops.
    public var patience = 4
    /// Whether the network is told the tracer.
    public var isToldTracer = true
    /// Whether as many foci are met with PSMA ligands as with FDG, however many patients there are of each.
    public var balancesTargets = false
    /// What everything random is drawn from.
    public var seed: UInt64 = 1

    /// The plan of the shipped model.
    public init() {}
}
