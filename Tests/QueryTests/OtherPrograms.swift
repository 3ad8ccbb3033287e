import Foundation
import Glibc

/// Another DICOM program in a process of its own, ended with the value if it has not ended before.
final class Program: @unchecked Sendable {
    private let process = Process()
    private let pipe = Pipe()

    /// - Parameter isSilent: throws away what it prints, for programs that print more than a pipe holds.
    init(_ executable: String, _ arguments: [String], isSilent: Bool = false) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [executable] + arguments
        process.standardOutput = isSilent ? FileHandle.nullDevice : pipe
        process.standardError = isSilent ? FileHandle.nullDevice : pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { end() }

    /// Waits for its end: what it printed, and its exit status.
    func result() -> (status: Int32, output: String) {
        let output = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    func end() {
        guard process.isRunning else { return }
        // Threads of the test runner hold SIGTERM back, and the child inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Runs a program to its end, at most a minute.
    static func run(_ executable: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        try Program("timeout", ["60", executable] + arguments).result()
    }

    /// The interpreter that has pynetdicom: `UPTAKE_TEST_PYTHON`, the project's own, or the system's.
    static var python: String {
        if let named = ProcessInfo.processInfo.environment["UPTAKE_TEST_PYTHON"] { return named }
        let own = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build-python/bin/python3").path
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }
}
