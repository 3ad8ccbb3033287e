// Measures a network of the kind that judges foci: samples per second, in use and in training.
//
//   swift run -c release benchmark-network [side of the patches]
//
// Two patches of five channels, a coarse body of three, a vector of eight numbers; an answer of one logit and one of sixty.

import Foundation
import NeuralNetwork

/// A residual block: two convolutions, each after a normalisation and an activation.
func block(_ name: String, _ inputs: Int, _ outputs: Int, stride: Int) -> any Layer {
    Residual(
        [
            GroupNormalisation("\(name).norm1", channels: inputs, groups: inputs / 8), Activation.silu,
            Convolution("\(name).conv1", inputs: inputs, outputs: outputs, stride: .cube(stride)),
            GroupNormalisation("\(name).norm2", channels: outputs, groups: outputs / 8), Activation.silu,
            Convolution("\(name).conv2", inputs: outputs, outputs: outputs),
        ],
        shortcut: stride == 1 && inputs == outputs
            ? []
            : [
                Convolution(
                    "\(name).short", inputs: inputs, outputs: outputs, kernel: .cube(stride), stride: .cube(stride),
                    padding: .cube(0))
            ])
}

/// Stem at full size, then three blocks that halve it.
func branch(_ name: String, channels: Int) -> [any Layer] {
    [
        Convolution("\(name).stem", inputs: channels, outputs: 16, passesGradient: false),
        block("\(name).block1", 16, 32, stride: 2), block("\(name).block2", 32, 64, stride: 2),
        block("\(name).block3", 64, 64, stride: 2),
        GroupNormalisation("\(name).norm", channels: 64, groups: 8), Activation.silu, GlobalAveragePooling(),
    ]
}

let side = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 24
let network = Network(
    branches: [branch("near", channels: 5), branch("wide", channels: 5), branch("body", channels: 3), []],
    trunk: [Dense("hidden", inputs: 200, outputs: 128), Activation.silu, Dropout("drop", rate: 0.2)],
    heads: [
        [Dense("suspicion", inputs: 128, outputs: 1, gain: 1)], [Dense("location", inputs: 128, outputs: 60, gain: 1)],
    ])
let parameters = network.start(seed: 1)
let count = 64

func drawn(_ shape: [Int], _ name: String) -> Tensor {
    var random = SplitMix64(seed: 1, stream: name)
    return Tensor(shape, (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
}

let inputs = [
    drawn([count, side, side, side, 5], "near"), drawn([count, side, side, side, 5], "wide"),
    drawn([count, 32, 16, 16, 3], "body"), drawn([count, 8], "vector"),
]
let answers = Tensor([count, 1], (0..<count).map { Float($0 % 2) })
let places = CategoricalCrossEntropy([.classes(60)])

/// Samples per second, and of processor time: the best of several runs.
func speed(_ work: () -> Void) -> (wall: Double, processor: Double) {
    func processor() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    work()
    var best = (wall: Double.infinity, processor: Double.infinity)
    for _ in 0..<5 {
        let start = processor()
        let wall = ContinuousClock().measure(work)
        best.processor = min(best.processor, processor() - start)
        best.wall = min(best.wall, Double(wall.components.seconds) + Double(wall.components.attoseconds) * 1e-18)
    }
    return (Double(count) / best.wall, Double(count) / best.processor)
}

// The first call compiles every primitive; a second one of the same size shows what that took.
let single = inputs.map { $0.samples(0..<1) }
let first = ContinuousClock().measure { _ = network.outputs(single, parameters) }
let second = ContinuousClock().measure { _ = network.outputs(single, parameters) }
print("one sample: \(first) the first time, \(second) the second")
print("patches of \(side)³: \(parameters.count) parameters; samples/s, and for each second of processor time")
for threads in [1, 2] {
    let use = speed { _ = network.outputs(inputs, parameters, threads: threads) }
    let training = speed {
        _ = network.gradients(inputs, parameters, seed: 1, threads: threads) { outputs, range in
            [
                BinaryCrossEntropy.loss(
                    outputs[0], targets: answers.samples(range), weights: Tensor([range.count, 1], repeating: 1),
                    divisor: Double(count)),
                places.loss(
                    outputs[1], targets: [range.map { $0 % 60 }], weights: range.map { _ in 1 }, divisor: Double(count)),
            ]
        }
    }
    print(
        "\(threads) threads: forward \(String(format: "%.0f (%.0f)", use.wall, use.processor)), "
            + "forward and backward \(String(format: "%.0f (%.0f)", training.wall, training.processor))")
}
var usage = rusage()
getrusage(.init(RUSAGE_SELF.rawValue), &usage)
print("memory at most: \(usage.ru_maxrss / 1024) MB")
