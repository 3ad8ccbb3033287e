import NeuralNetwork
import Testing

/// Every layer and loss against its own difference quotients: the gradient times a drawn direction must be the slope of the
/// loss along it, (L(θ + hd) − L(θ − hd)) / 2h, for input and parameters at once, along eight directions each.
///
/// In Float the quotient has errors of rounding (∝ 1/h) and of curvature (∝ h²). Each quotient is taken with two steps h and
/// h/2, and where they disagree the check does not count it as agreement: the tolerance is 5·10⁻³ of the slopes' size.
@Suite struct GradientTests {
    static let cases: [(name: String, layer: any Layer, shape: [Int])] = [
        ("convolution", Convolution("l", inputs: 3, outputs: 8), [2, 4, 5, 4, 3]),
        ("strided convolution", Convolution("l", inputs: 8, outputs: 16, stride: .cube(2)), [2, 5, 6, 4, 8]),
        ("flat convolution", Convolution("l", inputs: 2, outputs: 4, kernel: Extent(1, 3, 3)), [1, 3, 5, 4, 2]),
        ("group normalisation", GroupNormalisation("l", channels: 8, groups: 4), [2, 3, 4, 3, 8]),
        ("relu", Activation.relu, [2, 40]),
        ("silu", Activation.silu, [2, 40]),
        ("largest", Pooling(.largest), [2, 4, 5, 4, 3]),
        ("mean", Pooling(.mean, window: Extent(2, 1, 2)), [2, 4, 3, 4, 3]),
        ("global mean", GlobalAveragePooling(), [2, 3, 4, 3, 5]),
        ("upsampling", Upsampling(Extent(1, 2, 2)), [2, 2, 3, 2, 4]),
        ("dense", Dense("l", inputs: 9, outputs: 6), [5, 9]),
        ("dense for each voxel", Dense("l", inputs: 4, outputs: 6), [2, 2, 3, 2, 4]),
        ("dropout", Dropout("l", rate: 0.4), [4, 30]),
        (
            "residual block",
            Residual(
                [
                    Convolution("a", inputs: 4, outputs: 8, stride: .cube(2)),
                    GroupNormalisation("n", channels: 8, groups: 2), Activation.silu,
                    Convolution("b", inputs: 8, outputs: 8),
                ], shortcut: [Convolution("s", inputs: 4, outputs: 8, kernel: .cube(1), stride: .cube(2))]),
            [2, 4, 4, 6, 4]
        ),
        ("residual identity", Residual([Dense("a", inputs: 6, outputs: 6), Activation.silu]), [4, 6]),
        (
            "a level of a U-Net",
            Concatenating([Pooling(.mean), Convolution("a", inputs: 4, outputs: 6), Activation.silu, Upsampling()]),
            [2, 4, 4, 4, 4]
        ),
    ]

    @Test(arguments: cases.map(\.name)) func `a layer's gradients are the slopes of its outputs`(_ name: String) {
        let (_, layer, shape) = Self.cases.first { $0.name == name }!
        #expect(worstSlope(of: layer, shape) < 5e-3)
    }

    @Test func `the check notices a gradient that is wrong by a twentieth`() {
        struct Wrong: Layer {
            let right = Dense("l", inputs: 9, outputs: 6)
            var parameters: [ParameterDeclaration] { right.parameters }
            func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
                let (output, pullback) = right.forward(input, run)
                return (
                    output,
                    { gradient, gradients in
                        var result = pullback(gradient, &gradients)
                        result.scale(by: 1.05)
                        return result
                    }
                )
            }
        }
        #expect(worstSlope(of: Wrong(), [5, 9]) > 5e-3)
    }

    @Test func `an embedding's gradients are the slopes of its outputs`() {
        let layer = Embedding("e", codes: 4, size: 3)
        let codes = Tensor([5, 1], [0, 2, 2, 3, 0])
        let slope = drawn([5, 3], "slope")
        let parameters = Parameters(layer.parameters.map { ($0.name, $0.drawn(seed: 3)) })
        var gradients = parameters.zeros()
        let (output, pullback) = layer.forward(codes, Run(parameters: parameters, seed: 1))
        #expect(Array(output.values[3..<6]) == Array(parameters["e.weight"].values[6..<9]))
        #expect(pullback(slope, &gradients) == Tensor([5, 1]))
        let expected = (0..<12).map { index -> Float in
            (0..<5).filter { Int(codes.values[$0]) == index / 3 }.reduce(0) { $0 + slope.values[$1 * 3 + index % 3] }
        }
        #expect(gradients["e.weight"].values == expected)
    }

    @Test func `the gradient of yes-or-no answers is the slope of the loss`() {
        let logits = drawn([6, 3], "logits")
        let targets = Tensor([6, 3], drawn([6, 3], "targets").values.map { $0 > 0 ? 1 : 0.1 })
        let weights = Tensor([6, 3], drawn([6, 3], "weights").values.map { max($0, 0) })
        #expect(
            worstSlope(logits) { BinaryCrossEntropy.loss($0, targets: targets, weights: weights, divisor: 3) } < 5e-3)
    }

    @Test func `the gradient of classes at two levels is the slope of the loss`() {
        let loss = CategoricalCrossEntropy([
            .classes(5, weight: 0.7, classWeights: [1, 2, 0.5, 1, 3]), .init(groups: [0, 0, 1, 2, 2], weight: 0.4),
        ])
        let logits = drawn([6, 5], "logits")
        let targets: [[Int?]] = [[0, 4, nil, nil, 1, 2], [0, 2, 2, nil, nil, 1]]
        #expect(
            worstSlope(logits) { loss.loss($0, targets: targets, weights: [1, 1, 2, 1, 0, 0.3], divisor: 2) } < 5e-3)
    }

    /// Largest difference between gradient and slope along eight directions, as part of the largest slope.
    private func worstSlope(of layer: any Layer, _ shape: [Int]) -> Double {
        let input = drawn(shape, "input")
        let start = Parameters(
            layer.parameters.map { declaration in
                var tensor = declaration.drawn(seed: 3)
                tensor.add(drawn(declaration.shape, declaration.name), times: 0.3)
                return (declaration.name, tensor)
            })
        let (output, pullback) = layer.forward(input, Run(parameters: start, seed: 5))
        let slope = drawn(output.shape, "slope")
        var gradients = start.zeros()
        let inputGradient = pullback(slope, &gradients)
        return worst { direction, step in
            guard let step else {
                let along = zip(gradients.names, gradients.tensors).reduce(0) {
                    $0 + dot($1.1, drawn($1.1.shape, "\(direction) \($1.0)"))
                }
                return along + dot(inputGradient, drawn(shape, "\(direction)"))
            }
            var (moved, parameters) = (input, start)
            moved.add(drawn(shape, "\(direction)"), times: step)
            for name in start.names {
                parameters[name].add(drawn(start[name].shape, "\(direction) \(name)"), times: step)
            }
            return dot(layer.forward(moved, Run(parameters: parameters, seed: 5)).output, slope)
        }
    }

    private func worstSlope(_ logits: Tensor, _ loss: (Tensor) -> Loss) -> Double {
        let gradient = loss(logits).gradient
        return worst { direction, step in
            guard let step else { return dot(gradient, drawn(logits.shape, "\(direction)")) }
            var moved = logits
            moved.add(drawn(logits.shape, "\(direction)"), times: step)
            return loss(moved).value
        }
    }

    /// - Parameter along: the gradient along a direction without a step; with one, the loss there.
    private func worst(_ along: (_ direction: Int, _ step: Float?) -> Double) -> Double {
        var (largest, worst) = (0.0, 0.0)
        for direction in 0..<8 {
            let gradient = along(direction, nil)
            func quotient(_ step: Float) -> Double {
                (along(direction, step) - along(direction, -step)) / (2 * Double(step))
            }
            // Of two steps the larger difference counts: agreement by luck at one step is none.
            let difference = max(abs(quotient(0.002) - gradient), abs(quotient(0.001) - gradient))
            (largest, worst) = (max(largest, abs(gradient)), max(worst, difference))
        }
        return worst / largest
    }

    private func dot(_ left: Tensor, _ right: Tensor) -> Double {
        zip(left.values, right.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}
