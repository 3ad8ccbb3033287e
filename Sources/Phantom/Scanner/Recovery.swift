import Foundation

/// How much of a small object's contrast survives the scanner's point spread, at its middle.
///
/// A Gaussian point spread of standard deviation s over a ball of radius r leaves
/// erf(r/√2s) − √(2/π)·(r/s)·exp(−r²/2s²), over a long cylinder 1 − exp(−r²/2s²).
enum Recovery {
    /// Standard deviation of the point spread for which tables of maxima are read, mm (full width 5.5 mm).
    private static let referenceSigma: Float = 5.5 / 2.354_82

    /// Of a ball of a radius in mm.
    static func ball(radius: Float) -> Float {
        let q = Double(radius) / Double(referenceSigma)
        return Float(erf(q / 2.0.squareRoot()) - (2 / Double.pi).squareRoot() * q * exp(-q * q / 2))
    }

    /// Of a long cylinder of a radius in mm.
    static func cylinder(radius: Float) -> Float {
        let q = radius / referenceSigma
        return 1 - exp(-q * q / 2)
    }

    /// The SUV to draw so that a scanner shows `shown` on a `background`; never more than eight times the contrast,
    /// so that what is too small to be seen stays unseen.
    static func drawn(shown: Float, background: Float, recovery: Float) -> Float {
        max(background + (shown - background) / max(recovery, 0.125), background * 0.5)
    }
}
