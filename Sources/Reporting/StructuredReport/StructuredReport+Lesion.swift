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
    for measurement in measurements(of: lesion.read, in: study) { try report.add(measurement) }
    try report.addToGroup(Concepts.findingCategory, Concepts.morphologicallyAbnormal)
    if let score = PrivateScheme.expression(of: lesion.read) {
        try report.addToGroup(PrivateScheme.expression, score)
    }
    try addChange(of: lesion, in: study, to: report)
}

/// The figures of a focus: SUV three times, volume, total uptake, probability.
func measurements(of read: ReadFocus, in study: ReportedStudy) -> [Measurement] {
    let (focus, isFDG) = (read.focus, study.isFDG)
    let algorithm = Measurement.Algorithm(name: "Uptake", version: study.algorithmVersion)
    func with(_ parameters: [String]) -> Measurement.Algorithm {
        Measurement.Algorithm(
            name: algorithm.name, version: algorithm.version, parameters: parameters.map { ascii($0) })
    }
    func suv(_ value: Double, _ derivation: CodedConcept, _ meaning: String) -> Measurement {
        Measurement(
            name: Concepts.suvBodyWeight, value: value, unit: Concepts.suvUnit,
            method: Concepts.suvBodyWeightMethod, derivation: derivation, meaning: meaning,
            algorithm: derivation == Concepts.maximum ? with(suvParameters(of: study.reading.suv)) : algorithm)
    }
    return [
        suv(focus.suvMax, Concepts.maximum, "SUVmax"), suv(focus.suvMean, Concepts.mean, "SUVmean"),
        suv(focus.suvPeak, Concepts.peak, "SUVpeak"),
        Measurement(
            name: isFDG ? Concepts.metabolicVolume : Concepts.volume, value: focus.volumeMl,
            unit: Concepts.cubicCentimetre, method: Concepts.segmentedVoxelSum,
            algorithm: with(study.reading.detectionParameters)),
        Measurement(
            name: isFDG ? Concepts.totalLesionGlycolysis : PrivateScheme.totalUptake, value: focus.totalUptake,
            unit: Concepts.gram, method: PrivateScheme.meanTimesVolume, derivation: Concepts.total,
            algorithm: algorithm),
        Measurement(
            name: Concepts.probabilityOfCancer, value: read.verdict.suspiciousProbability * 100,
            unit: Concepts.percent, algorithm: with(["model SHA-256 \(study.reading.model.sha256)"])),
    ]
}

/// How stored values became SUVbw, one line per input.
private func suvParameters(of suv: SUVConversion) -> [String] {
    var lines = ["SUV reference time source: \(suv.referenceTimeSource.rawValue)"]
    if let time = suv.referenceTime { lines.append("SUV reference time: \(time)") }
    if let factor = suv.factor { lines.append("SUVbw per rescaled value: \(measured(factor))") }
    return lines + suv.inputs.map { "\($0.name): \($0.value)" }
}
