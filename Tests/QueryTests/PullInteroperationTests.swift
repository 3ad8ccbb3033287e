import DICOM
import DICOMNetwork
import Foundation
import Node
import Testing

/// Query/Retrieve as SCU against DCMTK's and Orthanc's SCPs.
@Suite struct PullInteroperationTests {
    private let objects = [
        TestObject(), TestObject(number: 2), TestObject(series: 2, modality: "PT"), TestObject(study: 2),
    ]

    private func peer(port: UInt16) -> Peer {
        Peer(
            host: "127.0.0.1", port: port, calledAETitle: AETitle("ARCHIVE")!, callingAETitle: AETitle("UPTAKE")!,
            timeouts: .init(dimseSeconds: 20))
    }

    private func level(_ study: UID) -> DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, "STUDY")
        identifier.set(.studyInstanceUID, study)
        return identifier
    }

    /// Fills an archive, then finds, gets and moves a study of it.
    private func exercise(_ archive: Peer, _ node: QueryNode) throws {
        let folder = node.folder + "/pulled"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let paths = try objects.enumerated().map { index, object in
            let path = "\(node.folder)/source-\(index).dcm"
            try object.dataSet.write(to: path, transferSyntax: .explicitVRLittleEndian)
            return path
        }
        let stored = StorageSCU.send(paths, to: archive).allSatisfy { $0.isStored }
        try #require(stored)

        var search = StudySearch()
        search.patientID = "P1"
        let study = TestObject().studyUID
        let found = try search.studies(at: archive)
        #expect(Set(found.map(\.studyInstanceUID)) == [study, TestObject(study: 2).studyUID])

        let receiver = FolderReceiver(folder: folder, study: study)
        let retrieved = try QueryRetrieveSCU.get(level(study), from: archive, receiver: receiver)
        #expect(retrieved.isComplete, "\(retrieved.description)")
        #expect(receiver.received == Set(objects.prefix(3).map(\.instanceUID)))

        let moved = try QueryRetrieveSCU.move(level(study), to: AETitle("UPTAKE")!, from: archive)
        #expect(moved.isComplete, "\(moved.description)")
        #expect(try node.node.archive.instances(ofStudy: study).count == 3)
    }

    private func node() throws -> QueryNode {
        try QueryNode { $0.peers.append(.init(aeTitle: AETitle("ARCHIVE")!)) }
    }

    /// Waits until an archive answers, for neither says when it listens.
    private func waitFor(_ archive: Peer) throws {
        for _ in 0..<200 {
            if (try? VerificationSCU.echo(archive)) == .success { return }
            usleep(100_000)
        }
        Issue.record("\(archive) does not answer")
    }

    @Test func dcmqrscp() throws {
        let node = try node()
        let port = freePort()
        let area = node.folder + "/area"
        try FileManager.default.createDirectory(atPath: area, withIntermediateDirectories: true)
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
        try configuration.write(toFile: node.folder + "/dcmqrscp.cfg", atomically: true, encoding: .utf8)
        let program = try Program("dcmqrscp", ["-c", node.folder + "/dcmqrscp.cfg"], isSilent: true)
        defer { program.end() }
        try waitFor(peer(port: port))
        try exercise(peer(port: port), node)
    }

    @Test func orthanc() throws {
        let node = try node()
        let port = freePort()
        let folder = node.folder + "/orthanc"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let configuration = """
            {"Name": "test", "StorageDirectory": "\(folder)", "IndexDirectory": "\(folder)", "HttpServerEnabled": false,
             "DicomAet": "ARCHIVE", "DicomPort": \(port), "DicomAlwaysAllowStore": true, "DicomAlwaysAllowFind": true,
             "DicomAlwaysAllowGet": true, "DicomAlwaysAllowMove": true, "Plugins": [],
             "DicomModalities": {"uptake": {"AET": "UPTAKE", "Host": "127.0.0.1", "Port": \(node.port)}}}
            """
        try configuration.write(toFile: folder + "/orthanc.json", atomically: true, encoding: .utf8)
        let program = try Program("Orthanc", [folder + "/orthanc.json"], isSilent: true)
        defer { program.end() }
        try waitFor(peer(port: port))
        try exercise(peer(port: port), node)
    }
}
