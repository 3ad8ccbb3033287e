import Foundation

/// A repeatable stream of random numbers: SplitMix64 (Steele, Lea, Flood: OOPSLA 2014).
///
/// Each organ draws from its own named stream, so that a change in one leaves the others of a seed as they were. The
/// conversions to real numbers are written out here, because those of the standard library may change with its version.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The stream called `stream` of a seed.
    public init(seed: UInt64, stream: String = "") {
        // FNV-1a over the name, then one mixing step, so that neighbouring seeds do not give shifted copies.
        let name = stream.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        state = seed &* 0xD134_2543_DE82_EF95 ^ name
        state = next()
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    /// A number in [0, 1).
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in [low, high).
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

    /// A whole number in 0..<count.
    public mutating func index(below count: Int) -> Int { min(Int(unit() * Double(count)), count - 1) }

    /// True with a probability.
    public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// A normally distributed number (Box and Muller 1958).
    public mutating func normal(mean: Double = 0, sd: Double = 1) -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return mean + sd * radius * cos(2 * .pi * unit())
    }

    /// A normally distributed number, cut at `limit` standard deviations, where an outlier would be no body at all.
    public mutating func bounded(mean: Double = 0, sd: Double, limit: Double = 2) -> Double {
        mean + sd * min(max(normal(), -limit), limit)
    }

    /// A log-normally distributed number with the given mean and standard deviation (of the number, not its logarithm).
    public mutating func logNormal(mean: Double, sd: Double, limit: Double = 2.5) -> Double {
        let variance = log(1 + sd * sd / (mean * mean))
        return exp(bounded(mean: log(mean) - variance / 2, sd: variance.squareRoot(), limit: limit))
    }

    /// The place of a draw among weighted choices.
    public mutating func choice(weights: [Double]) -> Int {
        var rest = unit() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.count - 1
    }

    /// Fills a buffer with standard normal numbers, two for each pair of draws.
    mutating func fillNormal(_ buffer: UnsafeMutableBufferPointer<Float>) {
        var index = 0
        while index < buffer.count {
            let bits = next()
            let radius = (-2 * log(Float(bits >> 40) * 0x1p-24 + 0x1p-25)).squareRoot()
            let angle = Float(bits & 0xFF_FFFF) * 0x1p-24 * 2 * .pi
            buffer[index] = radius * cos(angle)
            if index + 1 < buffer.count { buffer[index + 1] = radius * sin(angle) }
            index += 2
        }
    }
}
