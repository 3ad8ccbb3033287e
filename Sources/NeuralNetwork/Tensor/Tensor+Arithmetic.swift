extension Tensor {
    /// Adds the numbers of another tensor of the same shape, times `factor`.
    public mutating func add(_ other: Tensor, times factor: Float = 1) {
        precondition(shape == other.shape, "a tensor of \(other.shape) cannot be added to one of \(shape)")
        withUnsafeMutableBuffer { mine in
            other.withUnsafeBuffer { theirs in
                for index in mine.indices { mine[index] += factor * theirs[index] }
            }
        }
    }

    /// Multiplies each number.
    public mutating func scale(by factor: Float) {
        withUnsafeMutableBuffer { values in
            for index in values.indices { values[index] *= factor }
        }
    }

    /// Sum of the numbers' squares.
    public var sumOfSquares: Double {
        withUnsafeBuffer { values in
            var sum = 0.0
            for value in values { sum += Double(value) * Double(value) }
            return sum
        }
    }

    /// Whether no number is infinite or not a number.
    public var isFinite: Bool {
        withUnsafeBuffer { values in values.allSatisfy(\.isFinite) }
    }

    /// Sums over every axis but the last: one number for each channel.
    func channelSums() -> Tensor {
        var result = Tensor([channels])
        let rows = count / max(channels, 1)
        result.withUnsafeMutableBuffer { sums in
            withUnsafeBuffer { values in
                for row in 0..<rows {
                    for channel in 0..<sums.count { sums[channel] += values[row * sums.count + channel] }
                }
            }
        }
        return result
    }
}
