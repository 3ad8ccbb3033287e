import Classification
import Foundation

extension ModelDescription.Calibration {
    /// Fits the calibration to judged foci by Newton's method on the cross-entropy (Platt 1999; Lin, Lin and Weng 2007,
    /// «A note on Platt's probabilistic outputs», with their targets that are not quite 0 and 1).
    /// - Precondition: as many truths as logits.
    public static func fit(_ logits: [Double], _ truths: [Bool]) -> Self {
        let positives = Double(truths.count { $0 })
        let negatives = Double(truths.count) - positives
        guard positives > 0, negatives > 0 else { return Self() }
        let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
        var (slope, offset) = (1.0, 0.0)
        for _ in 0..<50 {
            var (g0, g1, h00, h01, h11) = (0.0, 0.0, 1e-9, 0.0, 1e-9)
            for (logit, truth) in zip(logits, truths) {
                let p = 1 / (1 + exp(-(slope * logit + offset)))
                let (error, weight) = (p - (truth ? high : low), max(p * (1 - p), 1e-12))
                g0 += error * logit
                g1 += error
                h00 += weight * logit * logit
                h01 += weight * logit
                h11 += weight
            }
            let determinant = h00 * h11 - h01 * h01
            guard determinant > 1e-12 else { break }
            let steps = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant]
            // A step as long as this leaves the neighbourhood in which Newton's method holds.
            slope = max(slope - min(max(steps[0], -1), 1), 0.01)
            offset -= min(max(steps[1], -2), 2)
            if abs(steps[0]) + abs(steps[1]) < 1e-9 { break }
        }
        return Self(slope: slope, offset: offset)
    }
}
