import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import Testing

/// What senders of several makes bring to our listener.
@Suite struct StorageReceiptTests {
    /// Checks that the service has exactly the data sets of `paths`, byte for byte, and knows what they are.
    func expectKept(_ paths: [String], by service: RecordingService, transferSyntax: UID) throws {
        let stored = service.events.stored
        #expect(stored.count == paths.count)
        for path in paths {
            let sent = try DICOMFile(path: path).dataSet
            let instance = try #require(stored.first { $0.request.sopInstanceUID == sent.uid(.sopInstanceUID) })
            #expect(instance.request.sopClassUID == sent.uid(.sopClassUID))
            #expect(instance.request.transferSyntaxUID == transferSyntax)
            let kept = try #require(dataSetBytes(ofFile: instance.path))
            #expect(kept == dataSetBytes(ofFile: path))
            #expect(instance.byteCount == UInt64(kept.count))
            #expect(instance.sha256 == SHA256Digest(of: kept).bytes)
            let meta = try DICOMFile(path: instance.path).metaInformation
            #expect(meta.uid(.mediaStorageSOPInstanceUID) == sent.uid(.sopInstanceUID))
            #expect(meta.uid(.mediaStorageSOPClassUID) == sent.uid(.sopClassUID))
            #expect(meta.uid(.transferSyntaxUID) == transferSyntax)
            #expect(meta.string(.sourceApplicationEntityTitle) == "SCANNER")
            #expect(meta.string(.implementationVersionName) == Implementation.versionName)
        }
    }

    @Test(arguments: [
        UID.implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian,
    ])
    func fromOurselves(transferSyntax: UID) throws {
        let node = try TestNode()
        let folder = Folder()
        let paths = try folder.images(0..<3, transferSyntax: transferSyntax)
        var seen: [String] = []
        let outcomes = StorageSCU.send(paths, to: node.peer()) { seen.append($0.path) }
        #expect(
            outcomes.map(\.result) == [
                .answered(.init(.success)), .answered(.init(.success)), .answered(.init(.success)),
            ])
        #expect(seen == paths)
        try expectKept(paths, by: node.service, transferSyntax: transferSyntax)
        #expect(node.service.wait { $0.closed[1] == .released })
    }

    /// About the sizes of a disk's block, of what is worth a second thread, and of the buffer; each after all before it.
    @Test func ofEveryLength() throws {
        let node = try TestNode()
        let folder = Folder()
        var contents: [UID: [UInt8]] = [:]
        let lengths = [4 << 10, 64 << 10, 512 << 10, 1 << 20, 3 << 20].flatMap { length in
            [-4096, -358, -2, 0, 2, 358].map { length + $0 }
        }
        let paths = try lengths.filter { $0 > 0 }.map { length in
            let instance = UID.derived(from: ["length", "\(length)"])
            contents[instance] = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
            let path = folder.file("\(length).dcm")
            try part10File(
                sopClass: .ctImageStorage, sopInstance: instance, transferSyntax: .explicitVRLittleEndian,
                dataSet: contents[instance]!
            ).write(to: URL(fileURLWithPath: path))
            return path
        }
        #expect(StorageSCU.send(paths, to: node.peer()).allSatisfy { $0.result == .answered(.init(.success)) })
        let stored = node.service.events.stored
        #expect(stored.count == paths.count)
        for instance in stored {
            let sent = try #require(contents[instance.request.sopInstanceUID])
            #expect(dataSetBytes(ofFile: instance.path) == sent, "\(sent.count) bytes")
            #expect(instance.sha256 == SHA256Digest(of: sent).bytes)
        }
    }

    @Test func fromStorescu() throws {
        let node = try TestNode()
        let folder = Folder()
        let paths = try folder.images(0..<3)
        let sent = try Program("storescu", ["-aec", "UPTAKE", "-aet", "SCANNER", "127.0.0.1", node.port] + paths)
        #expect(sent.status == 0, "\(sent.output)")
        try expectKept(paths, by: node.service, transferSyntax: .explicitVRLittleEndian)
    }

    @Test func fromDcmsend() throws {
        let node = try TestNode()
        let folder = Folder()
        let paths = try folder.images(0..<3)
        let sent = try Program("dcmsend", ["-aec", "UPTAKE", "-aet", "SCANNER", "127.0.0.1", node.port] + paths)
        #expect(sent.status == 0, "\(sent.output)")
        try expectKept(paths, by: node.service, transferSyntax: .explicitVRLittleEndian)
    }

    @Test func fromPynetdicom() throws {
        let node = try TestNode()
        let folder = Folder()
        let paths = try folder.images(0..<3)
        let script = """
            import sys
            from pydicom import dcmread
            from pynetdicom import AE
            ae = AE(ae_title='SCANNER')
            ae.add_requested_context('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1')
            association = ae.associate('127.0.0.1', int(sys.argv[1]), ae_title='UPTAKE')
            print([association.send_c_store(dcmread(path)).Status for path in sys.argv[2:]])
            association.release()
            """
        let sent = try Program(Place.python, ["-c", script, node.port] + paths)
        #expect(sent.output == "[0, 0, 0]\n")
        try expectKept(paths, by: node.service, transferSyntax: .explicitVRLittleEndian)
    }

    /// Also what DCMTK cannot decode passes through, with whatever it is inside.
    @Test(arguments: [
        "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70",
        "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91",
        "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.107", "1.2.840.10008.1.2.5",
        "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99",
    ])
    func bytesAreNotLookedAt(transferSyntax: String) throws {
        let node = try TestNode()
        let folder = Folder()
        var generator = SeededGenerator(state: 7)
        let bytes = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let syntax = try #require(UID(transferSyntax))
        let instance = UID.derived(from: ["opaque", transferSyntax])
        let file = part10File(
            sopClass: .ctImageStorage, sopInstance: instance, transferSyntax: syntax, dataSet: bytes)
        try file.write(to: URL(fileURLWithPath: folder.file("opaque.dcm")))
        let outcomes = StorageSCU.send([folder.file("opaque.dcm")], to: node.peer())
        #expect(outcomes.map(\.isStored) == [true], "\(outcomes)")
        let stored = try #require(node.service.events.stored.first)
        #expect(stored.request.transferSyntaxUID == syntax)
        #expect(dataSetBytes(ofFile: stored.path) == bytes)
    }

    @Test func classesNewerThanDCMTKAreTakenAndOthersAreNot() throws {
        let node = try TestNode()
        let folder = Folder()
        let newer = StorageClasses.newerThanDCMTK.map(\.uid)
        let standard = [
            UID.positronEmissionTomographyImageStorage, .segmentationStorage, .rtStructureSetStorage,
            .comprehensive3DSRStorage, .keyObjectSelectionDocumentStorage,
        ]
        let unknown = UID(constant: "1.2.826.0.1.3680043.10.9999.1")
        let paths = try (newer + standard + [unknown]).enumerated().map { number, sopClass in
            let path = folder.file("\(number).dcm")
            try testImage(number, sopClass: sopClass).write(to: path)
            return path
        }
        let outcomes = StorageSCU.send(paths, to: node.peer())
        #expect(outcomes.dropLast().allSatisfy { $0.isStored })
        #expect(
            outcomes.last?.result == .notAccepted(sopClassUID: unknown, transferSyntaxUID: .explicitVRLittleEndian))
        #expect(node.service.events.stored.map(\.request.sopClassUID) == newer + standard)
    }

    @Test func failuresOfTheServiceReachTheSender() throws {
        let comment = String(repeating: "full ", count: 20)
        let node = try TestNode(RecordingService(answer: StoreAnswer(.outOfResources, comment: comment)))
        let folder = Folder()
        let outcomes = StorageSCU.send(try folder.images(0..<1), to: node.peer())
        let expected = StoreAnswer(.outOfResources, comment: String(comment.prefix(64)))
        #expect(outcomes.map(\.result) == [.answered(expected)])
        #expect(outcomes.map(\.isStored) == [false])
    }

    @Test func aRefusedDataSetIsNeverWritten() throws {
        let node = try TestNode(RecordingService(refusal: StoreAnswer(.outOfResources, comment: "reserve reached")))
        let folder = Folder()
        let outcomes = StorageSCU.send(try folder.images(0..<2), to: node.peer())
        let refused = StorageSCU.Outcome.Result.answered(StoreAnswer(.outOfResources, comment: "reserve reached"))
        #expect(outcomes.map(\.result) == [refused, refused])
        #expect(node.service.events.stored.isEmpty)
        #expect(node.service.folder.contents.isEmpty)
    }

    @Test func fourSendersAtOnce() throws {
        let node = try TestNode()
        let folder = Folder()
        let paths = try folder.images(0..<24)
        DispatchQueue.concurrentPerform(iterations: 4) { sender in
            let part = Array(paths[6 * sender..<6 * sender + 6])
            #expect(StorageSCU.send(part, to: node.peer()).allSatisfy { $0.isStored })
        }
        try expectKept(paths, by: node.service, transferSyntax: .explicitVRLittleEndian)
    }
}
