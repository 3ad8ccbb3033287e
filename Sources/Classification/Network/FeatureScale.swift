/// Brings a focus's figures to a common scale: less the mean, over the standard deviation, held within four of them.
public struct FeatureScale: Sendable, Equatable, Codable {
    /// Mean of each figure over the training foci.
    public let means: [Double]
    /// Standard deviation of each.
    public let deviations: [Double]

    /// Gathers a scale.
    public init(means: [Double], deviations: [Double]) {
        (self.means, self.deviations) = (means, deviations)
    }

    /// The scale of some foci.
    /// - Precondition: at least one.
    public init(of foci: [FocusFeatures]) {
        let count = Double(foci.count)
        let means = FocusFeatures.names.indices.map { index in foci.reduce(0) { $0 + $1.values[index] } / count }
        deviations = means.indices.map { index in
            let squares = foci.reduce(0) { $0 + ($1.values[index] - means[index]) * ($1.values[index] - means[index]) }
            return max((squares / count).squareRoot(), 1e-3)
        }
        self.means = means
    }

    /// The figures on the scale.
    public func callAsFunction(_ features: FocusFeatures) -> [Float] {
        features.values.indices.map { index in
            // Far outside the training range a figure says no more than its limit.
            Float(min(max((features.values[index] - means[index]) / deviations[index], -4), 4))
        }
    }

    /// Whether it fits the figures of this program.
    var isSound: Bool {
        let count = FocusFeatures.names.count
        return means.count == count && means.allSatisfy(\.isFinite) && deviations.count == count
            && deviations.allSatisfy { $0.isFinite && $0 > 0 }
    }
}
