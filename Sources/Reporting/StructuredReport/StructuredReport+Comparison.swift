import Classification
import DICOM
import Imaging
import Reading
import Staging

/// Adds the change since an earlier study as a TID 1501 group of its own; nothing where there was no comparison.
func addComparison(of study: ReportedStudy, to report: MeasurementReport) throws(ReportingError) {
    guard let comparison = study.reading.comparison else { return }
    let isFDG = study.reading.tracer.target == .glucose
    let volume = isFDG ? Concepts.metabolicVolume : Concepts.volume
    try report.beginGroup(.individual, identifier: "Comparison", uid: study.uid("comparison"))
    try report.set(finding: PrivateScheme.comparison)
    try report.add(
        Measurement(
            name: volume, value: comparison.volume.earlierMl, unit: Concepts.cubicCentimetre,
            method: Concepts.segmentedVoxelSum, derivation: Concepts.total,
            meaning: "\(isFDG ? "MTV" : "PSMA-TV") of the earlier study"))
    try report.add(
        Measurement(
            name: PrivateScheme.volumeChange, value: comparison.volume.changeMl, unit: Concepts.cubicCentimetre,
            meaning: "Change in \(isFDG ? "MTV" : "PSMA-TV")"))
    if let percent = comparison.volume.changePercent {
        try report.add(
            Measurement(
                name: PrivateScheme.relativeChange, value: percent, unit: Concepts.percent,
                meaning: "Relative change in \(isFDG ? "MTV" : "PSMA-TV")"))
    }
    if comparison.registration != nil {
        for fate in LesionChange.Fate.allCases {
            try report.add(
                Measurement(
                    name: PrivateScheme.count(fate), value: Double(comparison.count(fate)), unit: Concepts.noUnit))
        }
    }
    try report.addToGroup(PrivateScheme.earlierStudy, comparison.earlierStudy)
    if let recip = comparison.recip { try report.addToGroup(PrivateScheme.recip, PrivateScheme.recip(recip)) }
}

/// What became of a lesion of the present study, as an evaluation of its group; nothing without comparison.
func addChange(of lesion: ReportedLesion, in study: ReportedStudy, to report: MeasurementReport) throws(ReportingError)
{
    let change = study.reading.comparison?.changes.first { $0.focusID == lesion.focus.id }
    guard let change else { return }
    try report.addToGroup(PrivateScheme.change, PrivateScheme.fate(change.fate))
}

/// The comparison in plain sentences.
func sentences(on comparison: StudyComparison, lesions: [ReportedLesion], isFDG: Bool) -> [String] {
    let volume = comparison.volume
    let percent = volume.changePercent.map { " (\($0 >= 0 ? "+" : "")\(fixed($0, 0)) %)" } ?? ""
    var lines = ["Compared with the study of \(comparison.earlierStudyDate) (\(comparison.earlierTracer.rawValue)):"]
    lines.append(
        "\(isFDG ? "Metabolic tumor volume" : "PSMA tumor volume") was \(fixed(volume.earlierMl, 1)) ml, "
            + "change \(volume.changeMl >= 0 ? "+" : "")\(fixed(volume.changeMl, 1)) ml\(percent).")
    guard comparison.registration != nil else { return lines + ["Lesions could not be matched."] }
    for fate in LesionChange.Fate.allCases {
        let changes = comparison.changes.filter { $0.fate == fate }
        guard !changes.isEmpty else { continue }
        let names = changes.compactMap { change in
            change.focusID.flatMap { id in lesions.first { $0.focus.id == id }?.identifier }
        }
        let places = names.isEmpty ? changes.compactMap { comparison.place(of: $0) } : names
        lines.append("\(fate.words): \(changes.count) (\(places.joined(separator: ", "))).")
    }
    if let recip = comparison.recip { lines.append("\(recip.meaning) by RECIP 1.0 (\(recip.rawValue)).") }
    return lines
}

extension StudyComparison {
    /// Which study it was.
    fileprivate var earlierStudy: String {
        let date = earlierStudyDate.isEmpty ? "Without a date" : earlierStudyDate
        return ascii("\(date), \(earlierTracer.rawValue), Study Instance UID \(earlierStudyInstanceUID)")
    }

    /// Where what is gone has been.
    fileprivate func place(of change: LesionChange) -> String? {
        guard let focus = earlierFoci.first(where: { $0.id == change.earlierFocusIDs.first }) else { return nil }
        let side = focus.verdict.laterality == .midline ? "" : " \(focus.verdict.laterality.rawValue)"
        return focus.verdict.location.displayName + side
    }

    /// The earlier study's images that were read, as Pertinent Other Evidence Sequence lists them (PS3.3 table
    /// C.17-2): they belong to another procedure.
    var evidence: DataSet {
        var item = DataSet()
        item.set(.studyInstanceUID, earlierStudyInstanceUID)
        item.set(
            .referencedSeriesSequence,
            earlierInputs.map { series in
                var reference = DataSet()
                reference.set(.seriesInstanceUID, series.seriesInstanceUID)
                reference.set(.referencedSOPSequence, (0..<series.geometry.slices).map(series.reference))
                return reference
            })
        return item
    }
}

extension LesionChange.Fate {
    fileprivate var words: String {
        switch self {
        case .new: "New"
        case .persisting: "Persisting"
        case .newlySuspicious: "Not judged suspicious before"
        case .noLongerSuspicious: "No longer judged suspicious"
        case .vanished: "Vanished"
        case .notInEarlierView: "Not in view before"
        case .notInView: "Not in view now"
        }
    }

    /// At most 16 characters (Code Value is SH).
    fileprivate var code: String {
        switch self {
        case .noLongerSuspicious: "not-suspicious"
        case .notInEarlierView: "not-seen-before"
        case .notInView: "not-seen-now"
        default: rawValue
        }
    }
}

extension RECIP {
    fileprivate var meaning: String {
        switch self {
        case .completeResponse: "Complete response"
        case .partialResponse: "Partial response"
        case .stableDisease: "Stable disease"
        case .progressiveDisease: "Progressive disease"
        }
    }
}

extension PrivateScheme {
    fileprivate static let comparison = concept("comparison", "Change since an earlier study")
    fileprivate static let volumeChange = concept("volume-change", "Change in the volume of all lesions")
    fileprivate static let relativeChange = concept("volume-percent", "Relative change in the volume of all lesions")
    fileprivate static let earlierStudy = concept("earlier-study", "Earlier study compared with")
    fileprivate static let change = concept("change", "Change of the lesion since the earlier study")
    fileprivate static let recip = concept("RECIP-1.0", "Response by RECIP 1.0")

    fileprivate static func fate(_ fate: LesionChange.Fate) -> CodedConcept { concept(fate.code, fate.words) }

    fileprivate static func count(_ fate: LesionChange.Fate) -> CodedConcept {
        concept("n-\(fate.code.prefix(14))", "Number of lesions: \(fate.words)")
    }

    fileprivate static func recip(_ recip: RECIP) -> CodedConcept { concept(recip.rawValue, recip.meaning) }
}
