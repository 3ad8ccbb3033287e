/// Layers one after the other. Without layers, the identity.
public struct Sequential: Layer {
    /// The layers, first to last.
    public let layers: [any Layer]

    /// Puts layers in a row.
    public init(_ layers: [any Layer]) { self.layers = layers }

    public var parameters: [ParameterDeclaration] { layers.flatMap(\.parameters) }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        var value = input
        var steps: [Pullback] = []
        for layer in layers {
            let (output, pullback) = layer.forward(value, run)
            value = output
            // Where nothing is learnt the way back is dropped, and with it every tensor that it keeps alive.
            if run.seed != nil { steps.append(pullback) }
        }
        let way = WayBack(steps)
        let shape = value.shape
        return (
            value,
            { gradient, gradients in
                precondition(run.seed != nil || self.layers.isEmpty, "a run without a seed keeps no way back")
                precondition(gradient.shape == shape, "a gradient of \(gradient.shape) for an output of \(shape)")
                var gradient = gradient
                while let step = way.next() { gradient = step(gradient, &gradients) }
                return gradient
            }
        )
    }

    /// Pullbacks in the order of the layers. Each is let go when taken, and with it the memory it keeps alive.
    private final class WayBack {
        private var steps: [Pullback]
        init(_ steps: [Pullback]) { self.steps = steps }
        func next() -> Pullback? { steps.popLast() }
    }
}

/// Adds what its body makes of the input to what its shortcut makes of it (He et al. 2016, «Deep residual learning»).
///
/// y = shortcut(x) + body(x); the shortcut is the identity unless shapes change.
public struct Residual: Layer {
    /// The longer way.
    public let body: Sequential
    /// The shorter way.
    public let shortcut: Sequential

    /// Makes a block of a body and, where it changes the shape, a shortcut that changes it likewise.
    public init(_ body: [any Layer], shortcut: [any Layer] = []) {
        self.body = Sequential(body)
        self.shortcut = Sequential(shortcut)
    }

    public var parameters: [ParameterDeclaration] { body.parameters + shortcut.parameters }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        var (sum, back) = body.forward(input, run)
        let (short, shortBack) = shortcut.forward(input, run)
        sum.add(short)
        return (
            sum,
            { gradient, gradients in
                var total = back(gradient, &gradients)
                total.add(shortBack(gradient, &gradients))
                return total
            }
        )
    }
}

/// Puts the channels of the input beside those that its body makes of it: y = [x, body(x)] along the channels.
///
/// A body that halves the volume, works and doubles it again makes a U-Net level.
public struct Concatenating: Layer {
    /// The way around.
    public let body: Sequential

    /// Makes the pair of the input and the body's output.
    public init(_ body: [any Layer]) { self.body = Sequential(body) }

    public var parameters: [ParameterDeclaration] { body.parameters }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        let (made, back) = body.forward(input, run)
        let widths = [input.channels, made.channels]
        return (
            .joiningChannels([input, made]),
            { gradient, gradients in
                let parts = gradient.splitChannels(widths)
                var total = back(parts[1], &gradients)
                total.add(parts[0])
                return total
            }
        )
    }
}
