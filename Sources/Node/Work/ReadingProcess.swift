import Foundation
import Synchronization

/// A reading that did not come to a conclusion: one failed attempt.
struct ReadingFailure: Error, CustomStringConvertible {
    let description: String
}

/// Runs `uptake read` on a study's files in a child process with limits, so that a hostile or odd object costs one attempt
/// and never the listener.
struct ReadingProcess: Sendable {
    /// The program: this one.
    let executable: String
    let settings: NodeConfiguration.Reading
    /// Children alive, to be ended when the node stops.
    let children = ChildProcesses()

    enum Ending: Sendable {
        case read
        case declined(String)
    }

    /// Reads files into a folder that is made for it.
    func read(_ files: [String], into folder: String) throws -> Ending {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let list = folder + "/files"
        try files.joined(separator: "\n").write(toFile: list, atomically: false, encoding: .utf8)
        var arguments = [
            "read", "--file-list", list, "--output", folder, "--limit-memory-mib", "\(settings.memoryMiB)",
            "--limit-cpu-seconds", "\(Int(settings.timeoutSeconds * 2))",
        ]
        if let tracer = settings.assumedTracer { arguments += ["--tracer", tracer.rawValue] }
        if let model = settings.model { arguments += ["--model", model] }
        let (status, output) = try run(arguments)
        let lastLine = output.split(separator: "\n").last.map(String.init) ?? ""
        switch status {
        case .exited(0): return .read
        case .exited(3): return .declined(lastLine)
        case .exited(let code): throw ReadingFailure(description: "the reading exited with \(code): \(lastLine)")
        case .killed(let signal): throw ReadingFailure(description: "the reading ended by signal \(signal)")
        case .timedOut:
            throw ReadingFailure(description: "the reading took longer than \(Int(settings.timeoutSeconds)) s")
        }
    }

    private enum Status {
        case exited(Int32)
        case killed(Int32)
        case timedOut
    }

    /// Runs the child and collects the end of what it says.
    private func run(_ arguments: [String]) throws -> (Status, String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        children.add(process.processIdentifier)
        defer { children.remove(process.processIdentifier) }
        let output = TailOfOutput()
        pipe.fileHandleForReading.readabilityHandler = { handle in output.append(handle.availableData) }
        let inTime = ended.wait(timeout: .now() + settings.timeoutSeconds) == .success
        if !inTime {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        pipe.fileHandleForReading.readabilityHandler = nil
        output.append((try? pipe.fileHandleForReading.readToEnd()) ?? Data())
        guard inTime else { return (.timedOut, output.text) }
        let wasKilled = process.terminationReason == .uncaughtSignal
        return (wasKilled ? .killed(process.terminationStatus) : .exited(process.terminationStatus), output.text)
    }
}

/// The child processes alive.
final class ChildProcesses: Sendable {
    private struct State {
        var identifiers: Set<Int32> = []
        var isEnding = false
    }
    private let state = Mutex(State())

    func add(_ identifier: Int32) {
        state.withLock {
            $0.identifiers.insert(identifier)
            if $0.isEnding { kill(identifier, SIGKILL) }
        }
    }

    func remove(_ identifier: Int32) { state.withLock { _ = $0.identifiers.remove(identifier) } }

    /// Whether the node stops, so that a killed child says nothing of its study.
    var isEnding: Bool { state.withLock { $0.isEnding } }

    /// Ends them all, and every one still to come.
    func endAll() {
        state.withLock {
            $0.isEnding = true
            for identifier in $0.identifiers { kill(identifier, SIGKILL) }
        }
    }
}

/// The last few kilobytes that a child wrote.
private final class TailOfOutput: Sendable {
    private let bytes = Mutex(Data())

    func append(_ data: Data) {
        bytes.withLock { $0 = ($0 + data).suffix(8192) }
    }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
