/// How a training went, epoch by epoch.
public struct TrainingHistory: Sendable, Equatable, Codable {
    /// One epoch.
    public struct Epoch: Sendable, Equatable, Codable {
        /// Foci learnt from.
        public var samples: Int
        /// Mean loss of suspicion and of location while learning, foci changed by augmentation.
        public var learning: [Double]
        /// The same on patients who are not learnt from, by the averaged weights.
        public var validation: [Double]
        /// Part of their foci whose location is right: of all, of those that are disease.
        public var located: [Double]
        /// Seconds it took.
        public var seconds: Double

        /// Gathers an epoch.
        public init(samples: Int, learning: [Double], validation: [Double], located: [Double], seconds: Double) {
            (self.samples, self.learning, self.validation) = (samples, learning, validation)
            (self.located, self.seconds) = (located, seconds)
        }

        /// The number by which epochs are compared.
        public var score: Double { validation.reduce(0, +) }
    }

    /// The epochs so far.
    public var epochs: [Epoch] = []

    /// Nothing learnt yet.
    public init() {}

    /// The epoch of the lowest loss on validation patients.
    public var best: Int? { epochs.indices.min { epochs[$0].score < epochs[$1].score } }

    /// Foci learnt from in all, each time counted.
    public var samples: Int { epochs.reduce(0) { $0 + $1.samples } }

    /// Whether nothing has been gained for some epochs.
    package func hasStalled(patience: Int) -> Bool { best.map { epochs.count - 1 - $0 >= patience } ?? false }
}
