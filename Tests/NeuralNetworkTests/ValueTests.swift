import NeuralNetwork
import Testing

/// Tensors as values, seeded starts, schedules and averages.
@Suite struct ValueTests {
    @Test func `a copy of a tensor is not changed with it`() {
        let original = Tensor([2, 2], [1, 2, 3, 4])
        var copy = original
        copy.scale(by: 10)
        #expect(original.values == [1, 2, 3, 4])
        #expect(copy.values == [10, 20, 30, 40])
        #expect(original.reshaped([4]).shape == [4])
    }

    @Test func `volumes go in channels first and come out again`() {
        let values = (0..<48).map(Float.init)
        let tensor = Tensor(channelsFirst: values, samples: 2, channels: 2, extent: Extent(2, 3, 2))
        #expect(tensor.shape == [2, 2, 3, 2, 2])
        // Sample 1, slice 1, row 2, column 0, channel 1: 24 + 12 + 6 + 4 + 0 in the order N, C, D, H, W.
        #expect(tensor.values[24 + 12 + 8 + 0 + 1] == 46)
        #expect(tensor.channelsFirst() == values)
    }

    @Test func `samples and channels are joined and taken apart`() {
        let tensor = drawn([4, 2, 3, 2, 5], "t")
        #expect(Tensor.joiningSamples([tensor.samples(0..<1), tensor.samples(1..<4)]) == tensor)
        #expect(Tensor.joiningChannels(tensor.splitChannels([2, 0, 3])) == tensor)
        #expect(tensor.splitChannels([2, 3])[1].values[0] == tensor.values[2])
    }

    @Test func `a convolution's start has the deviation of its fan-in, and a stream of its own`() {
        let layer = Convolution("c", inputs: 16, outputs: 64)
        let weight = layer.parameters[0].drawn(seed: 1)
        let variance = weight.sumOfSquares / Double(weight.count)
        #expect(abs(variance * 16 * 27 / 2 - 1) < 0.03)
        #expect(layer.parameters[0].drawn(seed: 1) == weight)
        #expect(layer.parameters[0].drawn(seed: 2) != weight)
        #expect(Convolution("d", inputs: 16, outputs: 64).parameters[0].drawn(seed: 1) != weight)
        #expect(layer.parameters[0].decays && !layer.parameters[1].decays)
    }

    @Test func `random numbers are those of the published generator`() {
        // The reference implementation's first three for the seed 1234567.
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
        let normals = (0..<20_000).map { _ in random.normal() }
        #expect(abs(normals.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(normals.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.03)
    }

    @Test func `the learning rate warms up in a line and falls along half a cosine`() {
        let rate = LearningRate(peak: 1, floor: 0.1, warmUp: 4, steps: 24)
        #expect(rate(0) == 0.25 && rate(3) == 1 && rate(4) == 1)
        #expect(abs(rate(14) - 0.55) < 1e-12)
        #expect(abs(rate(9) - (0.1 + 0.9 * (1 + 0.5.squareRoot()) / 2)) < 1e-12)
        #expect(abs(rate(24) - 0.1) < 1e-12 && rate(100) == rate(24))
    }

    @Test func `gradients are clipped together, and short ones left alone`() {
        var gradients = Parameters([("a", Tensor([1], [3])), ("b", Tensor([2], [0, 4]))])
        #expect(gradients.clip(toNorm: 10) == 5)
        #expect(gradients["b"].values == [0, 4])
        gradients.clip(toNorm: 1)
        #expect(abs(gradients.norm - 1) < 1e-6)
        #expect(abs(gradients["a"].values[0] - 0.6) < 1e-6)
    }

    @Test func `where nothing pulls, weights decay and biases stay`() {
        var parameters = Parameters([("weight", Tensor([1, 2], [1, -2])), ("bias", Tensor([2], [1, -2]))])
        var settings = AdamW.Settings()
        settings.decay = 0.5
        var optimiser = AdamW(parameters, settings: settings)
        optimiser.update(&parameters, gradients: parameters.zeros(), rate: 0.1)
        #expect(parameters["weight"].values == [0.95, -1.9])
        #expect(parameters["bias"].values == [1, -2])
    }

    @Test func `an average follows its formula`() {
        var average = MovingAverage(Parameters([("a", Tensor([1], [0]))]), decay: 0.9)
        let ones = Parameters([("a", Tensor([1], [1]))])
        average.update(ones)
        #expect(abs(average.parameters["a"].values[0] - 9 / 11) < 1e-6)
        average.update(ones)
        #expect(abs(average.parameters["a"].values[0] - (1 - 2 / 11 * 3 / 12)) < 1e-6)
        for _ in 0..<1000 { average.update(ones) }
        average.update(Parameters([("a", Tensor([1], [2]))]))
        #expect(abs(average.parameters["a"].values[0] - 1.1) < 1e-5)
    }
}
