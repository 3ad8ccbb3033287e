import DICOM
import Imaging
import Reading

/// The Structured Report: Comprehensive 3D SR by TID 1500 (PS3.16), one TID 1411 group per lesion, TID 1501 groups for
/// the totals, the reference organs and, where the site wants them, the other foci; the stage and a plain-text conclusion
/// as evaluations of the whole.
func structuredReportDataSet(of study: ReportedStudy) throws(ReportingError) -> DataSet {
    let report = try MeasurementReport(title: Concepts.petMeasurementReport, language: Concepts.english)
    try addContext(of: study, to: report)
    for series in study.inputs { try report.addImages(series.headers) }
    for lesion in study.lesions { try add(lesion, of: study, to: report) }
    try addTotals(of: study, to: report)
    try addReferenceUptake(of: study, to: report)
    try addComparison(of: study, to: report)
    if study.options.includesOtherFoci { try addOtherFoci(of: study, to: report) }
    try addEvaluations(of: study, to: report)
    var dataSet = finished(try report.finish(), study.identity)
    study.setPredecessors(of: &dataSet, .structuredReport)
    if let evidence = study.reading.comparison?.evidence {
        dataSet.set(.pertinentOtherEvidenceSequence, [evidence])
    }
    return dataSet
}

/// Makes a report one of its study and says how far it has been reviewed: complete, and by nobody.
func finished(_ report: DataSet, _ identity: ReportIdentity) -> DataSet {
    var dataSet = gatheringImageDescriptors(report)
    identity.stamp(&dataSet, as: .structuredReport)
    identity.setContentDate(of: &dataSet)
    dataSet.set(.completionFlag, "COMPLETE")
    dataSet.set(.verificationFlag, "UNVERIFIED")
    dataSet.set(.preliminaryFlag, "PRELIMINARY")
    return dataSet
}

private func addContext(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    try report.add(study.device)
    // The imaging procedure, not the algorithm (IHE AI Results).
    try report.add(procedure: study.isFDG ? Concepts.wholeBodyFDG : Concepts.wholeBodyPET)
    try report.addPrivateScheme()
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
    for kind in [ReportObject.segmentation, .structureSet] {
        try report.addEvidence(
            kind.sopClassUID, study.sopInstanceUID(kind), series: study.seriesInstanceUID(kind), study: studyUID)
    }
}

// MARK: - Reference organs and other foci

private func addReferenceUptake(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    for organ in ReferenceOrgan.allCases {
        guard let region = organ.region(in: study.reading.reference) else { continue }
        try report.beginGroup(.individual, identifier: organ.title, uid: study.uid("reference", organ.title))
        try report.set(finding: PrivateScheme.referenceRegion)
        try report.add(site: organ.site)
        for (value, derivation) in [(region.suvMean, Concepts.mean), (region.suvSD, Concepts.standardDeviation)] {
            try report.add(
                Measurement(
                    name: Concepts.suvBodyWeight, value: value, unit: Concepts.suvUnit,
                    method: Concepts.suvBodyWeightMethod, derivation: derivation))
        }
        try report.add(Measurement(name: Concepts.volume, value: region.volumeMl, unit: Concepts.cubicCentimetre))
    }
}

/// The foci that are not judged suspicious. They have no segment, so that nobody takes one for a lesion: their place is
/// told in words and by the point of their centre.
private func addOtherFoci(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    for read in study.reading.foci where !read.verdict.suspicious {
        let (focus, verdict) = (read.focus, read.verdict)
        try report.beginGroup(.individual, identifier: "F\(focus.id)", uid: study.uid("focus", String(focus.id)))
        try report.set(finding: PrivateScheme.focus)
        try report.add(
            site: verdict.location.code, laterality: verdict.laterality.code, modifier: verdict.location.modifier)
        for measurement in measurements(of: read, in: study) { try report.add(measurement.withoutAlgorithm) }
        try report.addToGroup(Concepts.findingCategory, PrivateScheme.notSuspicious)
        if let score = PrivateScheme.expression(of: read) {
            try report.addToGroup(PrivateScheme.expression, score)
        }
        let place = focus.centroid.coordinates.map { fixed($0, 1) }.joined(separator: " ")
        try report.addToGroup(PrivateScheme.centre, place)
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
