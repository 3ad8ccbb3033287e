/// A network with several inputs and several outputs: a branch for each input makes a vector of it, the vectors are put side
/// by side, a trunk works on them, and each head reads an answer off the trunk.
public struct Network: Sendable {
    /// For each input, the layers that make a feature vector N×C of it; none for an input that is a vector already.
    public let branches: [Sequential]
    /// The layers on all the vectors side by side.
    public let trunk: Sequential
    /// For each output, the layers that make it of what the trunk made.
    public let heads: [Sequential]

    /// Puts a network together.
    /// - Precondition: no two layers declare the same parameter.
    public init(branches: [[any Layer]], trunk: [any Layer], heads: [[any Layer]]) {
        self.branches = branches.map(Sequential.init)
        self.trunk = Sequential(trunk)
        self.heads = heads.map(Sequential.init)
        let names = declarations.map(\.name)
        precondition(Set(names).count == names.count, "two layers of one name among \(names)")
    }

    /// What the network learns, in order.
    public var declarations: [ParameterDeclaration] {
        branches.flatMap(\.parameters) + trunk.parameters + heads.flatMap(\.parameters)
    }

    /// Weights to begin with; the same seed gives the same weights.
    public func start(seed: UInt64) -> Parameters {
        Parameters(declarations.map { ($0.name, $0.drawn(seed: seed)) })
    }

    /// The way back from the gradients of the outputs; adds those of the parameters.
    public typealias WayBack = (_ gradients: [Tensor], _ into: inout Parameters) -> Void

    /// The outputs, on the calling thread, and the way back.
    /// - Parameter inputs: one for each branch, all of as many samples.
    public func forward(_ inputs: [Tensor], _ run: Run) -> (outputs: [Tensor], back: WayBack) {
        precondition(inputs.count == branches.count, "\(inputs.count) inputs for \(branches.count) branches")
        let made = zip(branches, inputs).map { $0.forward($1, run) }
        let widths = made.map(\.output.channels)
        let joined = made.count == 1 ? made[0].output : .joiningChannels(made.map(\.output))
        let (shared, trunkBack) = trunk.forward(joined, run)
        let answers = heads.map { $0.forward(shared, run) }
        let branchBacks = made.map(\.pullback)
        let headBacks = answers.map(\.pullback)
        return (
            answers.map(\.output),
            { gradients, parameters in
                precondition(
                    gradients.count == headBacks.count, "\(gradients.count) gradients for \(headBacks.count) heads")
                var sum = Tensor(shared.shape)
                for (back, gradient) in zip(headBacks, gradients) { sum.add(back(gradient, &parameters)) }
                let joined = trunkBack(sum, &parameters)
                let parts = widths.count == 1 ? [joined] : joined.splitChannels(widths)
                for (back, part) in zip(branchBacks, parts) { _ = back(part, &parameters) }
            }
        )
    }
}
