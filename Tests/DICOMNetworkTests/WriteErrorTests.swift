import DICOM
import DICOMNetwork
import Foundation
import Glibc
import ScriptedPeer
import Testing

/// A disk that fills, played by the process's own limit on file size: `write` is cut short, then fails.
@Suite(.serialized) struct WriteErrorTests {
    static let limit = 8 << 20

    /// Far over the limit, and over it by less than the last fragment (where DCMTK's own receiver waits for more).
    @Test(arguments: [1 << 20, 1000])
    func answersFailureAtOnceAndLeavesNothing(excess: Int) throws {
        let node = try TestNode()
        let folder = Folder()
        let bytes = [UInt8](repeating: 7, count: Self.limit + excess)
        try part10File(
            sopClass: .ctImageStorage, sopInstance: UID.derived(from: ["large"]),
            transferSyntax: .explicitVRLittleEndian, dataSet: bytes
        ).write(to: URL(fileURLWithPath: folder.file("large.dcm")))
        let small = try folder.images(0..<1)
        let outcomes = withFileSizeLimit(Self.limit) {
            StorageSCU.send([folder.file("large.dcm")] + small, to: node.peer())
        }
        #expect(
            outcomes.map(\.result) == [
                .answered(StoreAnswer(.outOfResources, comment: "no space left")), .answered(StoreAnswer(.success)),
            ])
        #expect(node.service.events.failedWrites == [EFBIG])
        #expect(node.service.events.stored.count == 1)
        #expect(node.service.folder.contents.count == 1)
    }

    /// A peer that does not end what the disk has no room for does not keep the disk full.
    @Test func whatHasFailedGoesAtOnce() throws {
        let node = try TestNode()
        try withFileSizeLimit(Self.limit) {
            let peer = RawPeer(port: node.listener.port)
            #expect(peer.associate() == 2)
            peer.send(PDU.storeRequest(sopInstance: "1.2.3"))
            let part = PDU.data([UInt8](repeating: 7, count: 16_000), control: 0)
            var sent = 0
            // It is there while it fits, so that it is known to go.
            while sent < Self.limit / 2, peer.send(part) { sent += 16_000 }
            #expect(holds(within: 20) { node.service.folder.contents.count == 1 })
            while sent < 2 * Self.limit, peer.send(part) { sent += 16_000 }
            #expect(holds(within: 20) { node.service.folder.contents.isEmpty })
            // And the peer has its answer when it ends.
            peer.send(PDU.data([7, 7], control: 2))
            let answer = try #require(peer.receivePDU())
            #expect(PDU.status(of: answer.body) == DIMSEStatus.outOfResources.rawValue)
        }
        #expect(node.service.events.failedWrites == [EFBIG])
    }

    /// Looks a hundred times a second.
    private func holds(within seconds: Double, _ condition: () -> Bool) -> Bool {
        let limit = Date(timeIntervalSinceNow: seconds)
        while !condition() {
            guard Date() < limit else { return false }
            usleep(10_000)
        }
        return true
    }

    @Test func anExistingFileIsNeverTouched() throws {
        let node = try TestNode()
        let folder = Folder()
        let path = try folder.images(0..<1)[0]
        let instance = try #require(try DICOMFile(path: path).dataSet.uid(.sopInstanceUID))
        let existing = node.service.folder.file("1-\(instance).part")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: existing))
        let outcomes = StorageSCU.send([path], to: node.peer())
        #expect(
            outcomes.map(\.result) == [
                .answered(StoreAnswer(.processingFailure, comment: "data set cannot be written"))
            ])
        #expect(node.service.events.failedWrites == [EEXIST])
        #expect(FileManager.default.contents(atPath: existing) == Data("precious".utf8))
    }

    @Test func aFolderThatIsGoneIsAFailure() throws {
        let node = try TestNode()
        let folder = Folder()
        try FileManager.default.removeItem(atPath: node.service.folder.path)
        let outcomes = StorageSCU.send(try folder.images(0..<2), to: node.peer())
        #expect(outcomes.allSatisfy { !$0.isStored })
        #expect(node.service.events.failedWrites == [ENOENT, ENOENT])
    }
}

/// Other tests of this process write far smaller files.
private func withFileSizeLimit<Result>(_ bytes: Int, _ body: () throws -> Result) rethrows -> Result {
    signal(SIGXFSZ, SIG_IGN)
    var before = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before)
    var limited = before
    limited.rlim_cur = rlim_t(bytes)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limited)
    defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before) }
    return try body()
}
