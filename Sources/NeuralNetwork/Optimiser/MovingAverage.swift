/// A moving average of the weights, which judges better than the weights of the last step.
///
/// average ← d · average + (1 − d) · weights with d = min(decay, (1 + n) / (10 + n)) at the n-th update, so that the first
/// weights, which know nothing, are soon forgotten.
public struct MovingAverage: Sendable {
    /// The largest d.
    public let decay: Double
    /// Updates done.
    public private(set) var updates: Int
    /// The averaged weights.
    public private(set) var parameters: Parameters

    /// Begins with given weights, or takes up where an average left off.
    public init(_ parameters: Parameters, decay: Double = 0.999, updates: Int = 0) {
        self.parameters = parameters
        self.decay = decay
        self.updates = updates
    }

    /// Takes the weights after a step.
    public mutating func update(_ current: Parameters) {
        updates += 1
        let share = Float(1 - min(decay, Double(1 + updates) / Double(10 + updates)))
        for index in current.names.indices {
            let new = current.tensors[index]
            parameters.update(index) { average in
                new.withUnsafeBuffer { new in
                    for i in average.indices { average[i] += share * (new[i] - average[i]) }
                }
            }
        }
    }
}
