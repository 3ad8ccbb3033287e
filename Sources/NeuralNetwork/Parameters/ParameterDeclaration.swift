/// A tensor that a layer learns, and how it begins.
public struct ParameterDeclaration: Sendable, Equatable {
    /// Its name in the network and in a weights file.
    public let name: String
    /// Its shape.
    public let shape: [Int]
    /// How it begins.
    public let start: Start

    /// How a parameter begins.
    public enum Start: Sendable, Equatable {
        /// Every number the same.
        case constant(Float)
        /// Normal with variance gain² / fanIn (He et al. 2015, «Delving deep into rectifiers», eq. 10, gain √2 for
        /// rectifiers).
        case kaiming(fanIn: Int, gain: Float)
    }

    /// Declares a parameter.
    public init(name: String, shape: [Int], start: Start) {
        self.name = name
        self.shape = shape
        self.start = start
    }

    /// Whether weight decay pulls it towards zero: weights, not biases, scales and shifts.
    public var decays: Bool { shape.count > 1 }

    /// The tensor at the start. Each parameter draws from a stream of its own, made of the seed and its name, so that a
    /// layer added elsewhere changes nothing here.
    public func drawn(seed: UInt64) -> Tensor {
        switch start {
        case .constant(let value): return Tensor(shape, repeating: value)
        case .kaiming(let fanIn, let gain):
            var random = SplitMix64(seed: seed, stream: name)
            let deviation = Double(gain) / Double(fanIn).squareRoot()
            return Tensor(shape, (0..<shape.reduce(1, *)).map { _ in Float(deviation * random.normal()) })
        }
    }
}
