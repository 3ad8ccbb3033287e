// Measures three-dimensional convolutions, forward and both gradients, with oneDNN and with OpenBLAS.
//
//   swift run -c release benchmark-convolution            the whole table (docs/decisions/0020-convolution.md)
//   swift run -c release benchmark-convolution openblas   OpenBLAS alone, with the kernels it chose or OPENBLAS_CORETYPE
//
// Every figure is GFLOP per second of processor time of one thread, the best of several runs: what else the machine does
// hardly disturbs it.

import COpenBLAS
import Foundation
import NeuralNetwork

let cases = [(1, 16, 32), (5, 16, 32), (16, 32, 32), (32, 32, 16), (32, 64, 16), (64, 64, 8)].map {
    inputs, outputs, side in
    ConvolutionGeometry(
        samples: 32, inputs: inputs, outputs: outputs, extent: .cube(side), kernel: .cube(3), padding: .cube(1))
}

/// Processor time of this thread in seconds.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The best of several runs, as GFLOP/s.
func speed(_ operations: Double, _ work: () -> Void) -> Double {
    var best = Double.infinity
    let end = processorTime() + 0.6
    work()
    repeat {
        let start = processorTime()
        work()
        best = min(best, processorTime() - start)
    } while processorTime() < end
    return operations / best * 1e-9
}

func line(_ name: String, _ geometry: ConvolutionGeometry, _ speeds: [Double], memory: Int, _ note: String) {
    let shape = "\(geometry.inputs)→\(geometry.outputs) at \(geometry.extent.width)³"
    let figures = speeds.map { String(format: "%.0f", $0) }.joined(separator: " | ")
    print("| \(shape) | \(name) | \(figures) | \(String(format: "%.1f", Double(memory) / 1e6)) | \(note) |")
    fflush(nil)
}

/// One row: the three passes.
func measureOneDNN(_ geometry: ConvolutionGeometry, _ layout: ConvolutionPrimitive.Layout, half: Bool) {
    var (names, speeds, memory) = ([String](), [Double](), 0)
    for pass in ConvolutionPrimitive.Pass.allCases {
        let primitive = ConvolutionPrimitive(geometry, pass, layout: layout, half: half)
        let buffers = [primitive.input, primitive.weights, primitive.output, primitive.scratch].map {
            Buffer(bytes: $0.bytes, half: half)
        }
        let bias = Buffer(bytes: 4 * geometry.outputs)
        names.append(primitive.implementation)
        memory = max(memory, primitive.scratch.bytes)
        speeds.append(
            speed(geometry.operations) {
                primitive.run(
                    input: buffers[0].start, weights: buffers[1].start, bias: bias.start, output: buffers[2].start,
                    scratch: buffers[3].start)
            })
    }
    line("oneDNN \(layout)\(half ? " bf16" : "")", geometry, speeds, memory: memory, names.joined(separator: ", "))
}

/// One row: the three passes.
func measureOpenBLAS(_ geometry: ConvolutionGeometry) {
    openblas_set_num_threads(1)
    let convolution = UnfoldedConvolution(geometry)
    let input = Buffer(bytes: 4 * geometry.samples * geometry.inputs * geometry.extent.count)
    let output = Buffer(bytes: 4 * geometry.samples * geometry.outputs * geometry.extent.count)
    let weights = Buffer(bytes: 4 * geometry.outputs * geometry.inputs * 27)
    let columns = Buffer(bytes: 4 * convolution.columnCount)
    let speeds = ConvolutionPrimitive.Pass.allCases.map { pass in
        speed(geometry.operations) {
            convolution.run(
                pass, samples: 0..<geometry.samples, input: input.floats, weights: weights.floats,
                output: output.floats, columns: columns.floats)
        }
    }
    line("OpenBLAS \(String(cString: openblas_get_corename()))", geometry, speeds, memory: columns.bytes, "")
}

/// Runs the OpenBLAS part in a process of its own: OpenBLAS chooses its kernels when it is loaded.
func measureOpenBLAS(kernels: String?) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["openblas"]
    var environment = ProcessInfo.processInfo.environment
    environment["OPENBLAS_CORETYPE"] = kernels
    process.environment = environment
    fflush(nil)
    try process.run()
    process.waitUntilExit()
}

/// Largest difference between the two libraries' outputs of one small convolution, so that the figures compare the same.
func disagreement() -> Float {
    let geometry = ConvolutionGeometry(
        samples: 1, inputs: 16, outputs: 32, extent: Extent(6, 7, 8), kernel: .cube(3), padding: .cube(1))
    let unfolded = UnfoldedConvolution(geometry)
    let primitive = ConvolutionPrimitive(geometry, .forward, layout: .channelsFirst)
    let input = Buffer(bytes: primitive.input.bytes)
    let stored = Buffer(bytes: 4 * 32 * 16 * 27)
    let weights = Buffer(bytes: primitive.weights.bytes)
    let bias = Buffer(bytes: 128)
    bias.floats.update(repeating: 0, count: 32)
    let scratch = Buffer(bytes: primitive.scratch.bytes)
    let columns = Buffer(bytes: 4 * unfolded.columnCount)
    let outputs = (0..<2).map { _ in Buffer(bytes: primitive.output.bytes) }
    for (output, filling) in zip(outputs, [Float(1e9), -1e9]) {
        output.floats.update(repeating: filling, count: output.bytes / 4)
    }
    primitive.arrangeWeights(from: stored.start, to: weights.start)
    primitive.run(
        input: input.start, weights: weights.start, bias: bias.start, output: outputs[0].start, scratch: scratch.start)
    unfolded.run(
        .forward, samples: 0..<1, input: input.floats, weights: stored.floats, output: outputs[1].floats,
        columns: columns.floats)
    let numbers = primitive.output.bytes / 4
    let largest = (0..<numbers).map { abs(outputs[1].floats[$0]) }.max()!
    return (0..<numbers).map { abs(outputs[0].floats[$0] - outputs[1].floats[$0]) }.max()! / largest
}

if CommandLine.arguments.dropFirst().first == "openblas" {
    for geometry in cases { measureOpenBLAS(geometry) }
} else {
    print("oneDNN \(OneDNN.version); the libraries' outputs differ by at most \(disagreement()) of the largest\n")
    if !OneDNN.hasHalfPrecision { print("bf16 is left out: it needs AVX-512, which this processor does not have.\n") }
    print("| 3×3×3, batch 32 | library | forward | input gradient | weight gradient | scratch MB | kernels |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |")
    for geometry in cases {
        for layout in ConvolutionPrimitive.Layout.allCases { measureOneDNN(geometry, layout, half: false) }
        for layout in [ConvolutionPrimitive.Layout.channelsLast, .blocked] where OneDNN.hasHalfPrecision {
            measureOneDNN(geometry, layout, half: true)
        }
    }
    for kernels in [nil, "SKYLAKEX", "ZEN", "HASWELL"] { try measureOpenBLAS(kernels: kernels) }
}
