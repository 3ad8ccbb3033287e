import Archive
import Foundation

extension StudyExplanation {
    /// The explanation for a terminal: one screen, without a patient's name.
    public var text: String {
        ([("study", [heading]), ("complete", completenessLines), ("closed", closingLines), ("fetched", fetchLines)]
            + [("rules", ruleLines), ("then", planLines), ("reading", selectionLines)])
            .flatMap { title, lines in Self.block(title, lines) }.joined(separator: "\n")
    }

    private static let indent = 10

    /// Lines behind a title, which stands beside the first.
    private static func block(_ title: String, _ lines: [String]) -> [String] {
        lines.enumerated().map { index, line in
            (index == 0 ? title : "").padding(toLength: indent, withPad: " ", startingAt: 0) + line
        }
    }

    private var heading: String {
        let counts = images.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.isEmpty ? "other" : $0.key)" }
        return "\(studyInstanceUID): \(counts.joined(separator: ", "))"
    }

    private var completenessLines: [String] {
        switch completeness.state {
        case .complete: ["yes: \(completeness.text)"] + completeness.notes.map { "without: \($0)" }
        case .waiting: ["not yet: \(completeness.text)"]
        case .incomplete: ["no: \(completeness.text)"]
        }
    }

    private var closingLines: [String] {
        guard let closing else { return ["not yet"] }
        let revision = closing.revision
        let status = closing.status.rawValue + (closing.reason.map { ": \($0)" } ?? "")
        var lines = [
            "revision \(revision.number) of \(revision.instanceCount) images on "
                + "\(revision.closedAt.formatted(.iso8601)), by \(revision.closingSignal)",
            "now \(status)",
        ]
        if let note = revision.closingNote { lines.insert("without: \(note)", at: 1) }
        if let plan = revision.plan, plan != decision.plan {
            lines.append("decided then, and followed whatever the configuration says now: \(Self.words(plan))")
        }
        return lines
    }

    private var fetchLines: [String] {
        fetches.map { job in
            let progress = job.progress
            let due = progress.state == .waiting ? ", due \(progress.due.formatted(.iso8601))" : ""
            return
                "\(FetchOrder(job)?.rawValue ?? "?") from \(job.destination ?? "?"): \(progress.state.rawValue)\(due)"
                + (progress.reason.map { ": \($0)" } ?? "")
        }
    }

    private var ruleLines: [String] {
        guard !decision.findings.isEmpty else {
            return ["none: every study is read, its results go to every destination"]
        }
        return decision.findings.map { finding in
            "\(finding.decides ? "decides" : "does not"): \(finding.rule): \(finding.explanation)"
        }
    }

    private var planLines: [String] { [Self.words(decision.plan)] }

    private static func words(_ plan: ReadingPlan) -> String {
        if let reason = plan.notReadReason { return "kept and not read: \(reason)" }
        let destinations =
            plan.destinations.isEmpty ? "stay here" : "go to \(plan.destinations.joined(separator: ", "))"
        let model = plan.model.map { "the model in \($0)" } ?? "the shipped model"
        let tracer = plan.assumedTracer.map { ", taken for \($0) if the headers do not tell" } ?? ""
        return "read with \(model)\(tracer); results \(destinations)"
    }

    private var selectionLines: [String] {
        let chosen =
            selection.refusal.map { ["declined: \($0.reason)"] }
            ?? ["PET: \(selection.pet ?? "none")", "CT: \(selection.ct ?? "none")"]
        return chosen + ["tracer: \(selection.tracer)"] + selection.warnings
            + selection.notUsed.map { "not used: \($0.series): \($0.reason)" }
    }
}
