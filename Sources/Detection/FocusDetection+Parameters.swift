extension FocusDetection {
    /// The settings by which foci were found and outlined, one sentence each, for the algorithm parameters of a report.
    /// - Parameter floor: the floor of the patient in question.
    public func parameters(floor: UptakeFloor) -> [String] {
        [
            "Uptake floor: SUVbw \(Self.text(floor.suv)) (\(floor.derivation))",
            "Outline: connected voxels at or above \(Self.text(Double(isocontour) * 100)) % of the maximum and the floor",
            "Smoothing before maxima are sought: \(Self.text(smoothingMm)) mm FWHM",
            "Prominence of a maximum: at least \(Self.text(Double(prominence) * 100)) % of its height",
            "Conspicuity of a maximum: at least \(Self.text(Double(conspicuity)))",
            "Smallest focus: \(Self.text(minimumVolumeMl)) ml",
        ]
    }

    /// Three significant decimals at most, without trailing zeros.
    private static func text(_ value: Double) -> String {
        let thousandths = (value * 1000).rounded() / 1000
        return thousandths == thousandths.rounded() ? String(Int(thousandths)) : String(thousandths)
    }
}
