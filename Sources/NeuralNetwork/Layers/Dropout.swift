/// In training, sets numbers to zero at random and scales the others so that the mean stays; in use, the identity
/// (Srivastava et al. 2014).
///
/// y = x · m / (1 − rate), m = 0 with probability `rate`, else 1. Which numbers are dropped follows from the run's seed, the
/// layer's name, the sample's position in the whole batch and the number's position in the sample, from nothing else.
public struct Dropout: Layer {
    private let name: String
    private let rate: Float

    /// Describes the layer.
    /// - Parameters:
    ///   - name: tells it from other dropouts of the network; no parameter bears it.
    ///   - rate: probability that a number is dropped, in 0 ..< 1.
    public init(_ name: String, rate: Float) {
        precondition((0..<1).contains(rate), "a dropout rate of \(rate)")
        self.name = name
        self.rate = rate
    }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        guard let seed = run.seed, rate > 0 else { return (input, { gradient, _ in gradient }) }
        let mask = mask(input.shape, seed: seed, firstSample: run.firstSample)
        func masked(_ tensor: Tensor) -> Tensor {
            var result = tensor
            result.withUnsafeMutableBuffer { result in
                mask.withUnsafeBuffer { mask in
                    for index in result.indices { result[index] *= mask[index] }
                }
            }
            return result
        }
        return (masked(input), { gradient, _ in masked(gradient) })
    }

    private func mask(_ shape: [Int], seed: UInt64, firstSample: Int) -> Tensor {
        var mask = Tensor(uninitialized: shape)
        let size = mask.count / max(shape[0], 1)
        mask.withUnsafeMutableBuffer { mask in
            for sample in 0..<shape[0] {
                var random = SplitMix64(seed: seed &+ SplitMix64.mix(UInt64(firstSample + sample)), stream: name)
                for index in 0..<size {
                    mask[sample * size + index] = random.uniform() < Double(rate) ? 0 : 1 / (1 - rate)
                }
            }
        }
        return mask
    }
}
