/// A loss over some samples and its gradient.
public struct Loss: Sendable {
    /// The loss.
    public var value: Double
    /// Its gradient with respect to the logits, in their shape.
    public var gradient: Tensor

    /// Gathers a loss.
    public init(value: Double, gradient: Tensor) {
        self.value = value
        self.gradient = gradient
    }

    /// The same loss, counted `factor` times.
    public func times(_ factor: Float) -> Loss {
        var gradient = gradient
        gradient.scale(by: factor)
        return Loss(value: value * Double(factor), gradient: gradient)
    }
}
