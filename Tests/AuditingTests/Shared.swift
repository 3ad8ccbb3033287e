import Auditing
import Foundation
import Glibc

/// A folder of its own for each test, removed with the value.
final class Folder: Sendable {
    let path = NSTemporaryDirectory() + "uptake-auditing-" + UUID().uuidString

    init() { try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The lines of a file; none where there is no file.
    func lines(_ name: String) -> [String] {
        let bytes = FileManager.default.contents(atPath: file(name)) ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// Another program in a process of its own, ended with the value if it has not ended before.
final class Program: @unchecked Sendable {
    private let process = Process()
    private let pipe = Pipe()

    init(_ executable: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [executable] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { end() }

    /// The first line that it prints.
    func firstLine() -> String {
        var bytes: [UInt8] = []
        while let byte = try? pipe.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func end() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Runs a program to its end: its exit status, and what it printed to either stream.
    static func run(_ executable: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "60", executable] + arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

/// Where the judges lie.
enum Place {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let schema = root + "/Tests/Judges/audit_message.rng"
    static let collector = root + "/Tests/Judges/syslog_collector.py"
}

let source = AuditSource(id: "UPTAKE", site: "Radiology", host: "node.example", processID: 4711)
let own = AuditedNode(aeTitle: "UPTAKE", address: "node.example")
let scanner = AuditedNode(aeTitle: "SCANNER", address: "192.0.2.10")
let moment = Date(timeIntervalSince1970: 1_790_000_000.25)
let study = AuditedStudy(
    studyInstanceUID: "2.25.1234", patientID: "P<1>&\"2\"", patientName: "Müller^Jörg\u{1}\n^\u{FFFF}",
    accessionNumber: "A-17", instances: ["1.2.840.10008.5.1.4.1.1.128": 395, "1.2.840.10008.5.1.4.1.1.2": 355])

/// Messages that are told apart by their text.
func alert(_ number: Int) -> AuditMessage {
    .securityAlert(
        AuditCode.nodeAuthentication, "number \(number)", subject: "STRANGER", address: "192.0.2.66", reporter: own,
        at: moment)
}
