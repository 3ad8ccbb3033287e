import DICOM
import Imaging
import Reading

/// The Structured Report: Comprehensive 3D SR by TID 1500 (PS3.16), one TID 1411 group per lesion, TID 1501 groups for
/// the totals and the reference organs, the stage and a plain-text conclusion as evaluations of the whole.
func structuredReportDataSet(of study: ReportedStudy) throws(ReportingError) -> DataSet {
    let report = try MeasurementReport(title: Concepts.petMeasurementReport, language: Concepts.english)
    try addContext(of: study, to: report)
    for series in study.inputs { try report.addImages(series.headers) }
    for lesion in study.lesions { try add(lesion, of: study, to: report) }
    try addTotals(of: study, to: report)
    try addReferenceUptake(of: study, to: report)
    try addComparison(of: study, to: report)
    try addEvaluations(of: study, to: report)
    var dataSet = gatheringImageDescriptors(try report.finish())
    study.stamp(&dataSet, as: .structuredReport)
    dataSet.set(.contentDate, study.createdAt.date)
    dataSet.set(.contentTime, study.createdAt.time)
    dataSet.set(.completionFlag, "COMPLETE")
    dataSet.set(.verificationFlag, "UNVERIFIED")
    dataSet.set(.preliminaryFlag, "PRELIMINARY")
    if let comparison = study.reading.comparison, !comparison.earlierInputs.isEmpty {
        dataSet.set(.pertinentOtherEvidenceSequence, [comparison.evidence])
    }
    return dataSet
}

private func addContext(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    try report.add(study.device)
    // The imaging procedure, not the algorithm (IHE AI Results).
    let isFDG = study.reading.tracer.target == .glucose
    try report.add(procedure: isFDG ? Concepts.wholeBodyFDG : Concepts.wholeBodyPET)
    try report.addCodingScheme(
        designator: PrivateScheme.designator, uid: PrivateScheme.uid, name: PrivateScheme.name,
        organization: PrivateScheme.organization)
    let studyUID = study.reading.pet.studyInstanceUID
    for series in study.inputs {
        for header in series.headers {
            try report.addEvidence(
                header.uid(.sopClassUID) ?? series.sopClassUID, header.uid(.sopInstanceUID)!,
                series: series.seriesInstanceUID, study: studyUID)
        }
    }
    guard !study.lesions.isEmpty else { return }
    // Naming the Structure Set as evidence is what links the report to it; no content item can.
    for kind in [ReportedStudy.Kind.segmentation, .structureSet] {
        try report.addEvidence(
            kind.sopClassUID, study.sopInstanceUID(kind), series: study.seriesInstanceUID(kind), study: studyUID)
    }
}

// MARK: - Totals and reference organs

private func addTotals(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    let isFDG = study.reading.tracer.target == .glucose
    try report.beginGroup(.individual, identifier: "Whole body", uid: study.uid("totals"))
    try report.set(finding: PrivateScheme.lesionStatistics)
    try report.add(
        Measurement(
            name: Concepts.lesionCount, value: Double(study.lesions.count), unit: Concepts.noUnit,
            derivation: Concepts.total))
    try report.add(
        Measurement(
            name: isFDG ? Concepts.metabolicVolume : Concepts.volume,
            value: study.lesions.reduce(0) { $0 + $1.focus.volumeMl }, unit: Concepts.cubicCentimetre,
            method: Concepts.segmentedVoxelSum, derivation: Concepts.total,
            meaning: isFDG ? "Metabolic tumor volume (MTV)" : "PSMA tumor volume (PSMA-TV)"))
    try report.add(
        Measurement(
            name: isFDG ? Concepts.totalLesionGlycolysis : PrivateScheme.totalUptake,
            value: study.lesions.reduce(0) { $0 + $1.focus.totalUptake }, unit: Concepts.gram,
            derivation: Concepts.total,
            meaning: isFDG ? "Total lesion glycolysis of the body" : "Total lesion PSMA of the body (TL-PSMA)"))
}

private func addReferenceUptake(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    let reference = study.reading.reference
    let organs = [
        ("Blood pool", reference.bloodPool, Concepts.aorta), ("Liver", reference.liver, .init(of: .liver)),
        ("Parotid glands", reference.parotid, .init(of: .parotidGland)),
        ("Spleen", reference.spleen, .init(of: .spleen)),
    ]
    for (name, region, site) in organs {
        guard let region else { continue }
        try report.beginGroup(.individual, identifier: name, uid: study.uid("reference", name))
        try report.set(finding: PrivateScheme.referenceRegion)
        try report.add(site: site)
        for (value, derivation) in [(region.suvMean, Concepts.mean), (region.suvSD, Concepts.standardDeviation)] {
            try report.add(
                Measurement(
                    name: Concepts.suvBodyWeight, value: value, unit: Concepts.suvUnit,
                    method: Concepts.suvBodyWeightMethod, derivation: derivation))
        }
        try report.add(Measurement(name: Concepts.volume, value: region.volumeMl, unit: Concepts.cubicCentimetre))
    }
}

// MARK: - The whole

private func addEvaluations(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    if let stage = study.reading.stage {
        for (name, value) in PrivateScheme.evaluations(of: stage) { try report.add(name, value) }
    }
    try report.add(Concepts.conclusion, conclusion(of: study))
    for warning in study.reading.warnings { try report.add(PrivateScheme.warning, ascii(warning)) }
}
