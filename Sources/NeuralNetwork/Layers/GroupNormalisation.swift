/// Brings groups of channels of each sample to mean 0 and variance 1, then scales and shifts each channel (Wu and He 2018,
/// «Group normalization»).
///
/// y = (x − mean) / √(variance + ε) · scale[c] + shift[c]; mean and variance (divisor: the count) over the voxels and the
/// channels of a group, of one sample. Nothing is remembered from training and no sample sees another: a small batch, a
/// batch done in parts and a single focus all give the same numbers, which batch normalisation would not.
/// Input and output N×…×C. Parameters `name.weight` (scale) and `name.bias` (shift), C each.
public struct GroupNormalisation: Layer {
    private let name: String
    private let channels: Int
    private let groups: Int
    private let epsilon: Double

    /// Describes a normalisation.
    /// - Parameters:
    ///   - groups: into how many groups of neighbours the channels are divided; divides their number.
    ///   - epsilon: ε, added to the variance.
    public init(_ name: String, channels: Int, groups: Int, epsilon: Double = 1e-5) {
        precondition(groups > 0 && channels.isMultiple(of: groups), "\(channels) channels in \(groups) groups")
        self.name = name
        self.channels = channels
        self.groups = groups
        self.epsilon = epsilon
    }

    public var parameters: [ParameterDeclaration] {
        [
            ParameterDeclaration(name: "\(name).weight", shape: [channels], start: .constant(1)),
            ParameterDeclaration(name: "\(name).bias", shape: [channels], start: .constant(0)),
        ]
    }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        precondition(input.channels == channels, "\(name) got \(input.shape), not \(channels) channels")
        let (scale, shift) = (run.parameters["\(name).weight"].values, run.parameters["\(name).bias"].values)
        let rows = input.count / channels / max(input.samples, 1)
        var output = Tensor(uninitialized: input.shape)
        let kept = output.withUnsafeMutableBuffer { output in
            input.withUnsafeBuffer { input in
                (0..<input.count / (rows * channels)).map { sample in
                    let first = sample * rows * channels
                    let own = statistics(ChannelRows(input.baseAddress! + first, rows: rows, channels: channels))
                    // x · factor + offset is the whole layer: one multiplication and one addition for each number.
                    let factor = (0..<channels).map { scale[$0] * own.inverse[$0] }
                    let offset = (0..<channels).map { shift[$0] - own.mean[$0] * factor[$0] }
                    ChannelRows(input.baseAddress! + first, rows: rows, channels: channels)
                        .combine(factor, offset, into: output.baseAddress! + first)
                    return own
                }
            }
        }
        return (output, { backward($0, input, kept, scale, rows, &$1) })
    }

    /// With x̂ = (x − mean) · inverse and g the gradient of y: shift gets Σ g, scale gets Σ g · x̂, and x gets
    /// inverse · (g · scale − ⟨g · scale⟩ − x̂ · ⟨g · scale · x̂⟩), ⟨⟩ the mean over the group.
    private func backward(
        _ gradient: Tensor, _ input: Tensor, _ statistics: [Statistics], _ scale: [Float], _ rows: Int,
        _ gradients: inout Parameters
    ) -> Tensor {
        var result = Tensor(uninitialized: input.shape)
        var scaleGradient = [Double](repeating: 0, count: channels)
        var shiftGradient = scaleGradient
        result.withUnsafeMutableBuffer { result in
            gradient.withUnsafeBuffer { gradient in
                input.withUnsafeBuffer { input in
                    for (sample, own) in statistics.enumerated() {
                        let first = sample * rows * channels
                        let slopes = ChannelRows(gradient.baseAddress! + first, rows: rows, channels: channels)
                        let numbers = ChannelRows(input.baseAddress! + first, rows: rows, channels: channels)
                        let sums = slopes.sums()
                        let products = slopes.products(with: numbers, centre: own.mean, factor: own.inverse)
                        for channel in 0..<channels {
                            shiftGradient[channel] += sums[channel]
                            scaleGradient[channel] += products[channel]
                        }
                        let line = inputGradient(sums, products, scale, own, rows: rows)
                        slopes.combine(
                            line.slope, with: numbers, line.number, line.offset, into: result.baseAddress! + first)
                    }
                }
            }
        }
        gradients.add(Tensor([channels], scaleGradient.map { Float($0) }), to: "\(name).weight")
        gradients.add(Tensor([channels], shiftGradient.map { Float($0) }), to: "\(name).bias")
        return result
    }

    /// The gradient of x as slope · g + number · x + offset for each channel.
    private func inputGradient(
        _ sums: [Double], _ products: [Double], _ scale: [Float], _ own: Statistics, rows: Int
    ) -> (slope: [Float], number: [Float], offset: [Float]) {
        let plain = groupMeans(zip(sums, scale).map { $0 * Double($1) }, rows: rows)
        let turned = groupMeans(zip(products, scale).map { $0 * Double($1) }, rows: rows)
        var (slope, number, offset) = ([Float](), [Float](), [Float]())
        for channel in 0..<channels {
            let (mean, inverse) = (Double(own.mean[channel]), Double(own.inverse[channel]))
            let curve = inverse * inverse * turned[channel]
            slope.append(Float(inverse * Double(scale[channel])))
            number.append(Float(-curve))
            offset.append(Float(mean * curve - inverse * plain[channel]))
        }
        return (slope, number, offset)
    }

    /// Mean and inverse deviation for each channel, equal within a group.
    private struct Statistics: Sendable {
        var mean: [Float]
        var inverse: [Float]
    }

    private func statistics(_ numbers: ChannelRows) -> Statistics {
        let mean = groupMeans(numbers.sums(), rows: numbers.rows).map { Float($0) }
        let variance = groupMeans(numbers.squares(about: mean), rows: numbers.rows)
        return Statistics(mean: mean, inverse: variance.map { Float(1 / ($0 + epsilon).squareRoot()) })
    }

    /// From a sum for each channel, the mean over its group.
    private func groupMeans(_ sums: [Double], rows: Int) -> [Double] {
        let size = channels / groups
        return (0..<channels).map { channel in
            let first = channel / size * size
            return sums[first..<first + size].reduce(0, +) / Double(size * rows)
        }
    }
}
