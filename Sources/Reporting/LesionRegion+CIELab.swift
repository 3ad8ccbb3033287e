import Foundation

extension LesionRegion {
    /// The colour as Recommended Display CIELab Value (0062,000D): L*, a*, b* over their ranges (PS3.3 section
    /// C.10.7.1.1), from sRGB (IEC 61966-2-1) by way of XYZ with the D50 white point of the ICC's connection space.
    var cielab: (UInt16, UInt16, UInt16) {
        func linear(_ value: Int) -> Double {
            let c = Double(value) / 255
            return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
        }
        let (r, g, b) = (linear(color.red), linear(color.green), linear(color.blue))
        // sRGB primaries adapted to D50 (Bradford); the rows divided by the white point.
        let x = (0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / 0.9642
        let y = 0.2225045 * r + 0.7168786 * g + 0.0606169 * b
        let z = (0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / 0.8249
        func f(_ t: Double) -> Double { t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116 }
        let lightness = 116 * f(y) - 16
        let a = 500 * (f(x) - f(y))
        let blue = 200 * (f(y) - f(z))
        func scaled(_ fraction: Double) -> UInt16 { UInt16((min(max(fraction, 0), 1) * 65_535).rounded()) }
        return (scaled(lightness / 100), scaled((a + 128) / 255), scaled((blue + 128) / 255))
    }
}
