import NeuralNetwork
import Testing

/// Every layer against PyTorch, which computed in double precision: outputs and all gradients within 3·10⁻⁶ of the largest
/// number, some ten times the precision of Float.
@Suite struct LayerTests {
    static let layers: [(name: String, layer: any Layer)] = [
        ("conv3", Convolution("conv3", inputs: 5, outputs: 16)),
        ("conv1", Convolution("conv1", inputs: 1, outputs: 8)),
        ("convStrided", Convolution("convStrided", inputs: 8, outputs: 16, stride: .cube(2))),
        ("convPoint", Convolution("convPoint", inputs: 16, outputs: 32, kernel: .cube(1), stride: .cube(2))),
        (
            "convFlat",
            Convolution("convFlat", inputs: 4, outputs: 6, kernel: Extent(1, 3, 5), stride: Extent(1, 2, 1))
        ),
        ("groupNorm", GroupNormalisation("groupNorm", channels: 16, groups: 4)),
        ("relu", Activation.relu),
        ("silu", Activation.silu),
        ("maxPool", Pooling(.largest)),
        ("meanPool", Pooling(.mean, window: Extent(1, 2, 3))),
        ("globalPool", GlobalAveragePooling()),
        ("upsample", Upsampling()),
        ("dense", Dense("dense", inputs: 7, outputs: 4)),
    ]

    @Test(arguments: layers.map(\.name)) func `a layer agrees with PyTorch forward and backward`(_ name: String) {
        let layer = Self.layers.first { $0.name == name }!.layer
        let parameters = Parameters(
            layer.parameters.map { ($0.name, Golden.tensor($0.name.replacing("\(name).", with: "\(name)/"))) })
        let (output, pullback) = layer.forward(
            Golden.tensor("\(name)/input"), Run(parameters: parameters, seed: 1))
        var gradients = parameters.zeros()
        let inputGradient = pullback(Golden.tensor("\(name)/slope"), &gradients)
        #expect(distance(output, Golden.tensor("\(name)/output")) < 3e-6)
        #expect(distance(inputGradient, Golden.tensor("\(name)/input.gradient")) < 3e-6)
        for parameter in gradients.names {
            let truth = Golden.tensor(parameter.replacing("\(name).", with: "\(name)/") + ".gradient")
            #expect(distance(gradients[parameter], truth) < 3e-6, "\(parameter)")
        }
    }

    @Test func `the golden numbers say who made them`() {
        #expect(Golden.provenance["made_by"] == "Tests/Golden/make_network_golden.py")
        #expect(Golden.provenance["torch"] != nil)
    }

    @Test func `a convolution on data hands back zeros and the same gradients of its parameters`() {
        let open = Convolution("c", inputs: 3, outputs: 8)
        let closed = Convolution("c", inputs: 3, outputs: 8, passesGradient: false)
        let parameters = Parameters(open.parameters.map { ($0.name, $0.drawn(seed: 4)) })
        let input = drawn([2, 4, 4, 4, 3], "input")
        let slope = drawn([2, 4, 4, 4, 8], "slope")
        var gradients = [parameters.zeros(), parameters.zeros()]
        let run = Run(parameters: parameters, seed: 1)
        #expect(open.forward(input, run).pullback(slope, &gradients[0]) != Tensor(input.shape))
        #expect(closed.forward(input, run).pullback(slope, &gradients[1]) == Tensor(input.shape))
        #expect(gradients[0] == gradients[1])
    }

    @Test func `of equals the first is the largest, and alone gets the gradient`() {
        let input = Tensor([1, 2, 2, 2, 1], [0, 7, 7, 0, 7, 0, 0, 7])
        let (output, pullback) = Pooling(.largest).forward(input, Run(parameters: Parameters([]), seed: 1))
        var none = Parameters([])
        #expect(output.values == [7])
        #expect(pullback(Tensor([1, 1, 1, 1, 1], [3]), &none).values == [0, 3, 0, 0, 0, 0, 0, 0])
    }

    @Test func `dropout keeps the mean, is the identity in use, and does not mind how a batch is divided`() {
        let layer = Dropout("drop", rate: 0.25)
        let input = Tensor([8, 1000], repeating: 1)
        let none = Parameters([])
        #expect(layer.forward(input, Run(parameters: none)).output == input)
        let whole = layer.forward(input, Run(parameters: none, seed: 7)).output
        let kept = whole.values.filter { $0 > 0 }
        #expect(abs(Double(kept.count) / 8000 - 0.75) < 0.02)
        #expect(kept.allSatisfy { $0 == 1 / 0.75 })
        let half = layer.forward(input.samples(4..<8), Run(parameters: none, seed: 7, firstSample: 4)).output
        #expect(half == whole.samples(4..<8))
        #expect(layer.forward(input, Run(parameters: none, seed: 8)).output != whole)
    }

    @Test func `group normalisation does not mind the other samples`() {
        let layer = GroupNormalisation("n", channels: 8, groups: 2)
        let run = Run(parameters: Parameters(layer.parameters.map { ($0.name, $0.drawn(seed: 1)) }))
        let input = drawn([3, 4, 5, 6, 8], "input")
        let whole = layer.forward(input, run).output
        #expect(layer.forward(input.samples(1..<2), run).output == whole.samples(1..<2))
    }
}

/// Normal numbers, the same at each call of the same name.
func drawn(_ shape: [Int], _ name: String) -> Tensor {
    var random = SplitMix64(seed: 99, stream: name)
    return Tensor(shape, (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
}
