extension FocusDetection {
    /// The settings by which foci were found and outlined, one sentence each, for the algorithm parameters of a report.
    /// - Parameter uptake: what was found in the patient in question.
    public func parameters(of uptake: DetectedUptake) -> [String] {
        let required = Double(requiredConspicuity(noise: uptake.noise))
        return [
            "Uptake floor: SUVbw \(Self.text(uptake.floor.suv)) (\(uptake.floor.derivation))",
            "Outline: connected voxels at or above \(Self.text(Double(isocontour) * 100)) % of the maximum and the floor",
            "Smoothing before maxima are sought: \(Self.text(smoothingMm)) mm FWHM",
            "Prominence of a maximum: at least \(Self.text(Double(prominence) * 100)) % of its height",
            "Conspicuity of a maximum: at least \(Self.text(required)) (noise \(Self.text(uptake.noise * 100)) %), "
                + "more below \(Self.text(fullVolumeMl)) ml",
            "Smallest focus: \(Self.text(minimumVolumeMl)) ml",
        ]
    }

    /// Three significant decimals at most, without trailing zeros.
    private static func text(_ value: Double) -> String {
        let thousandths = (value * 1000).rounded() / 1000
        return thousandths == thousandths.rounded() ? String(Int(thousandths)) : String(thousandths)
    }
}
