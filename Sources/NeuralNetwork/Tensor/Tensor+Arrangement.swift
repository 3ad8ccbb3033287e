extension Tensor {
    /// Makes a feature volume N×D×H×W×C from numbers in the order N, C, D, H, W (whole volumes, one channel after the
    /// other, column fastest, as images lie).
    /// - Precondition: samples × channels × voxels numbers.
    public init(channelsFirst values: [Float], samples: Int, channels: Int, extent: Extent) {
        precondition(values.count == samples * channels * extent.count, "\(values.count) numbers for another shape")
        self.init(uninitialized: [samples, extent.depth, extent.height, extent.width, channels])
        withUnsafeMutableBuffer { result in
            for sample in 0..<samples {
                for channel in 0..<channels {
                    let source = (sample * channels + channel) * extent.count
                    let target = sample * extent.count * channels + channel
                    for voxel in 0..<extent.count { result[target + voxel * channels] = values[source + voxel] }
                }
            }
        }
    }

    /// The numbers of a feature volume in the order N, C, D, H, W.
    public func channelsFirst() -> [Float] {
        let (channels, voxels) = (channels, extent.count)
        return withUnsafeBuffer { source in
            (0..<count).map { index in
                let (sample, channel, voxel) = (index / (voxels * channels), index / voxels % channels, index % voxels)
                return source[(sample * voxels + voxel) * channels + channel]
            }
        }
    }

    /// Some of the samples.
    public func samples(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= samples, "no samples \(range) among \(samples)")
        let size = count / max(samples, 1)
        return withUnsafeBuffer { values in
            Tensor([range.count] + shape.dropFirst(), values[range.lowerBound * size..<range.upperBound * size])
        }
    }

    /// One after another along the first axis.
    /// - Precondition: at least one part; all of the same shape but for the first axis.
    public static func joiningSamples(_ parts: [Tensor]) -> Tensor {
        let rest = Array(parts[0].shape.dropFirst())
        precondition(parts.allSatisfy { Array($0.shape.dropFirst()) == rest }, "samples of unlike shapes")
        var result = Tensor(uninitialized: [parts.reduce(0) { $0 + $1.samples }] + rest)
        result.withUnsafeMutableBuffer { target in
            var offset = 0
            for part in parts {
                part.withUnsafeBuffer { (target.baseAddress! + offset).update(from: $0.baseAddress!, count: $0.count) }
                offset += part.count
            }
        }
        return result
    }

    /// Side by side along the last axis.
    /// - Precondition: at least one part; all of the same shape but for the last axis.
    public static func joiningChannels(_ parts: [Tensor]) -> Tensor {
        let leading = Array(parts[0].shape.dropLast())
        precondition(parts.allSatisfy { Array($0.shape.dropLast()) == leading }, "channels of unlike shapes")
        let channels = parts.reduce(0) { $0 + $1.channels }
        let rows = leading.reduce(1, *)
        var result = Tensor(uninitialized: leading + [channels])
        result.withUnsafeMutableBuffer { target in
            var first = 0
            for part in parts {
                let width = part.channels
                part.withUnsafeBuffer { source in
                    for row in 0..<rows {
                        for channel in 0..<width {
                            target[row * channels + first + channel] = source[row * width + channel]
                        }
                    }
                }
                first += width
            }
        }
        return result
    }

    /// Takes apart what `joiningChannels` joined: parts of the given widths.
    public func splitChannels(_ widths: [Int]) -> [Tensor] {
        precondition(widths.reduce(0, +) == channels, "\(widths) channels are not \(channels)")
        let rows = count / max(channels, 1)
        var first = 0
        return widths.map { width in
            var part = Tensor(uninitialized: shape.dropLast() + [width])
            part.withUnsafeMutableBuffer { target in
                withUnsafeBuffer { source in
                    for row in 0..<rows {
                        for channel in 0..<width {
                            target[row * width + channel] = source[row * channels + first + channel]
                        }
                    }
                }
            }
            first += width
            return part
        }
    }
}
