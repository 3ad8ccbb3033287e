import Foundation
import NeuralNetwork
import Testing

/// Whole networks: ten steps beside PyTorch's, the same numbers whatever the threads, and something learnt in the end.
@Suite struct TrainingTests {
    /// The network of `Tests/Golden/make_network_golden.py`.
    private let twin = Network(
        branches: [
            [
                Convolution("stem", inputs: 2, outputs: 8, passesGradient: false),
                GroupNormalisation("norm", channels: 8, groups: 4), Activation.silu,
                Residual(
                    [Convolution("block", inputs: 8, outputs: 16, stride: .cube(2))],
                    shortcut: [Convolution("short", inputs: 8, outputs: 16, kernel: .cube(1), stride: .cube(2))]),
                Activation.relu, GlobalAveragePooling(),
            ],
            [Embedding("code", codes: 3, size: 4)], [],
        ], trunk: [Dense("hidden", inputs: 23, outputs: 12), Activation.relu],
        heads: [[Dense("suspicion", inputs: 12, outputs: 1)], [Dense("location", inputs: 12, outputs: 5)]])

    @Test func `ten steps of AdamW end where PyTorch's end`() {
        let inputs = ["volume", "code", "position"].map { Golden.tensor("steps/\($0)") }
        var parameters = Golden.parameters(twin.declarations, "steps/start/")
        var settings = AdamW.Settings()
        settings.decay = 0.05
        var optimiser = AdamW(parameters, settings: settings)
        for step in 0..<10 {
            var (losses, gradients) = twin.gradients(inputs, parameters, seed: 1, share: 2, loss: Self.twinLoss)
            if step == 0 {
                for name in gradients.names {
                    let truth = Golden.tensor("steps/gradient/\(name)")
                    #expect(distance(gradients[name], truth) < 2e-5, "\(name)")
                }
            }
            let truth = Double(Golden.tensor("steps/losses").values[step])
            #expect(abs(losses.reduce(0, +) - truth) < 1e-5 * truth, "step \(step)")
            gradients.clip(toNorm: 1)
            optimiser.update(&parameters, gradients: gradients, rate: 0.003)
        }
        for name in parameters.names {
            #expect(distance(parameters[name], Golden.tensor("steps/end/\(name)")) < 1e-4, "\(name)")
            #expect(parameters[name] != Golden.tensor("steps/start/\(name)"), "\(name)")
        }
    }

    private static let twinLoss: @Sendable ([Tensor], Range<Int>) -> [Loss] = { outputs, range in
        let places = Golden.tensor("steps/location").values.map { $0 < 0 ? nil : Int($0) }
        return [
            BinaryCrossEntropy.loss(
                outputs[0], targets: Golden.tensor("steps/suspicious").samples(range),
                weights: Tensor([range.count, 1], repeating: 1), divisor: 6),
            CategoricalCrossEntropy([.classes(5)]).loss(
                outputs[1], targets: [Array(places[range])], weights: range.map { _ in 1 }, divisor: 5),
        ]
    }

    @Test func `the same seed gives the same weights to the last bit, with one thread or two`() {
        let blobs = Blobs(count: 24, seed: 1)
        let first = blobs.trained(steps: 6, threads: 1)
        #expect(blobs.trained(steps: 6, threads: 1) == first)
        #expect(blobs.trained(steps: 6, threads: 2) == first)
        #expect(blobs.trained(steps: 6, threads: 2, seed: 2) != first)
    }

    @Test func `a share of another size changes the last bits only`() {
        let blobs = Blobs(count: 24, seed: 1)
        let parameters = Blobs.network.start(seed: 1)
        let (ones, threes) = (blobs.gradients(parameters, share: 1), blobs.gradients(parameters, share: 3))
        let all = blobs.gradients(parameters, share: 24)
        for name in all.names {
            #expect(distance(ones[name], all[name]) < 1e-4, "\(name)")
            #expect(distance(threes[name], all[name]) < 1e-4, "\(name)")
        }
    }

    @Test func `outputs do not depend on threads and shares beyond the last bits`() {
        let blobs = Blobs(count: 13, seed: 3)
        let parameters = Blobs.network.start(seed: 1)
        let two = Blobs.network.outputs([blobs.volumes], parameters, threads: 2, share: 4)
        #expect(Blobs.network.outputs([blobs.volumes], parameters, threads: 1, share: 4) == two)
        #expect(two[0].shape == [13, 3])
        let alone = Blobs.network.outputs([blobs.volumes], parameters, share: 1)
        #expect(distance(alone[0], two[0]) < 1e-5)
    }

    @Test func `shapes are learnt within seconds`() {
        let (training, test) = (Blobs(count: 144, seed: 10), Blobs(count: 96, seed: 11))
        let before = Blobs.network.start(seed: 1)
        let after = training.trained(steps: 60, threads: 2)
        #expect(test.accuracy(before) < 0.6)
        #expect(test.accuracy(after) > 0.95)
    }

    @Test func `training taken up after a break ends as if there had been none`() throws {
        let blobs = Blobs(count: 24, seed: 1)
        var state = TrainingState(Blobs.network.start(seed: 1))
        for step in 0..<3 { blobs.step(&state, step, threads: 2) }
        let file = state.file(metadata: ["epoch": "3"]).encoded()
        for step in 3..<6 { blobs.step(&state, step, threads: 2) }
        let read = try SafeTensors(file)
        var resumed = try TrainingState(read, for: Blobs.network.declarations, settings: state.optimiser.settings)
        #expect(read.metadata["epoch"] == "3")
        for step in 3..<6 { blobs.step(&resumed, step, threads: 1) }
        #expect(resumed.parameters == state.parameters)
        #expect(resumed.average.parameters == state.average.parameters)
        #expect(resumed.optimiser.step == 6 && resumed.average.updates == 6)
    }

    @Test func `a damaged training state is refused`() throws {
        let state = TrainingState(Blobs.network.start(seed: 1))
        for lost in ["step", "averages"] {
            var file = state.file()
            file.metadata["training.\(lost)"] = nil
            #expect(throws: SafeTensorsError.self) { try TrainingState(file, for: Blobs.network.declarations) }
            file.metadata["training.\(lost)"] = "-1"
            #expect(throws: SafeTensorsError.self) { try TrainingState(file, for: Blobs.network.declarations) }
        }
        let weightsOnly = SafeTensors(state.parameters)
        #expect(throws: SafeTensorsError.self) { try TrainingState(weightsOnly, for: Blobs.network.declarations) }
        #expect(throws: SafeTensorsError.self) {
            try TrainingState(state.file(), for: Array(Blobs.network.declarations.dropLast()))
        }
    }
}

/// Volumes of 12³ with a ball, a rod or a sheet somewhere, in noise.
private struct Blobs: Sendable {
    let volumes: Tensor
    let kinds: [Int]

    static let network = Network(
        branches: [
            [
                Convolution("stem", inputs: 1, outputs: 8, passesGradient: false),
                GroupNormalisation("norm", channels: 8, groups: 2), Activation.silu, Pooling(.largest),
                Residual(
                    [
                        Convolution("one", inputs: 8, outputs: 16, stride: .cube(2)),
                        GroupNormalisation("norm1", channels: 16, groups: 4), Activation.silu,
                        Convolution("two", inputs: 16, outputs: 16),
                    ], shortcut: [Pooling(.mean), Convolution("short", inputs: 8, outputs: 16, kernel: .cube(1))]),
                Activation.silu, GlobalAveragePooling(),
            ]
        ], trunk: [Dense("hidden", inputs: 16, outputs: 16), Activation.relu, Dropout("drop", rate: 0.1)],
        heads: [[Dense("kind", inputs: 16, outputs: 3, gain: 1)]])

    init(count: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var (values, kinds) = ([Float](), [Int]())
        for index in 0..<count {
            let centre = (0..<3).map { _ in 4 + 3 * random.uniform() }
            let axis = Int(3 * random.uniform())
            kinds.append(index % 3)
            for voxel in 0..<1728 {
                let offsets = [voxel / 144, voxel / 12 % 12, voxel % 12].enumerated().map { Double($1) - centre[$0] }
                let across = (0..<3).filter { $0 != axis }.reduce(0) { $0 + offsets[$1] * offsets[$1] }
                let along = offsets[axis] * offsets[axis]
                // A ball of radius 3, a rod of radius 1.5 and half length 5, a sheet of radius 5 and half depth 1.
                let inside = [across + along < 9, across < 2.25 && along < 25, along < 1 && across < 25][index % 3]
                values.append(Float((inside ? 1 : 0) + 0.2 * random.normal()))
            }
        }
        volumes = Tensor([count, 12, 12, 12, 1], values)
        self.kinds = kinds
    }

    func gradients(_ parameters: Parameters, seed: UInt64 = 1, threads: Int = 2, share: Int = 8) -> Parameters {
        Self.network.gradients([volumes], parameters, seed: seed, threads: threads, share: share) { outputs, range in
            [
                CategoricalCrossEntropy([.classes(3)]).loss(
                    outputs[0], targets: [Array(kinds[range])], weights: range.map { _ in 1 },
                    divisor: Double(kinds.count))
            ]
        }.gradients
    }

    func step(_ state: inout TrainingState, _ step: Int, threads: Int) {
        var gradients = gradients(state.parameters, seed: UInt64(step), threads: threads)
        gradients.clip(toNorm: 5)
        state.update(gradients, rate: LearningRate(peak: 0.02, warmUp: 5, steps: 60)(step))
    }

    func trained(steps: Int, threads: Int, seed: UInt64 = 1) -> Parameters {
        var state = TrainingState(Self.network.start(seed: seed))
        for index in 0..<steps { step(&state, index, threads: threads) }
        return state.parameters
    }

    func accuracy(_ parameters: Parameters) -> Double {
        let logits = Self.network.outputs([volumes], parameters)[0].values
        let right = kinds.indices.filter { row in
            let own = Array(logits[row * 3..<row * 3 + 3])
            return own.firstIndex(of: own.max()!) == kinds[row]
        }
        return Double(right.count) / Double(kinds.count)
    }
}
