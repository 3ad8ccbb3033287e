import Archive
import Foundation

/// Jobs as lines for people.
enum JobText {
    /// One line.
    /// - Parameter destinations: the names that are configured; a delivery to another waits for nobody.
    static func row(_ job: Job, destinations: Set<String>) -> String {
        let progress = job.progress
        let due = progress.state == .waiting ? ", due \(progress.due.formatted(.iso8601))" : ""
        let reason = progress.reason.map { ": \($0)" } ?? ""
        let note = orphaned(job, destinations).map { " (\($0))" } ?? ""
        return """
            \(job.id)  \(job.kind.rawValue)\(job.destination.map { " to \($0)" } ?? "")\(note)  \
            \(progress.state.rawValue)  \(subject(job))  attempt \(progress.attempt) of \
            \(progress.maxAttempts)\(due)\(reason)
            """
    }

    /// Everything, by name.
    static func facts(_ job: Job, destinations: Set<String>) -> [(name: String, value: String)] {
        let progress = job.progress
        let facts: [(String, String?)] = [
            ("job", "\(job.id)"), ("kind", job.kind.rawValue), ("state", progress.state.rawValue),
            ("reason", progress.reason), ("of", subject(job)), ("revision", job.revision.map { "\($0)" }),
            ("result", job.resultID.map { "\($0)" }), ("destination", job.destination),
            ("note", orphaned(job, destinations)), ("attempt", "\(progress.attempt) of \(progress.maxAttempts)"),
            ("due", progress.due.formatted(.iso8601)), ("enqueued", job.createdAt.formatted(.iso8601)),
            ("detail", job.detail),
        ]
        return facts.compactMap { name, value in value.map { (name, $0) } }
    }

    private static func subject(_ job: Job) -> String {
        job.studyInstanceUID.map { "study \($0)" } ?? "request \(job.commitmentID ?? 0)"
    }

    private static func orphaned(_ job: Job, _ destinations: Set<String>) -> String? {
        guard job.kind == .deliver, job.progress.state == .waiting, let name = job.destination,
            !destinations.contains(name)
        else { return nil }
        return "no such destination is configured; configure it, or cancel the job"
    }
}
