import Foundation

/// A learning rate that rises from nothing in a straight line and falls to nothing along half a cosine (Loshchilov and
/// Hutter 2017, «SGDR», without restarts).
///
/// Step s of S, counted from 0, with W steps of warm-up: peak · (s + 1) / W for s < W, else
/// floor + (peak − floor) · (1 + cos(π · (s − W) / (S − W))) / 2.
public struct LearningRate: Sendable, Codable, Equatable {
    /// The highest rate.
    public var peak: Double
    /// The rate at the end.
    public var floor: Double
    /// Steps of warm-up W.
    public var warmUp: Int
    /// Steps in all S.
    public var steps: Int

    /// Describes a schedule.
    public init(peak: Double, floor: Double = 0, warmUp: Int, steps: Int) {
        precondition(warmUp >= 0 && steps > warmUp, "\(steps) steps do not hold \(warmUp) of warm-up")
        self.peak = peak
        self.floor = floor
        self.warmUp = warmUp
        self.steps = steps
    }

    /// The rate of a step counted from 0; past the end, the floor.
    public func callAsFunction(_ step: Int) -> Double {
        if step < warmUp { return peak * Double(step + 1) / Double(warmUp) }
        let done = min(1, Double(step - warmUp) / Double(steps - warmUp))
        return floor + (peak - floor) * (1 + cos(.pi * done)) / 2
    }
}
