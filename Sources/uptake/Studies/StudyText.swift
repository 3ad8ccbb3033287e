import Archive
import Foundation
import Node

/// Studies as lines for people.
enum StudyText {
    /// One line.
    static func row(_ study: StudyState) -> String {
        let modalities = study.modalities.joined(separator: "+")
        let closed = study.revision.map { "revision \($0)" + (study.closingSignal.map { " by \($0)" } ?? "") }
        let parts = [
            study.studyInstanceUID.description, study.studyDate.isEmpty ? "no date" : study.studyDate,
            study.accessionNumber, "\(modalities) \(study.instanceCount)", study.status.rawValue, closed ?? "",
            waiting(study),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// Everything.
    static func lines(_ study: ShowStudy.Answer, destinations: Set<String>) -> [String] {
        [row(study.state)]
            + study.revisions.map { revision in
                let note = revision.closingNote.map { "; without: \($0)" } ?? ""
                return """
                    revision \(revision.number): \(revision.instanceCount) instances, closed \
                    \(revision.closedAt.formatted(.iso8601)) by \(revision.closingSignal)\(note)
                    """
            }
            + study.results.map { result in
                let delivered = result.deliveredTo.isEmpty ? "nobody" : result.deliveredTo.joined(separator: ", ")
                let to = result.sopInstanceUID == nil ? "" : ", delivered to \(delivered)"
                return "result of revision \(result.revision): \(result.kind), \(result.path)\(to)"
            }
            + study.state.pending.map { JobText.row($0, destinations: destinations) }
    }

    /// What it waits for, as far as its status does not say it.
    private static func waiting(_ study: StudyState) -> String {
        if let reason = study.reason { return "(\(reason))" }
        let waits = study.pending.map { job in
            let what = job.kind.rawValue + (job.destination.map { " to \($0)" } ?? "")
            return job.progress.state == .waiting ? "\(what) at \(job.progress.due.formatted(.iso8601))" : what
        }
        return waits.isEmpty ? "" : "(" + waits.joined(separator: ", ") + ")"
    }
}
