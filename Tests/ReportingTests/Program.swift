import Foundation

/// A program of another maker, run to its end.
struct Program {
    let status: Int32
    /// Standard output and standard error, as they came.
    let output: String

    /// Runs a program found on the path.
    init(_ name: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        status = process.terminationStatus
        output = String(decoding: data, as: UTF8.self)
    }

    /// The Python that has pydicom and highdicom.
    static var python: String {
        if let chosen = ProcessInfo.processInfo.environment["UPTAKE_TEST_PYTHON"] { return chosen }
        let made = root.appendingPathComponent(".build/test-python/bin/python3").path
        return FileManager.default.isExecutableFile(atPath: made) ? made : "python3"
    }

    /// The package's root folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A script of the folder Tests/Judges.
    static func judge(_ script: String, _ arguments: [String]) throws -> Program {
        try Program(python, [root.appendingPathComponent("Tests/Judges/\(script)").path] + arguments)
    }
}

/// A folder that is gone when the value is.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("uptake-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
