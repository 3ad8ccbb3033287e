import CDNNL

/// A matrix product with a bias: y = x · weightᵀ + bias.
///
/// Input and output are N×I and N×O, or any shape whose last axis counts I: each row of it is taken for itself. Parameters
/// `name.weight` (O×I) and `name.bias` (O).
public struct Dense: Layer {
    private let name: String
    private let inputs: Int
    private let outputs: Int
    private let gain: Float

    /// Describes a dense layer.
    /// - Parameter gain: of the drawn weights: √2 before a rectifier, 1 before an output.
    public init(_ name: String, inputs: Int, outputs: Int, gain: Float = Float(2).squareRoot()) {
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.gain = gain
    }

    public var parameters: [ParameterDeclaration] {
        [
            ParameterDeclaration(
                name: "\(name).weight", shape: [outputs, inputs], start: .kaiming(fanIn: inputs, gain: gain)),
            ParameterDeclaration(name: "\(name).bias", shape: [outputs], start: .constant(0)),
        ]
    }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        precondition(input.channels == inputs, "\(name) got \(input.shape), not \(inputs) channels")
        let (weight, bias) = (run.parameters["\(name).weight"], run.parameters["\(name).bias"])
        let rows = input.count / inputs
        var output = Self.product(input, weight, transposeRight: true, (rows, outputs, inputs))
        output.withUnsafeMutableBuffer { output in
            bias.withUnsafeBuffer { bias in
                for row in 0..<rows {
                    for channel in 0..<bias.count { output[row * bias.count + channel] += bias[channel] }
                }
            }
        }
        return (
            output.reshaped(input.shape.dropLast() + [outputs]),
            { gradient, gradients in
                let weightGradient = Self.product(gradient, input, transposeLeft: true, (outputs, inputs, rows))
                gradients.add(weightGradient, to: "\(name).weight")
                gradients.add(gradient.channelSums(), to: "\(name).bias")
                return Self.product(gradient, weight, (rows, inputs, outputs)).reshaped(input.shape)
            }
        )
    }

    /// The product of two row-major matrices, M×K and K×N, either of them stored transposed.
    private static func product(
        _ left: Tensor, _ right: Tensor, transposeLeft: Bool = false, transposeRight: Bool = false,
        _ size: (m: Int, n: Int, k: Int)
    ) -> Tensor {
        let result = Tensor(uninitialized: [size.m, size.n])
        guard size.m > 0 else { return result }
        let (yes, no) = (CChar(UInt8(ascii: "T")), CChar(UInt8(ascii: "N")))
        OneDNN.stayOnThisThread()
        OneDNN.check(
            dnnl_sgemm(
                transposeLeft ? yes : no, transposeRight ? yes : no, dnnl_dim_t(size.m), dnnl_dim_t(size.n),
                dnnl_dim_t(size.k), 1, left.readOnly, dnnl_dim_t(transposeLeft ? size.m : size.k), right.readOnly,
                dnnl_dim_t(transposeRight ? size.k : size.n), 0, result.readOnly, dnnl_dim_t(size.n)),
            "a product of matrices")
        return withExtendedLifetime((left, right)) { result }
    }
}
