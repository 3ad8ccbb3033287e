import Foundation
import Glibc

/// A program of another maker in a process of its own, ended with the value if it has not ended before.
public final class RunningProgram: @unchecked Sendable {
    private let process = Process()
    private let pipe = Pipe()

    /// What is kept of what it prints.
    public enum Streams: Sendable {
        case both, output
        /// Nothing, for programs that print more than a pipe holds.
        case none
    }

    /// Starts a program: a path, or a name to look for on the path.
    public init(_ name: String, _ arguments: [String], keeping streams: Streams = .both) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardOutput = streams == .none ? FileHandle.nullDevice : pipe
        process.standardError = streams == .both ? pipe : FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { end() }

    /// The first line that it prints.
    public func firstLine() -> String {
        var bytes: [UInt8] = []
        while let byte = try? pipe.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits for its end: its exit status, and what it printed.
    public func result() -> (status: Int32, output: String) {
        let output = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Ends it.
    public func end() {
        guard process.isRunning else { return }
        // Threads of the test runner hold SIGTERM back, and the child inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
