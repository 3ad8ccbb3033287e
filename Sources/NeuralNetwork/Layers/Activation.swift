/// A function of each number by itself.
public enum Activation: Layer {
    /// max(x, 0).
    case relu
    /// x · σ(x), σ the logistic function (Elfwing et al. 2018): smooth, and not dead below zero.
    case silu

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        switch self {
        case .relu: Self.rectified(input)
        case .silu:
            (
                Self.compiled[.init(count: input.count, backward: false)].forward(input),
                { gradient, _ in
                    Self.compiled[.init(count: input.count, backward: true)].backward(gradient, input: input)
                }
            )
        }
    }

    private static let compiled = Compiled<ActivationPrimitive.Key, ActivationPrimitive> { ActivationPrimitive($0) }

    private static func rectified(_ input: Tensor) -> (output: Tensor, pullback: Pullback) {
        var output = input
        output.withUnsafeMutableBuffer { values in
            for index in values.indices { values[index] = max(values[index], 0) }
        }
        let kept = output
        return (
            output,
            { gradient, _ in
                var gradient = gradient
                gradient.withUnsafeMutableBuffer { gradient in
                    kept.withUnsafeBuffer { kept in
                        for index in gradient.indices { gradient[index] = kept[index] > 0 ? gradient[index] : 0 }
                    }
                }
                return gradient
            }
        )
    }
}
