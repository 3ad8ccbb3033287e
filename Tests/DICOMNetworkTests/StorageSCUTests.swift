import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import ScriptedPeer
import Testing

/// What we send to listeners of several makes, and what we say when they fail.
@Suite struct StorageSCUTests {
    func peer(_ port: UInt16, timeouts: Peer.Timeouts = .init()) -> Peer {
        Peer(
            host: "localhost", port: port, calledAETitle: AETitle("PACS")!, callingAETitle: ourTitle, timeouts: timeouts
        )
    }

    /// A pynetdicom listener that keeps what it gets as `<SOP Instance UID>` in a folder; prints its port first.
    func pynetdicom(_ folder: Folder, transferSyntaxes: [String], status: Int = 0) throws -> (RunningProgram, UInt16) {
        let script = """
            import sys
            from pynetdicom import AE, evt
            def keep(event):
                uid = event.request.AffectedSOPInstanceUID
                with open(sys.argv[1] + '/' + uid, 'wb') as file:
                    file.write(event.encoded_dataset())
                return int(sys.argv[2])
            ae = AE(ae_title='PACS')
            for uid in ('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.1'):
                ae.add_supported_context(uid, sys.argv[3:])
            server = ae.start_server(('127.0.0.1', 0), block=False, evt_handlers=[(evt.EVT_C_STORE, keep)])
            print(server.server_address[1], flush=True)
            server.serve_forever() if False else __import__('threading').Event().wait()
            """
        let program = try RunningProgram(
            Place.python, ["-u", "-c", script, folder.path, String(status)] + transferSyntaxes)
        return (program, try #require(UInt16(program.firstLine())))
    }

    @Test func toPynetdicom() throws {
        let (sent, received) = (Folder(), Folder())
        let (program, port) = try pynetdicom(received, transferSyntaxes: ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])
        defer { program.end() }
        #expect(try VerificationSCU.echo(peer(port)) == .success)
        let paths = try sent.images(0..<3)
        #expect(StorageSCU.send(paths, to: peer(port)).allSatisfy { $0.isStored })
        for path in paths {
            let instance = try #require(try DICOMFile(path: path).dataSet.uid(.sopInstanceUID))
            #expect(dataSetBytes(ofFile: received.file("\(instance)")) == dataSetBytes(ofFile: path))
        }
    }

    /// A peer with only the default transfer syntax gets a data set of the same content; compressed pixels too.
    @Test(arguments: [false, true])
    func convertsWhereThePeerTakesNothingElse(compressed: Bool) throws {
        let (sent, received) = (Folder(), Folder())
        let (program, port) = try pynetdicom(received, transferSyntaxes: ["1.2.840.10008.1.2"])
        defer { program.end() }
        var path = try sent.images(0..<1)[0]
        let original = try DICOMFile(path: path).dataSet
        if compressed {
            #expect(try Program("dcmcrle", [path, sent.file("rle.dcm")]).status == 0)
            path = sent.file("rle.dcm")
        }
        let outcomes = StorageSCU.send([path], to: peer(port))
        #expect(outcomes.map(\.isStored) == [true], "\(outcomes)")
        let instance = try #require(original.uid(.sopInstanceUID))
        let arrived = try DICOMFile(path: received.file("\(instance)"))
        #expect(arrived.metaInformation.uid(.transferSyntaxUID) == .implicitVRLittleEndian)
        #expect(arrived.dataSet == original)
    }

    @Test func toStorescp() throws {
        let (sent, received) = (Folder(), Folder())
        let port = freePort()
        let program = try RunningProgram("storescp", ["-od", received.path, "+B", String(port)])
        defer { program.end() }
        // It says nothing when it is ready.
        var answer: DIMSEStatus?
        for _ in 0..<400 where answer == nil {
            answer = try? VerificationSCU.echo(peer(port))
            if answer == nil { Thread.sleep(forTimeInterval: 0.02) }
        }
        #expect(answer == .success)
        let paths = try sent.images(0..<3)
        #expect(StorageSCU.send(paths, to: peer(port)).allSatisfy { $0.isStored })
        for path in paths {
            let instance = try #require(try DICOMFile(path: path).dataSet.uid(.sopInstanceUID))
            #expect(dataSetBytes(ofFile: received.file("CT.\(instance)")) == dataSetBytes(ofFile: path))
        }
    }

    @Test func aPeersFailureIsReportedPerFile() throws {
        let (sent, received) = (Folder(), Folder())
        let (program, port) = try pynetdicom(
            received, transferSyntaxes: ["1.2.840.10008.1.2.1"], status: Int(DIMSEStatus.outOfResources.rawValue))
        defer { program.end() }
        let outcomes = StorageSCU.send(try sent.images(0..<2), to: peer(port))
        let refused = StorageSCU.Outcome.Result.answered(StoreAnswer(.outOfResources))
        #expect(outcomes.map(\.result) == [refused, refused])
    }

    @Test func moreClassesThanOneAssociationHolds() throws {
        let node = try TestNode()
        let folder = Folder()
        let others = try (1...70).map { number in
            let path = folder.file("other-\(number).dcm")
            let sopClass = try #require(UID("1.2.826.0.1.3680043.10.9999.\(number)"))
            try testImage(number, sopClass: sopClass).write(to: path)
            return path
        }
        let images = try folder.images(100..<101)
        let outcomes = StorageSCU.send(others + images, to: node.peer())
        #expect(outcomes.map(\.isStored) == [Bool](repeating: false, count: 70) + [true])
        #expect(node.service.wait { $0.closed == [1: .released, 2: .released] })
    }

    @Test func whatIsNoDICOMFileIsSaidAndTheRestIsSent() throws {
        let node = try TestNode()
        let folder = Folder()
        let image = try folder.images(0..<1)[0]
        try Data("no DICOM".utf8).write(to: URL(fileURLWithPath: folder.file("text")))
        let whole = try #require(FileManager.default.contents(atPath: image))
        try whole.prefix(150).write(to: URL(fileURLWithPath: folder.file("cut")))
        let paths = [folder.file("absent"), folder.file("text"), folder.file("cut"), image]
        let outcomes = StorageSCU.send(paths, to: node.peer())
        #expect(outcomes.map(\.path) == paths)
        #expect(
            outcomes.prefix(3).map(\.result) == [
                .unreadable("cannot be opened"), .unreadable("is no DICOM file: it lacks the prefix DICM"),
                .unreadable("lacks Media Storage SOP Class UID, SOP Instance UID or Transfer Syntax UID"),
            ])
        #expect(outcomes[3].isStored)
        #expect(StorageSCU.send([], to: node.peer()).isEmpty)
    }

    @Test func nobodyThere() throws {
        let folder = Folder()
        let outcomes = StorageSCU.send(try folder.images(0..<2), to: peer(freePort()))
        for outcome in outcomes {
            guard case .unsent(.unreachable(_, let condition)) = outcome.result else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(condition.text.contains("refused"))
        }
        #expect(outcomes.count == 2)
    }

    @Test func aPeerThatNeverAnswersTimesOut() {
        let server = RawServer { _ = $0.receive() }
        let silent = peer(server.port, timeouts: .init(connectSeconds: 1, acseSeconds: 1, dimseSeconds: 1))
        #expect(throws: NetworkError.timedOut(silent)) { try VerificationSCU.echo(silent) }
    }

    @Test func aPeerThatAbortsIsSaidTo() {
        let server = RawServer {
            _ = $0.receivePDU()
            $0.send(PDU.abort)
        }
        let hostile = peer(server.port)
        #expect(throws: NetworkError.aborted(hostile)) { try VerificationSCU.echo(hostile) }
    }

    @Test func aPeerThatHangsUpIsLost() {
        let server = RawServer { _ = $0.receivePDU() }
        #expect {
            try VerificationSCU.echo(peer(server.port))
        } throws: {
            if case NetworkError.lost = $0 { true } else { false }
        }
    }
}
