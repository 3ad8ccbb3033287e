/// The largest or the mean number of each window, channel by channel. Input N×D×H×W×C, output N×D′×H′×W′×C with
/// D′ = ⌊(D − window) / window⌋ + 1: windows lie side by side, voxels beyond the last whole window are left out.
public struct Pooling: Layer {
    /// What is taken of a window.
    public enum Kind: Sendable { case largest, mean }

    private let kind: Kind
    private let window: Extent

    /// Describes a pooling.
    public init(_ kind: Kind, window: Extent = .cube(2)) {
        self.kind = kind
        self.window = window
    }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        let windows = Windows(input, window)
        var output = Tensor(uninitialized: windows.outputShape)
        switch kind {
        case .largest:
            let chosen = windows.largest(of: input, into: &output)
            return (
                output,
                { gradient, _ in
                    var result = Tensor(input.shape)
                    windows.scatter(gradient, to: chosen, in: &result)
                    return result
                }
            )
        case .mean:
            windows.mean(of: input, into: &output)
            return (
                output,
                { gradient, _ in
                    var result = Tensor(input.shape)
                    windows.spread(gradient, in: &result)
                    return result
                }
            )
        }
    }
}

/// The mean over all voxels: N×D×H×W×C to N×C.
public struct GlobalAveragePooling: Layer {
    /// Describes the layer.
    public init() {}

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        let (voxels, channels) = (input.extent.count, input.channels)
        var output = Tensor(uninitialized: [input.samples, channels])
        output.withUnsafeMutableBuffer { output in
            input.withUnsafeBuffer { input in
                for sample in 0..<output.count / channels {
                    let numbers = ChannelRows(
                        input.baseAddress! + sample * voxels * channels, rows: voxels, channels: channels)
                    for (channel, sum) in numbers.sums().enumerated() {
                        output[sample * channels + channel] = Float(sum / Double(voxels))
                    }
                }
            }
        }
        return (
            output,
            { gradient, _ in
                var result = Tensor(uninitialized: input.shape)
                result.withUnsafeMutableBuffer { result in
                    gradient.withUnsafeBuffer { gradient in
                        for row in 0..<result.count / channels {
                            let sample = row / voxels * channels
                            for channel in 0..<channels {
                                result[row * channels + channel] = gradient[sample + channel] / Float(voxels)
                            }
                        }
                    }
                }
                return result
            }
        )
    }
}

/// Each voxel repeated along the three axes: N×D×H×W×C to N×fD×fH×fW×C.
public struct Upsampling: Layer {
    private let factor: Extent

    /// Describes the layer.
    /// - Parameter factor: how often each voxel is repeated along each axis.
    public init(_ factor: Extent = .cube(2)) { self.factor = factor }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        let size = input.extent
        let large = [
            input.samples, size.depth * factor.depth, size.height * factor.height, size.width * factor.width,
            input.channels,
        ]
        var output = Tensor(large)
        // The way back of a mean, times the window, repeats; and its way forth, times the window, sums.
        let windows = Windows(output, factor)
        windows.spread(input, in: &output, share: 1)
        return (
            output,
            { gradient, _ in
                var result = Tensor(uninitialized: input.shape)
                windows.mean(of: gradient, into: &result)
                result.scale(by: Float(factor.count))
                return result
            }
        )
    }
}
