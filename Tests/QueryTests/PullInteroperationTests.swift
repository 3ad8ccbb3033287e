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

    private func level(_ study: UID) -> DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, "STUDY")
        identifier.set(.studyInstanceUID, study)
        return identifier
    }

    @Test(arguments: OtherArchive.Kind.allCases)
    func findsGetsAndMoves(_ kind: OtherArchive.Kind) throws {
        let node = try QueryNode { $0.peers.append(.init(aeTitle: AETitle("ARCHIVE")!)) }
        let archive = try OtherArchive(kind, for: node)
        try archive.store(objects)

        var search = StudySearch()
        search.patientID = "P1"
        let study = TestObject().studyUID
        let found = try search.studies(at: archive.peer)
        #expect(Set(found.map(\.studyInstanceUID)) == [study, TestObject(study: 2).studyUID])

        let folder = node.folder + "/pulled"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let receiver = FolderReceiver(folder: folder, study: study)
        let retrieved = try QueryRetrieveSCU.get(level(study), from: archive.peer, receiver: receiver)
        #expect(retrieved.isComplete, "\(retrieved.description)")
        #expect(receiver.received == Set(objects.prefix(3).map(\.instanceUID)))

        let moved = try QueryRetrieveSCU.move(level(study), to: AETitle("UPTAKE")!, from: archive.peer)
        #expect(moved.isComplete, "\(moved.description)")
        #expect(try node.node.archive.instances(ofStudy: study).count == 3)
    }
}
