import DICOM
import DICOMNetwork
import Foundation
import Node
import OtherPrograms
import Testing

/// Query/Retrieve as SCU, against pynetdicom, this node and dcmqrscp.
@Suite struct PullTests {
    private let objects = [
        TestObject(), TestObject(number: 2), TestObject(series: 2, modality: "PT", date: "20240103"),
        TestObject(study: 2), TestObject(patient: 2, study: 3),
    ]

    private func search(patient: String? = nil, study: UID? = nil) -> StudySearch {
        var search = StudySearch()
        search.patientID = patient
        search.studyInstanceUID = study
        return search
    }

    private func level(_ study: UID) -> DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, "STUDY")
        identifier.set(.studyInstanceUID, study)
        return identifier
    }

    private func folder() throws -> String {
        let folder = NSTemporaryDirectory() + "uptake-pull-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// The data sets that lie in a folder, by SOP Instance UID; and that there is nothing else.
    private func contents(_ folder: String) throws -> [UID: [UInt8]] {
        var found: [UID: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            #expect(name.hasSuffix(".dcm") && name.count == 68)
            let header = try InstanceHeader(path: "\(folder)/\(name)")
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            found[header.sopInstanceUID] = Array(bytes[Int(header.dataSetOffset)...])
        }
        return found
    }

    // MARK: - Finding

    @Test func findsStudiesWithTheirCounts() throws {
        let source = try Source(objects)
        let studies = try search(patient: "P1").studies(at: source.peer())
        #expect(Set(studies.map(\.studyInstanceUID)) == [TestObject().studyUID, TestObject(study: 2).studyUID])
        #expect(studies.map(\.expectedCounts?.instances).sorted { $0! < $1! } == [1, 3])
        #expect(try ExpectedCounts.of(study: TestObject().studyUID, at: source.peer())?.instances == 3)
        #expect(try ExpectedCounts.of(study: UID("1.2.3")!, at: source.peer()) == nil)
    }

    @Test func findsByAccessionNumber() throws {
        let source = try Source(objects)
        var search = StudySearch()
        search.accessionNumber = "ACC2"
        #expect(try search.studies(at: source.peer()).map(\.studyInstanceUID) == [TestObject(study: 2).studyUID])
        search.patientID = "P2"
        #expect(try search.studies(at: source.peer()).isEmpty)
    }

    @Test func findsAtThisNodeToo() throws {
        let node = try QueryNode()
        try node.store(objects)
        let studies = try search(patient: "P1").studies(at: node.peer)
        #expect(studies.map(\.expectedCounts?.instances).sorted { $0! < $1! } == [1, 3])
        #expect(studies.map(\.expectedCounts?.series).sorted { $0! < $1! } == [1, 2])
        let folder = try folder()
        let receiver = FolderReceiver(folder: folder, study: TestObject().studyUID)
        #expect(try QueryRetrieveSCU.get(level(TestObject().studyUID), from: node.peer, receiver: receiver).isComplete)
        #expect(try contents(folder).count == 3)
    }

    /// A source that finds without end is cancelled at the limit.
    @Test func whatIsTooMuchIsCancelled() throws {
        let source = try Source(objects, #"{"endless": true}"#)
        let found = try QueryRetrieveSCU.find(search(patient: "P1").identifier, at: source.peer(), limit: 5)
        #expect(found.isTruncated && found.matches.count == 5)
        #expect(try source.end().cancelled)
        let again = try Source(objects, #"{"endless": true}"#)
        #expect(throws: FetchError.self) { try search(patient: "P1").studies(at: again.peer(), limit: 5) }
    }

    /// So is one that tells too much of each.
    @Test func whatIsTooLongIsCancelled() throws {
        let source = try Source(objects, #"{"endless": true, "long": 1000000}"#)
        let found = try QueryRetrieveSCU.find(search(patient: "P1").identifier, at: source.peer())
        #expect(found.isTruncated && (60..<68).contains(found.matches.count), "\(found.matches.count)")
        #expect(try source.end().cancelled)
    }

    /// One that goes on all the same is left, with what it gave.
    @Test func whoTakesNoNoticeOfACancellationIsLeft() throws {
        let source = try Source(objects, #"{"deaf": true}"#)
        let identifier = search(patient: "P1").identifier
        let found = try QueryRetrieveSCU.find(identifier, at: source.peer(dimseSeconds: 1), limit: 5)
        #expect(found.isTruncated && found.matches.count == 5 && found.answer.status == .cancel)
        let seen = try source.end()
        #expect(seen.cancelled && seen.finds == 1)
    }

    @Test func aFailureIsTold() throws {
        let source = try Source(objects, #"{"fail": 42752}"#)  // A700
        #expect(throws: FetchError.self) { try search(patient: "P1").studies(at: source.peer()) }
        let receiver = FolderReceiver(folder: try folder(), study: TestObject().studyUID)
        let retrieved = try QueryRetrieveSCU.get(
            level(TestObject().studyUID), from: source.peer(), receiver: receiver)
        #expect(!retrieved.isComplete && retrieved.answer.status.rawValue == 0xA700)
    }

    @Test func aSourceThatNeverAnswersIsLeft() throws {
        let source = try Source(objects, #"{"mute": true}"#)
        let peer = source.peer(dimseSeconds: 1)
        #expect(throws: NetworkError.timedOut(peer)) { try search(patient: "P1").studies(at: peer) }
    }

    // MARK: - C-GET

    @Test func retrievesBitForBit() throws {
        let source = try Source(objects)
        let folder = try folder()
        let receiver = FolderReceiver(folder: folder, study: TestObject().studyUID)
        var remaining: [Int] = []
        let retrieved = try QueryRetrieveSCU.get(
            level(TestObject().studyUID), from: source.peer(), receiver: receiver,
            progress: { remaining.append($0.remaining) })
        #expect(retrieved.isComplete && retrieved.progress.completed == 3)
        #expect(remaining == [2, 1, 0])
        let found = try contents(folder)
        #expect(Set(found.keys) == receiver.received && found.count == 3)
        for object in objects.prefix(3) {
            let pixels = try #require(object.dataSet.bytes(.pixelData))
            #expect(found[object.instanceUID].map { Array($0.suffix(pixels.count)) } == pixels)
        }
    }

    @Test func whatFailsIsCounted() throws {
        let failing = objects[1].instanceUID
        let source = try Source(objects, #"{"refuse": "\#(failing)"}"#)
        let receiver = FolderReceiver(folder: try folder(), study: TestObject().studyUID)
        let retrieved = try QueryRetrieveSCU.get(
            level(TestObject().studyUID), from: source.peer(), receiver: receiver)
        #expect(!retrieved.isComplete && retrieved.progress.failed == 1 && retrieved.progress.completed == 2)
        #expect(receiver.received.count == 2)
    }

    /// A name that leads out of the folder is no UID, and names nothing.
    @Test func noNameComesFromThePeer() throws {
        let source = try Source(Array(objects.prefix(1)), #"{"lie": "../../../escaped"}"#)
        let folder = try folder()
        let receiver = FolderReceiver(folder: folder, study: TestObject().studyUID)
        let retrieved = try? QueryRetrieveSCU.get(
            level(TestObject().studyUID), from: source.peer(), receiver: receiver)
        #expect(retrieved?.isComplete != true)
        #expect(try contents(folder).isEmpty && receiver.received.isEmpty)
    }

    /// What comes of another study than was asked for is refused, and nothing of it stays.
    @Test func anotherStudyIsRefused() throws {
        let source = try Source(objects)
        let folder = try folder()
        let receiver = FolderReceiver(folder: folder, study: UID("1.2.3")!)
        let retrieved = try QueryRetrieveSCU.get(
            level(TestObject().studyUID), from: source.peer(), receiver: receiver)
        #expect(!retrieved.isComplete && retrieved.progress.failed == 3)
        #expect(Set(retrieved.failedInstances) == Set(objects.prefix(3).map(\.instanceUID)))
        #expect(receiver.firstRefusal?.contains("another study") == true)
        #expect(try contents(folder).isEmpty)
    }

    @Test func aRetrievalIsCancelled() throws {
        let source = try Source(
            (1...20).map { TestObject(number: $0) }, #"{"slow": true}"#)
        let receiver = FolderReceiver(folder: try folder(), study: TestObject().studyUID)
        let retrieved = try QueryRetrieveSCU.get(
            level(TestObject().studyUID), from: source.peer(), receiver: receiver,
            goesOn: { receiver.received.count < 2 })
        #expect(retrieved.answer.status == .cancel)
        #expect(receiver.received.count < 20)
        #expect(try source.end().cancelled)
    }

    /// Each compression has a context of its own, so that an image comes as it is held, bit for bit.
    @Test func compressedImagesComeAsTheyAreHeld() throws {
        let node = try QueryNode()
        let (plain, packed) = (node.folder + "/plain.dcm", node.folder + "/packed.dcm")
        try TestObject().dataSet.write(to: plain)
        #expect(try Program("dcmcrle", [plain, packed]).status == 0)
        let areStored = StorageSCU.send([packed], to: node.peer).map(\.isStored)
        #expect(areStored == [true])
        let folder = try folder()
        let receiver = FolderReceiver(folder: folder, study: TestObject().studyUID)
        #expect(try QueryRetrieveSCU.get(level(TestObject().studyUID), from: node.peer, receiver: receiver).isComplete)
        let held = try InstanceHeader(path: packed)
        #expect(held.transferSyntaxUID == UID("1.2.840.10008.1.2.5"))
        let sent = try Data(contentsOf: URL(fileURLWithPath: packed)).dropFirst(Int(held.dataSetOffset))
        #expect(try contents(folder) == [TestObject().instanceUID: Array(sent)])
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        #expect(try InstanceHeader(path: "\(folder)/\(name)").transferSyntaxUID == held.transferSyntaxUID)
    }

    @Test func aSourceWithoutRetrievalSaysSo() throws {
        let source = try Source(objects, #"{"find_only": true}"#)
        let receiver = FolderReceiver(folder: try folder(), study: TestObject().studyUID)
        #expect(throws: NetworkError.notOffered(source.peer(), service: "C-GET")) {
            try QueryRetrieveSCU.get(level(TestObject().studyUID), from: source.peer(), receiver: receiver)
        }
    }

    // MARK: - C-MOVE

    /// The source sends to our running listener, under our title.
    @Test func movesToTheRunningNode() throws {
        let node = try QueryNode { $0.peers.append(.init(aeTitle: AETitle("ARCHIVE")!)) }
        let source = try Source(objects, #"{"move": ["UPTAKE", \#(node.port)]}"#)
        let study = TestObject().studyUID
        let moved = try QueryRetrieveSCU.move(level(study), to: AETitle("UPTAKE")!, from: source.peer())
        #expect(moved.isComplete && moved.progress.completed == 3)
        #expect(try node.node.archive.instances(ofStudy: study).count == 3)
        let unknown = try QueryRetrieveSCU.move(level(study), to: AETitle("NOBODY")!, from: source.peer())
        #expect(unknown.answer.status == .moveDestinationUnknown)
    }
}
