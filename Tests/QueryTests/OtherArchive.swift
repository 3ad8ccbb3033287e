import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import Testing

/// DCMTK's or Orthanc's archive, which knows a node by its title; ended with the value.
final class OtherArchive {
    enum Kind: String, CaseIterable { case dcmqrscp, orthanc }

    let peer: Peer
    private let node: QueryNode
    private let program: RunningProgram

    /// Starts it and waits until it answers, for neither says when it listens.
    init(_ kind: Kind, port: UInt16 = freePort(), for node: QueryNode) throws {
        self.node = node
        peer = Peer(
            host: "127.0.0.1", port: port, calledAETitle: AETitle("ARCHIVE")!, callingAETitle: AETitle("UPTAKE")!,
            timeouts: .init(dimseSeconds: 20))
        let area = node.folder + "/" + kind.rawValue
        try FileManager.default.createDirectory(atPath: area, withIntermediateDirectories: true)
        switch kind {
        case .dcmqrscp: program = try Self.dcmqrscp(port, area, node)
        case .orthanc: program = try Self.orthanc(port, area, node)
        }
        for _ in 0..<200 {
            if (try? VerificationSCU.echo(peer)) == .success { return }
            usleep(100_000)
        }
        Issue.record("\(peer) does not answer")
    }

    deinit { program.end() }

    private static func dcmqrscp(_ port: UInt16, _ area: String, _ node: QueryNode) throws -> RunningProgram {
        let configuration = """
            NetworkTCPPort = \(port)
            MaxPDUSize = 16384
            MaxAssociations = 16
            HostTable BEGIN
            uptake = (UPTAKE, 127.0.0.1, \(node.port))
            HostTable END
            VendorTable BEGIN
            VendorTable END
            AETable BEGIN
            ARCHIVE \(area) RW (100, 1024mb) ANY
            AETable END
            """
        try configuration.write(toFile: area + ".cfg", atomically: true, encoding: .utf8)
        return try RunningProgram("dcmqrscp", ["-c", area + ".cfg"], keeping: .none)
    }

    private static func orthanc(_ port: UInt16, _ area: String, _ node: QueryNode) throws -> RunningProgram {
        let configuration = """
            {"Name": "test", "StorageDirectory": "\(area)", "IndexDirectory": "\(area)", "HttpServerEnabled": false,
             "DicomAet": "ARCHIVE", "DicomPort": \(port), "DicomAlwaysAllowStore": true, "DicomAlwaysAllowFind": true,
             "DicomAlwaysAllowGet": true, "DicomAlwaysAllowMove": true, "Plugins": [],
             "DicomModalities": {"uptake": {"AET": "UPTAKE", "Host": "127.0.0.1", "Port": \(node.port)}}}
            """
        try configuration.write(toFile: area + "/orthanc.json", atomically: true, encoding: .utf8)
        return try RunningProgram("Orthanc", [area + "/orthanc.json"], keeping: .none)
    }

    /// Fills it.
    func store(_ objects: [TestObject]) throws {
        let paths = try objects.map { object in
            let path = "\(node.folder)/\(UUID().uuidString).dcm"
            try object.dataSet.write(to: path, transferSyntax: object.transferSyntax)
            return path
        }
        let isStored = StorageSCU.send(paths, to: peer).allSatisfy { $0.isStored }
        try #require(isStored)
    }
}
