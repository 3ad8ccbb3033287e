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
    for (name, count) in [
        (PrivateScheme.earlierCount, comparison.earlierLesionCount),
        (PrivateScheme.countChange, study.lesions.count - comparison.earlierLesionCount),
    ] {
        try report.add(Measurement(name: name, value: Double(count), unit: Concepts.noUnit))
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
    if let sentence = comparison.sentenceOnOpenResponse {
        try report.addToGroup(PrivateScheme.openResponse, sentence)
    }
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
    let what = comparison.earlierReport == nil ? "the study" : "the report on the study"
    var lines = ["Compared with \(what) of \(comparison.earlierStudyDate) (\(comparison.earlierTracer.rawValue)):"]
    lines.append(
        "\(isFDG ? "Metabolic tumor volume" : "PSMA tumor volume") was \(fixed(volume.earlierMl, 1)) ml, "
            + "change \(volume.changeMl >= 0 ? "+" : "")\(fixed(volume.changeMl, 1)) ml\(percent).")
    guard comparison.registration != nil else { return lines + comparison.sentencesWithoutMatching(lesions.count) }
    for fate in LesionChange.Fate.allCases {
        let changes = comparison.changes.filter { $0.fate == fate }
        guard !changes.isEmpty else { continue }
        let names = changes.compactMap { change in
            change.focusID.flatMap { id in lesions.first { $0.focus.id == id }?.identifier }
        }
        let places = names.isEmpty ? changes.compactMap { comparison.place(of: $0) } : names
        lines.append("\(fate.words): \(changes.count) (\(places.joined(separator: ", "))).")
    }
    if let recip = comparison.recip { lines.append(recip.sentence) }
    return lines
}

extension StudyComparison {
    /// What is left to say where nobody can tell which lesions are the same.
    fileprivate func sentencesWithoutMatching(_ lesionCount: Int) -> [String] {
        let counts = "\(countOfLesions(earlierLesionCount)) then, \(lesionCount) now."
        guard earlierReport != nil else { return [counts, "Lesions could not be matched."] }
        return [counts, "Lesions could not be matched for want of the earlier images."]
            + [recip?.sentence, sentenceOnOpenResponse].compactMap { $0 }
    }

    /// Between what the response lies, where a report's figures leave that open.
    var sentenceOnOpenResponse: String? {
        guard possibleRECIP.count > 1 else { return nil }
        let names = possibleRECIP.map(\.rawValue).joined(separator: " or ")
        return "\(names) by RECIP 1.0: without the earlier images nobody can tell whether a lesion is new."
    }

    /// Which study it was.
    fileprivate var earlierStudy: String {
        let date = earlierStudyDate.isEmpty ? "Without a date" : earlierStudyDate
        return ascii("\(date), \(earlierTracer.rawValue), Study Instance UID \(earlierStudyInstanceUID)")
    }

    /// Where what is gone has been.
    func place(of change: LesionChange) -> String? {
        guard let focus = earlierFoci.first(where: { $0.id == change.earlierFocusIDs.first }) else { return nil }
        let side = focus.verdict.laterality == .midline ? "" : " \(focus.verdict.laterality.rawValue)"
        return focus.verdict.location.displayName + side
    }

    /// What of the earlier study was looked at, its images or the report, as Pertinent Other Evidence Sequence lists it
    /// (PS3.3 table C.17-2): it belongs to another procedure. Nil where nothing is to be named.
    var evidence: DataSet? {
        var series = earlierInputs.map { Self.series($0.seriesInstanceUID, (0..<$0.geometry.slices).map($0.reference)) }
        if let report = earlierReport {
            var reference = DataSet()
            reference.set(.referencedSOPClassUID, report.sopClassUID)
            reference.set(.referencedSOPInstanceUID, report.sopInstanceUID)
            series.append(Self.series(report.seriesInstanceUID, [reference]))
        }
        guard !series.isEmpty else { return nil }
        var item = DataSet()
        item.set(.studyInstanceUID, earlierStudyInstanceUID)
        item.set(.referencedSeriesSequence, series)
        return item
    }

    private static func series(_ uid: UID, _ references: [DataSet]) -> DataSet {
        var item = DataSet()
        item.set(.seriesInstanceUID, uid)
        item.set(.referencedSOPSequence, references)
        return item
    }
}

extension LesionChange.Fate {
    var words: String {
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
    fileprivate var sentence: String { "\(meaning) by RECIP 1.0 (\(rawValue))." }

    var meaning: String {
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
    fileprivate static let earlierCount = concept("n-earlier", "Number of lesions of the earlier study")
    fileprivate static let countChange = concept("n-change", "Change in the number of lesions")
    fileprivate static let openResponse = concept("RECIP-1.0-open", "What the response by RECIP 1.0 can be")
    fileprivate static let earlierStudy = concept("earlier-study", "Earlier study compared with")
    fileprivate static let change = concept("change", "Change of the lesion since the earlier study")
    fileprivate static let recip = concept("RECIP-1.0", "Response by RECIP 1.0")

    fileprivate static func fate(_ fate: LesionChange.Fate) -> CodedConcept { concept(fate.code, fate.words) }

    fileprivate static func count(_ fate: LesionChange.Fate) -> CodedConcept {
        concept("n-\(fate.code.prefix(14))", "Number of lesions: \(fate.words)")
    }

    fileprivate static func recip(_ recip: RECIP) -> CodedConcept { concept(recip.rawValue, recip.meaning) }
}
