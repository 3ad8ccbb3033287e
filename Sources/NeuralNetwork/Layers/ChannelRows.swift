/// Rows of channels in memory, as one sample of a feature volume lies: sums down the rows and sums of products, for each
/// channel.
///
/// Sums are taken in Float over 32 rows at a time and in Double over those, as quick as the one and about as exact as the
/// other; the order never changes.
struct ChannelRows {
    let rows: Int
    let channels: Int
    private let start: UnsafePointer<Float>

    /// Looks at memory that the caller keeps alive.
    init(_ start: UnsafePointer<Float>, rows: Int, channels: Int) {
        self.start = start
        self.rows = rows
        self.channels = channels
    }

    /// Σ x for each channel.
    func sums() -> [Double] {
        accumulate { sums, row in
            for channel in 0..<channels { sums[channel] += row[channel] }
        }
    }

    /// Σ (x − centre)² for each channel.
    func squares(about centre: [Float]) -> [Double] {
        centre.withUnsafeBufferPointer { centre in
            accumulate { sums, row in
                for channel in 0..<channels {
                    let distance = row[channel] - centre[channel]
                    sums[channel] += distance * distance
                }
            }
        }
    }

    /// Σ x · (other − centre) · factor for each channel.
    func products(with other: ChannelRows, centre: [Float], factor: [Float]) -> [Double] {
        let sums = centre.withUnsafeBufferPointer { centre in
            accumulate { sums, row in
                let theirs = other.start + (row - start)
                for channel in 0..<channels { sums[channel] += row[channel] * (theirs[channel] - centre[channel]) }
            }
        }
        return zip(sums, factor).map { $0 * Double($1) }
    }

    /// x · factor + offset, channel by channel.
    func combine(_ factor: [Float], _ offset: [Float], into result: UnsafeMutablePointer<Float>) {
        factor.withUnsafeBufferPointer { factor in
            offset.withUnsafeBufferPointer { offset in
                for row in 0..<rows {
                    let (source, target) = (start + row * channels, result + row * channels)
                    for channel in 0..<channels {
                        target[channel] = source[channel] * factor[channel] + offset[channel]
                    }
                }
            }
        }
    }

    /// x · factor + other · otherFactor + offset, channel by channel.
    func combine(
        _ factor: [Float], with other: ChannelRows, _ otherFactor: [Float], _ offset: [Float],
        into result: UnsafeMutablePointer<Float>
    ) {
        factor.withUnsafeBufferPointer { factor in
            otherFactor.withUnsafeBufferPointer { otherFactor in
                offset.withUnsafeBufferPointer { offset in
                    for row in 0..<rows {
                        let (mine, theirs) = (start + row * channels, other.start + row * channels)
                        let target = result + row * channels
                        for channel in 0..<channels {
                            target[channel] =
                                mine[channel] * factor[channel] + theirs[channel] * otherFactor[channel]
                                + offset[channel]
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private func accumulate(_ add: (UnsafeMutablePointer<Float>, UnsafePointer<Float>) -> Void) -> [Double] {
        var totals = [Double](repeating: 0, count: channels)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: channels) { partial in
            for first in stride(from: 0, to: rows, by: 32) {
                partial.initialize(repeating: 0)
                for row in first..<min(first + 32, rows) { add(partial.baseAddress!, start + row * channels) }
                for channel in 0..<channels { totals[channel] += Double(partial[channel]) }
            }
        }
        return totals
    }
}
