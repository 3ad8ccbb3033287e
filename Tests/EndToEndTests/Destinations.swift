import DICOM
import DICOMNetwork
import Foundation

/// DCMTK's `storescp` as a PACS: each arrival becomes a file, so that what comes twice is seen twice.
final class StoreSCP {
    static let aeTitle = "STORESCP"
    let port: UInt16
    private let folder: Scratch
    private var process: Child?

    /// Chooses a port; `start` makes it listen.
    init() throws {
        folder = try Scratch("storescp")
        port = try freePort()
    }

    deinit { process?.kill() }

    /// Starts it and waits until it answers.
    /// - Parameter options: further ones, such as those of TLS.
    /// - Parameter security: how it is to be called.
    func start(_ options: [String] = [], security: Peer.Security? = nil) throws {
        let process = try Child(
            "storescp",
            options + [
                "--aetitle", Self.aeTitle, "--unique-filenames", "--output-directory", folder.path, String(port),
            ])
        self.process = process
        try waitForEcho(port: port, called: Self.aeTitle, process, security: security)
    }

    var destination: ServedNode.Destination { .init(name: "storescp", aeTitle: Self.aeTitle, port: port) }

    /// What has arrived, by SOP instance: a file for each arrival.
    func arrivals() throws -> [UID: [String]] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).map { "\(folder.path)/\($0)" }
        return try Dictionary(grouping: files) { file in
            guard let uid = try DICOMFile(path: file, extent: .header).dataSet.uid(.sopInstanceUID) else {
                throw Unmet(description: "\(file) names no SOP instance")
            }
            return uid
        }
    }
}

/// Orthanc with a storage of its own.
final class Orthanc {
    static let aeTitle = "ORTHANC"
    let port: UInt16
    private let webPort: UInt16
    private let folder: Scratch
    private let process: Child

    /// Starts it and waits until it answers.
    /// - Parameters:
    ///   - port: one that was free a moment ago.
    ///   - node: the port of a node that it may call.
    init(port: UInt16? = nil, node: UInt16? = nil) throws {
        folder = try Scratch("orthanc")
        (self.port, webPort) = (try port ?? freePort(), try freePort())
        let port = self.port
        let known: [String: Any] =
            node.map {
                [
                    "node": [
                        "AET": ServedNode.aeTitle, "Host": "127.0.0.1", "Port": Int($0), "AllowStorageCommitment": true,
                    ] as [String: Any]
                ]
            } ?? [:]
        let configuration: [String: Any] = [
            "DicomModalities": known,
            "Name": "test", "StorageDirectory": folder.path + "/storage", "IndexDirectory": folder.path + "/index",
            "HttpPort": Int(webPort), "DicomPort": Int(port), "DicomAet": Self.aeTitle, "DicomCheckCalledAet": true,
            "RemoteAccessAllowed": false, "AuthenticationEnabled": false, "Plugins": [String](),
            "DicomServerEnabled": true, "ConcurrentJobs": 1, "DicomThreadsCount": 1,
        ]
        let file = folder.path + "/orthanc.json"
        try JSONSerialization.data(withJSONObject: configuration).write(to: URL(fileURLWithPath: file))
        process = try Child("Orthanc", [file], environment: ["PATH": "/usr/sbin:/usr/bin:/bin"])
        try waitForEcho(port: port, called: Self.aeTitle, process)
    }

    deinit { process.kill() }

    var destination: ServedNode.Destination { Self.destination(port: port) }

    /// It as a destination.
    static func destination(port: UInt16, _ lines: [String] = []) -> ServedNode.Destination {
        .init(name: "orthanc", aeTitle: aeTitle, port: port, lines: lines)
    }

    /// The instances that it lists under a study, written to files.
    func instances(of study: UID, into folder: Scratch) throws -> [UID: String] {
        let listed = try Child.run(
            Place.python, [Place.judge("orthanc_study.py"), String(webPort), study.description, folder.path])
        guard listed.status == 0 else { throw Unmet(description: "Orthanc does not list the study: \(listed.errors)") }
        let names = try JSONDecoder().decode([String].self, from: Data(listed.output.utf8))
        return Dictionary(uniqueKeysWithValues: names.map { (UID($0)!, "\(folder.path)/\($0).dcm") })
    }
}

private func waitForEcho(port: UInt16, called: String, _ process: Child, security: Peer.Security? = nil) throws {
    let peer = Peer(
        host: "127.0.0.1", port: port, calledAETitle: AETitle(called)!, callingAETitle: AETitle("TEST")!,
        timeouts: .init(connectSeconds: 2, acseSeconds: 5, dimseSeconds: 5), security: security)
    try wait(until: "\(called)'s answer") {
        guard process.isRunning else { throw Unmet(description: "\(called) ended: \(process.output)\(process.errors)") }
        return (try? VerificationSCU.echo(peer)) == .success
    }
}
