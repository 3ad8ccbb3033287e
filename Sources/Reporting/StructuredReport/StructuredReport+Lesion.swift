import Anatomy
import DICOM
import Detection
import Imaging
import Reading

extension CodedConcept {
    /// The code of a location.
    init(of location: AnatomicalLocation) { self = location.code }
}

/// Adds a lesion as a TID 1411 group that measures its segment.
func add(_ lesion: ReportedLesion, of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    let reading = study.reading
    let location = lesion.verdict.location
    try report.beginGroup(.volumetricROI, identifier: lesion.identifier, uid: study.trackingUID(of: lesion))
    try report.set(finding: Concepts.lesion)
    try report.set(
        segment: lesion.number, of: study.sopInstanceUID(.segmentation),
        series: study.seriesInstanceUID(.segmentation), study: reading.pet.studyInstanceUID,
        source: reading.pet.seriesInstanceUID)
    try report.add(site: location.code, laterality: lesion.verdict.laterality.code, modifier: location.modifier)
    for measurement in measurements(of: lesion, in: study) { try report.add(measurement) }
    try report.addToGroup(Concepts.findingCategory, Concepts.morphologicallyAbnormal)
    if let score = lesion.read.expression {
        try report.addToGroup(PrivateScheme.expression, PrivateScheme.expression(score))
    }
    try addChange(of: lesion, in: study, to: report)
}

private func measurements(of lesion: ReportedLesion, in study: ReportedStudy) -> [Measurement] {
    let focus = lesion.focus
    let isFDG = study.reading.tracer.target == .glucose
    let algorithm = Measurement.Algorithm(name: "Uptake", version: study.algorithmVersion)
    var quantified = algorithm
    quantified.parameters = suvParameters(of: study.reading.suv)
    var judged = algorithm
    judged.parameters = ["model SHA-256 \(study.reading.model.sha256)"]
    func suv(_ value: Double, _ derivation: CodedConcept, _ meaning: String) -> Measurement {
        Measurement(
            name: Concepts.suvBodyWeight, value: value, unit: Concepts.suvUnit,
            method: Concepts.suvBodyWeightMethod, derivation: derivation, meaning: meaning,
            algorithm: derivation == Concepts.maximum ? quantified : algorithm)
    }
    return [
        suv(focus.suvMax, Concepts.maximum, "SUVmax"), suv(focus.suvMean, Concepts.mean, "SUVmean"),
        suv(focus.suvPeak, Concepts.peak, "SUVpeak"),
        Measurement(
            name: isFDG ? Concepts.metabolicVolume : Concepts.volume, value: focus.volumeMl,
            unit: Concepts.cubicCentimetre, method: Concepts.segmentedVoxelSum, algorithm: algorithm),
        Measurement(
            name: isFDG ? Concepts.totalLesionGlycolysis : PrivateScheme.totalUptake, value: focus.totalUptake,
            unit: Concepts.gram, algorithm: algorithm),
        Measurement(
            name: Concepts.probabilityOfCancer, value: lesion.verdict.suspiciousProbability * 100,
            unit: Concepts.percent, algorithm: judged),
    ]
}

/// How stored values became SUVbw, one line per input.
private func suvParameters(of suv: SUVConversion) -> [String] {
    var lines = ["SUV reference time source: \(suv.referenceTimeSource.rawValue)"]
    if let time = suv.referenceTime { lines.append("SUV reference time: \(time)") }
    if let factor = suv.factor { lines.append("SUVbw per rescaled value: \(measured(factor))") }
    return lines + suv.inputs.map { ascii("\($0.name): \($0.value)") }
}
