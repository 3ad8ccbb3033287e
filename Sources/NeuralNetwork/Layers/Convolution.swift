/// A convolution in three dimensions.
///
/// y[n, p, o] = bias[o] + Σ over inputs i and taps k of weight[o, i, k] · x[n, p·stride + k − padding, i], with zeros beyond
/// the faces (a cross-correlation, as in every such library). Input N×D×H×W×I, output N×D′×H′×W′×O with
/// D′ = ⌊(D + 2·padding − kernel) / stride⌋ + 1. Parameters `name.weight` (O×I×D×H×W) and `name.bias` (O).
public struct Convolution: Layer {
    private let name: String
    private let inputs: Int
    private let outputs: Int
    private let kernel: Extent
    private let stride: Extent
    private let padding: Extent
    private let passesGradient: Bool

    /// Describes a convolution.
    /// - Parameters:
    ///   - name: prefix of its parameters.
    ///   - inputs: channels of the input.
    ///   - outputs: channels of the output.
    ///   - kernel: size of the kernel in voxels.
    ///   - stride: step of the kernel.
    ///   - padding: voxels of zeros beyond each face; where not given, half the kernel, so that a stride of 1 keeps the
    ///     size for odd kernels.
    ///   - passesGradient: false where the input is data, which nothing can learn from: the gradient with respect to it
    ///     costs the most of all with few channels, and zeros are handed back instead.
    public init(
        _ name: String, inputs: Int, outputs: Int, kernel: Extent = .cube(3), stride: Extent = .cube(1),
        padding: Extent? = nil, passesGradient: Bool = true
    ) {
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.kernel = kernel
        self.stride = stride
        self.padding = padding ?? Extent(kernel.depth / 2, kernel.height / 2, kernel.width / 2)
        self.passesGradient = passesGradient
    }

    public var parameters: [ParameterDeclaration] {
        [
            ParameterDeclaration(
                name: "\(name).weight", shape: [outputs, inputs, kernel.depth, kernel.height, kernel.width],
                start: .kaiming(fanIn: inputs * kernel.count, gain: Float(2).squareRoot())),
            ParameterDeclaration(name: "\(name).bias", shape: [outputs], start: .constant(0)),
        ]
    }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        precondition(input.shape.count == 5 && input.channels == inputs, "\(name) got \(input.shape)")
        let geometry = ConvolutionGeometry(
            samples: input.samples, inputs: inputs, outputs: outputs, extent: input.extent, kernel: kernel,
            stride: stride, padding: padding)
        let size = geometry.outputExtent
        precondition(min(size.depth, size.height, size.width) > 0, "\(name): \(input.shape) is smaller than the kernel")
        let weight = run.parameters["\(name).weight"]
        let output = Tensor(uninitialized: [input.samples, size.depth, size.height, size.width, outputs])
        Self.run(
            geometry, .forward, input: input, weight: weight, bias: run.parameters["\(name).bias"], output: output)
        return (
            output,
            { gradient, gradients in
                let weightGradient = Tensor(uninitialized: weight.shape)
                let biasGradient = Tensor(uninitialized: [outputs])
                Self.run(
                    geometry, .weightGradient, input: input, weight: weightGradient, bias: biasGradient,
                    output: gradient)
                gradients.add(weightGradient, to: "\(name).weight")
                gradients.add(biasGradient, to: "\(name).bias")
                guard passesGradient else { return Tensor(input.shape) }
                let inputGradient = Tensor(uninitialized: input.shape)
                Self.run(geometry, .inputGradient, input: inputGradient, weight: weight, bias: nil, output: gradient)
                return inputGradient
            }
        )
    }

    private struct Key: Hashable, Sendable {
        var geometry: ConvolutionGeometry
        var pass: ConvolutionPrimitive.Pass
    }

    private static let compiled = Compiled<Key, ConvolutionPrimitive> { ConvolutionPrimitive($0.geometry, $0.pass) }

    /// Runs a pass; writes into the tensor that the pass makes, which nobody else holds yet.
    private static func run(
        _ geometry: ConvolutionGeometry, _ pass: ConvolutionPrimitive.Pass, input: Tensor, weight: Tensor,
        bias: Tensor?, output: Tensor
    ) {
        let primitive = compiled[Key(geometry: geometry, pass: pass)]
        let arranged = TensorStorage(count: primitive.weights.bytes / 4)
        let scratch = TensorStorage(count: primitive.scratch.bytes / 4 + 1)
        if pass != .weightGradient { primitive.arrangeWeights(from: weight.readOnly, to: arranged.start) }
        primitive.run(
            input: input.readOnly, weights: arranged.start, bias: bias?.readOnly, output: output.readOnly,
            scratch: scratch.start)
        if pass == .weightGradient { primitive.arrangeWeights(from: arranged.start, to: weight.readOnly) }
        withExtendedLifetime((input, weight, bias, output, arranged, scratch)) {}
    }
}
