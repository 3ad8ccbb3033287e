import Archive
import Foundation
import Imaging
import Reporting
import Staging

/// A reading that did not come to a conclusion: one failed attempt.
package struct ReadingFailure: Error, Equatable, CustomStringConvertible {
    /// The reason, for operators.
    package let description: String
    /// Whether it may come of the machine's state, and not of what was read.
    package var isPassing = false
}

/// Runs `uptake read` on a study's files in a child process with limits, so that a hostile or odd object costs one attempt
/// and never the listener.
package struct ReadingProcess: Sendable {
    /// The program: this one.
    let executable: String
    private(set) var settings: NodeConfiguration.Reading
    private(set) var report: ReportOptions
    /// Children alive, to be ended when the node stops.
    package let children = ChildProcesses()

    package init(executable: String, settings: NodeConfiguration.Reading, report: ReportOptions = ReportOptions()) {
        (self.executable, self.settings, self.report) = (executable, settings, report)
    }

    /// The same with other objects, and with the model and the tracer of a plan.
    package func making(_ objects: Set<ReportObject>, following plan: ReadingPlan?) -> ReadingProcess {
        var process = self
        process.report.objects = objects
        guard let plan else { return process }
        process.settings.model = plan.model
        process.settings.assumedTracer = plan.assumedTracer.flatMap(Tracer.init)
        return process
    }

    /// What a reading came to.
    package enum Ending: Sendable, Equatable {
        case read
        case declined(String)
    }

    /// Reads files into a folder that is made for it.
    /// - Parameters:
    ///   - earlier: what there is to compare with.
    ///   - replaced: objects of earlier readings of the study.
    ///   - note: told what the child has to say beside its conclusion.
    /// - Throws: `ReadingFailure` for whatever is neither a reading nor a refusal.
    package func read(
        _ files: [String], after earlier: EarlierStudies = EarlierStudies(), replacing replaced: [String] = [],
        into folder: String, note: (Substring) -> Void = { _ in }
    ) throws(ReadingFailure) -> Ending {
        let list = folder + "/files"
        let outcome: (ending: ChildProcesses.Ending, output: String)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try files.joined(separator: "\n").write(toFile: list, atomically: false, encoding: .utf8)
            let lists = earlier.images.indices.map { "\(folder)/earlier-\($0)" }
            for (images, list) in zip(earlier.images, lists) {
                try images.map(\.path).joined(separator: "\n").write(toFile: list, atomically: false, encoding: .utf8)
            }
            outcome = try children.run(
                executable,
                arguments(list: list, folder: folder) + lists.flatMap { ["--previous-list", $0] }
                    + earlier.reports.flatMap { ["--previous-report", $0.path] }
                    + earlier.passedOver.flatMap { ["--passed-over", $0] }
                    + replaced.flatMap { ["--predecessor", $0] },
                timeoutSeconds: settings.timeoutSeconds)
        } catch {
            throw ReadingFailure(description: "the reading could not begin: \(error)")
        }
        let lines = outcome.output.split(whereSeparator: \.isNewline)
        for line in lines where line.hasPrefix("note: ") { note(line.dropFirst("note: ".count)) }
        let lastLine = lines.last.map(String.init) ?? ""
        switch outcome.ending {
        case .exited(0): return .read
        case .exited(3): return .declined(String(lastLine.trimmingPrefix("declined: ")))
        case .exited(let code):
            throw ReadingFailure(description: "the reading exited with \(code): \(lastLine)")
        case .killed(let signal):
            let words = lastLine.isEmpty ? "" : ": \(lastLine)"
            throw ReadingFailure(description: "the reading ended by signal \(signal)\(words)")
        case .timedOut:
            throw ReadingFailure(description: "the reading took longer than \(Int(settings.timeoutSeconds)) s")
        }
    }

    private func arguments(list: String, folder: String) -> [String] {
        var arguments = [
            "read", "--file-list", list, "--output", folder, "--limit-memory-mib", "\(settings.memoryMiB)",
            // Two cores' worth of the wall time, against a child that outlives the node.
            "--limit-cpu-seconds", "\(Int(settings.timeoutSeconds * 2))", "--end-with-input",
            "--first-series-number", "\(report.firstSeriesNumber)",
            "--objects", ReportObject.allCases.filter(report.objects.contains).map(\.rawValue).joined(separator: ","),
        ]
        if report.includesOtherFoci { arguments.append("--other-foci") }
        if let tracer = settings.assumedTracer { arguments += ["--tracer", tracer.rawValue] }
        if let model = settings.model { arguments += ["--model", model] }
        let (usual, staging) = (StagingRules(), settings.staging)
        if staging.commonIliac != usual.commonIliac { arguments += ["--common-iliac", staging.commonIliac.rawValue] }
        if staging.nodeRegions != usual.nodeRegions { arguments += ["--node-regions", staging.nodeRegions.rawValue] }
        return arguments
    }
}
