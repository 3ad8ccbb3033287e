import Foundation

/// How uptake and density are kept in a byte: fine enough that the noise of any scan is coarser, a quarter of the memory.
///
/// What a network learns from and what it judges by go through the same bytes, so that both see the same numbers.
public enum ByteScale {
    /// Uptake: 0 for none, then 32 steps for each doubling of SUV + 0.25, to SUV 62 and all above it (a step is 2 %).
    public static func uptake(_ suv: Float) -> UInt8 {
        suv > 0 ? UInt8(min((32 * log2(1 + suv / softening)).rounded(), 255)) : 0
    }

    /// The SUVbw of a byte.
    public static func suv(_ byte: UInt8) -> Float { uptakes[Int(byte)] }

    /// Density: 0 where there is no CT, then steps of 8 HU from −1000 HU (1) to 1032 HU and all above it (255).
    public static func density(_ hounsfield: Float) -> UInt8 {
        guard hounsfield.isFinite else { return unknown }
        return UInt8(min(max((hounsfield + 1000) / 8, 0), 254).rounded()) + 1
    }

    /// The Hounsfield units of a byte other than `unknown`.
    public static func hounsfield(_ byte: UInt8) -> Float { Float(byte) * 8 - 1008 }

    /// A density that no CT has seen.
    public static let unknown: UInt8 = 0

    /// For each byte of density: soft tissue (fat −1, muscle 0, contrast 1 and more), all densities (air −1.7, bone 1 and
    /// more), and whether there is CT.
    package static let densities: [(Float, Float, Float)] = (0...255).map { byte in
        guard UInt8(byte) != unknown else { return (0, 0, 0) }
        let hounsfield = hounsfield(UInt8(byte))
        return (min(max((hounsfield - 40) / 140, -1.5), 2.5), hounsfield / 600, 1)
    }

    private static let softening: Float = 0.25
    private static let uptakes = (0...255).map { softening * (exp2(Float($0) / 32) - 1) }
}
