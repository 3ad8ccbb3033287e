import Imaging
import Reading
import Staging

/// The reading in plain sentences, for those who see only the text of a report: what was read, the lesions, the totals,
/// what they are compared with, the stage, what to beware of.
func conclusion(of study: ReportedStudy) -> String {
    let reading = study.reading
    var lines = ["\(openingSentence(of: reading.tracer))\(reading.ct == nil ? " without CT" : "/CT")."]
    if study.lesions.isEmpty {
        lines.append("No lesions found. \(sentenceWithoutLesions(fociCount: reading.foci.count))")
    } else {
        lines.append(
            "\(countOfLesions(study.lesions.count)) of \(reading.foci.count) foci of elevated uptake judged suspicious."
        )
        lines += study.lesions.map { "\($0.identifier) \($0.sentence)." }
        lines.append("\(LesionTotals(study.lesions).sentence(isFDG: study.isFDG)).")
        lines += LesionTotals.byRegion(study.lesions).map { region, totals in
            "\(region.title): \(countOfLesions(totals.count)), \(fixed(totals.volumeMl, 1)) ml."
        }
    }
    lines.append("Reference SUVmean: \(referenceSentence(of: reading)).")
    if let stage = reading.stage { lines.append("Stage \(stage.description) by \(stage.edition.rawValue).") }
    if let comparison = reading.comparison {
        lines += sentences(on: comparison, lesions: study.lesions, isFDG: study.isFDG)
    }
    lines += reading.warnings.map { "Note: \($0)" }
    lines.append("Research use only; not for clinical decisions. Not verified by a physician.")
    return ascii(lines.joined(separator: "\n"))
}

/// How the conclusion begins, by which the tracer is told when a later study is compared with the report.
func openingSentence(of tracer: Tracer) -> String { "Automated reading of \(tracer.rawValue) PET" }

extension LesionTotals {
    /// Tumour volume and total uptake under their customary names, without a full stop.
    func sentence(isFDG: Bool) -> String {
        let names = isFDG ? ("MTV", "TLG") : ("PSMA-TV", "TL-PSMA")
        return "\(names.0) \(fixed(volumeMl, 1)) ml, \(names.1) \(fixed(uptake, 1)) g"
    }
}

/// A number of lesions in words.
func countOfLesions(_ count: Int) -> String { count == 1 ? "1 lesion" : "\(count) lesions" }

/// The reference organs with their means, without a full stop.
func referenceSentence(of reading: StudyReading) -> String {
    ReferenceOrgan.allCases.map { organ in
        let name = organ.title.lowercased()
        return organ.region(in: reading.reference).map { "\(name) \(fixed($0.suvMean, 1))" } ?? "\(name) not found"
    }.joined(separator: ", ")
}

/// Why there is no lesion.
func sentenceWithoutLesions(fociCount: Int) -> String {
    switch fociCount {
    case 0: "No focus of elevated uptake was detected."
    case 1: "The one focus of elevated uptake is not judged suspicious."
    default: "None of \(fociCount) foci of elevated uptake is judged suspicious."
    }
}
