/// A step of a network: makes an output from an input and says how a gradient travels back.
///
/// A layer is a description without state. What it learns is kept in `Parameters` under the names it declares; what the
/// way back needs is kept in the pullback.
public protocol Layer: Sendable {
    /// What the layer learns.
    var parameters: [ParameterDeclaration] { get }

    /// The output, and the way back.
    func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback)
}

extension Layer {
    public var parameters: [ParameterDeclaration] { [] }
}

/// The way back through a layer: takes the gradient of the loss with respect to the layer's output, in the output's shape,
/// adds those of its parameters to `gradients`, returns that of its input. Called once at most.
public typealias Pullback = (_ gradient: Tensor, _ gradients: inout Parameters) -> Tensor

/// What a pass through a network is made with.
public struct Run: Sendable {
    /// The weights.
    public let parameters: Parameters
    /// Seed of what is dropped at random in training; `nil` where the network is used, not trained: nothing is random then.
    public let seed: UInt64?
    /// Position of the first sample in the whole batch, so that a batch done in parts draws the same random numbers.
    public let firstSample: Int

    /// Describes a pass.
    public init(parameters: Parameters, seed: UInt64? = nil, firstSample: Int = 0) {
        self.parameters = parameters
        self.seed = seed
        self.firstSample = firstSample
    }
}
