import Imaging
import Reading
import Staging

/// The reading in plain sentences, for those who see only the text of a report.
func conclusion(of study: ReportedStudy) -> String {
    let reading = study.reading
    var lines = ["Automated reading of \(reading.tracer.rawValue) PET\(reading.ct == nil ? " without CT" : "/CT")."]
    if study.lesions.isEmpty {
        lines.append("No lesions found. \(sentenceWithoutLesions(fociCount: reading.foci.count))")
    } else {
        let count = study.lesions.count == 1 ? "1 lesion" : "\(study.lesions.count) lesions"
        lines.append("\(count) of \(reading.foci.count) foci of elevated uptake judged suspicious.")
        lines += study.lesions.map { "\($0.identifier) \($0.sentence)." }
        let volume = study.lesions.reduce(0) { $0 + $1.focus.volumeMl }
        let name = reading.tracer.target == .glucose ? "Metabolic tumor volume" : "PSMA tumor volume"
        lines.append("\(name) \(fixed(volume, 1)) ml.")
    }
    if let stage = reading.stage { lines.append("Stage \(stage.line) by \(stage.edition.rawValue).") }
    if let comparison = reading.comparison {
        lines += sentences(
            on: comparison, lesions: study.lesions, isFDG: reading.tracer.target == .glucose)
    }
    lines.append("Research use only; not for clinical decisions. Not verified by a physician.")
    return ascii(lines.joined(separator: "\n"))
}

/// Why there is no lesion.
func sentenceWithoutLesions(fociCount: Int) -> String {
    switch fociCount {
    case 0: "No focus of elevated uptake was detected."
    case 1: "The one focus of elevated uptake is not judged suspicious."
    default: "None of \(fociCount) foci of elevated uptake is judged suspicious."
    }
}
