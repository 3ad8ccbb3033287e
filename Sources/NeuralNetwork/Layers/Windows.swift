/// Windows side by side over feature volumes, and what poolings do with them.
struct Windows: Sendable {
    let outputShape: [Int]
    private let size: Extent
    private let output: Extent
    private let window: Extent
    private let channels: Int
    private let samples: Int

    /// The windows of a feature volume.
    init(_ input: Tensor, _ window: Extent) {
        size = input.extent
        output = size.slid(window: window, stride: window, padding: .cube(0))
        precondition(min(output.depth, output.height, output.width) > 0, "\(input.shape) is smaller than \(window)")
        self.window = window
        channels = input.channels
        samples = input.samples
        outputShape = [samples, output.depth, output.height, output.width, channels]
    }

    /// Writes the largest number of each window (the first of equals); returns which voxel of the window it was.
    func largest(of input: Tensor, into result: inout Tensor) -> [UInt16] {
        var chosen = [UInt16](repeating: 0, count: result.count)
        result.withUnsafeMutableBuffer { result in
            chosen.withUnsafeMutableBufferPointer { chosen in
                input.withUnsafeBuffer { input in
                    forEach { place, voxel, target in
                        for channel in 0..<channels {
                            let value = input[voxel + channel]
                            if place == 0 || value > result[target + channel] {
                                result[target + channel] = value
                                chosen[target + channel] = UInt16(truncatingIfNeeded: place)
                            }
                        }
                    }
                }
            }
        }
        return chosen
    }

    /// Adds each number to the voxel of its window that was chosen.
    func scatter(_ numbers: Tensor, to chosen: [UInt16], in result: inout Tensor) {
        result.withUnsafeMutableBuffer { result in
            numbers.withUnsafeBuffer { numbers in
                chosen.withUnsafeBufferPointer { chosen in
                    forEach { place, voxel, source in
                        for channel in 0..<channels where Int(chosen[source + channel]) == place {
                            result[voxel + channel] = numbers[source + channel]
                        }
                    }
                }
            }
        }
    }

    /// Writes the mean of each window.
    func mean(of input: Tensor, into result: inout Tensor) {
        let share = 1 / Float(window.count)
        result.withUnsafeMutableBuffer { result in
            input.withUnsafeBuffer { input in
                forEach { place, voxel, target in
                    for channel in 0..<channels {
                        let sum = place == 0 ? 0 : result[target + channel]
                        result[target + channel] = sum + share * input[voxel + channel]
                    }
                }
            }
        }
    }

    /// Writes each number, times `share`, to every voxel of its window; where not given, the window's part of a mean.
    func spread(_ numbers: Tensor, in result: inout Tensor, share: Float? = nil) {
        let share = share ?? 1 / Float(window.count)
        result.withUnsafeMutableBuffer { result in
            numbers.withUnsafeBuffer { numbers in
                forEach { _, voxel, source in
                    for channel in 0..<channels { result[voxel + channel] = share * numbers[source + channel] }
                }
            }
        }
    }

    /// Calls `body` for each voxel of each window: its place in the window, where its channels begin in the large volume,
    /// and where those of the window begin in the small one.
    @inline(__always)
    private func forEach(_ body: (_ place: Int, _ voxel: Int, _ target: Int) -> Void) {
        for sample in 0..<samples {
            for z in 0..<output.depth * window.depth {
                for y in 0..<output.height * window.height {
                    let slice = sample * size.depth + z
                    let row = (slice * size.height + y) * size.width
                    let outputSlice = sample * output.depth + z / window.depth
                    let outputRow = (outputSlice * output.height + y / window.height) * output.width
                    let placeRow = (z % window.depth * window.height + y % window.height) * window.width
                    for x in 0..<output.width {
                        for dx in 0..<window.width {
                            body(
                                placeRow + dx, (row + x * window.width + dx) * channels, (outputRow + x) * channels)
                        }
                    }
                }
            }
        }
    }
}
