import DICOM

/// Adds the totals of the body, and of each region that has a lesion: count, tumour volume and total uptake.
func addTotals(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    try report.beginGroup(.individual, identifier: "Whole body", uid: study.uid("totals"))
    try report.set(finding: PrivateScheme.lesionStatistics)
    try report.add(LesionTotals(study.lesions), isFDG: study.isFDG, of: "the body")
    for (region, totals) in LesionTotals.byRegion(study.lesions) {
        try report.beginGroup(.individual, identifier: region.title, uid: study.uid("totals", region.rawValue))
        try report.set(finding: region.finding)
        if let site = region.site { try report.add(site: site) }
        try report.add(totals, isFDG: study.isFDG, of: "the region")
    }
}

extension MeasurementReport {
    /// Adds the figures of some lesions together.
    fileprivate func add(_ totals: LesionTotals, isFDG: Bool, of what: String) throws(ReportingError) {
        try add(
            Measurement(
                name: Concepts.lesionCount, value: Double(totals.count), unit: Concepts.noUnit,
                derivation: Concepts.total))
        try add(
            Measurement(
                name: isFDG ? Concepts.metabolicVolume : Concepts.volume, value: totals.volumeMl,
                unit: Concepts.cubicCentimetre, method: Concepts.segmentedVoxelSum, derivation: Concepts.total,
                meaning: isFDG ? "Metabolic tumor volume (MTV)" : "PSMA tumor volume (PSMA-TV)"))
        try add(
            Measurement(
                name: isFDG ? Concepts.totalLesionGlycolysis : PrivateScheme.totalUptake, value: totals.uptake,
                unit: Concepts.gram, method: PrivateScheme.meanTimesVolume, derivation: Concepts.total,
                meaning: isFDG ? "Total lesion glycolysis of \(what)" : "Total lesion PSMA of \(what) (TL-PSMA)"))
    }
}
