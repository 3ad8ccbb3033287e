import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import Testing

/// A PACS to pull from, played by `archive_scp.py`; ended with the value.
final class Source {
    let port: UInt16
    let folder = NSTemporaryDirectory() + "uptake-source-" + UUID().uuidString
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// - Parameter options: JSON, as the script tells.
    init(_ objects: [TestObject], _ options: String = "{}", port: UInt16 = freePort()) throws {
        self.port = port
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (index, object) in objects.enumerated() {
            try object.dataSet.write(to: "\(folder)/\(index).dcm", transferSyntax: object.transferSyntax)
        }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [Place.python, Place.judge("archive_scp.py"), String(port), folder, options]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let ready = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        try #require(ready.hasPrefix("ready"), "\(ready)")
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func peer(dimseSeconds: UInt32 = 20) -> Peer {
        Peer(
            host: "127.0.0.1", port: port, calledAETitle: AETitle("ARCHIVE")!, callingAETitle: AETitle("UPTAKE")!,
            timeouts: .init(dimseSeconds: dimseSeconds))
    }

    /// What it saw.
    struct Seen: Decodable {
        let cancelled: Bool
        let finds: Int
    }

    func end() throws -> Seen {
        try input.fileHandleForWriting.close()
        let line = try output.fileHandleForReading.readToEnd() ?? Data()
        return try JSONDecoder().decode(Seen.self, from: line)
    }
}
