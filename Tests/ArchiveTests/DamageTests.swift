import Archive
import DICOM
import Foundation
import GRDB
import Testing

/// Backup, verification and rebuilding, each after real damage to real files.
@Suite struct DamageTests {
    private let bench: Bench
    private let backup: Scratch

    init() throws {
        bench = try Bench()
        backup = Scratch()
    }

    /// A folder that is gone with the value.
    private final class Scratch {
        let path = NSTemporaryDirectory() + "archive-backup-" + UUID().uuidString
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Two studies: one read, with a result that is on its way; one that has just come.
    private func fill() throws {
        try bench.accept(.numbered(1))
        try bench.accept(.numbered(2))
        let reading = try bench.closedStudy()
        _ = try bench.archive.commitReading(
            reading, results: [bench.dicomResult("1.2.1.9.1")], destinations: ["pacs"], now: Bench.moment(101))
        try bench.accept(otherPatient(3), at: 200)
        try bench.archive.quarantine(
            file: bench.incomingFile([7, 7, 7]), reason: "no header", sourceAETitle: "S", now: Bench.moment(201))
    }

    private func otherPatient(_ number: Int) -> Slice {
        var slice = Slice.numbered(number, study: "1.2.2")
        slice.patientID = "P2"
        return slice
    }

    private func verify(_ directory: String? = nil) throws -> VerificationReport {
        try Archive.verify(directory: directory ?? bench.directory)
    }

    private func instancePath(_ number: Int, study: String = "1.2.1") throws -> String {
        try #require(try bench.archive.instance(UID("\(study).1.\(number)")!)).path
    }

    private func alter(_ path: String) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let end = try file.seekToEnd()
        try file.seek(toOffset: end - 1)
        let byte = try #require(try file.readToEnd()?.first)
        try file.seek(toOffset: end - 1)
        try file.write(contentsOf: [byte ^ 1])
        try file.close()
    }

    /// Overwrites pages in the middle of the index, as a disk does that has lost them.
    /// - Parameter pages: those; every other one, if left out.
    private func tear(pages: Range<Int>? = nil) throws {
        bench.release()
        let path = bench.directory + "/index.sqlite"
        let index = try DatabaseQueue(path: path)
        try index.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try index.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let length = try file.seekToEnd()
        try #require(length > 40_000)
        let offsets = pages.map { $0.map { UInt64($0 * 4096) } } ?? Array(stride(from: 4096, to: length, by: 8192))
        for offset in offsets {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: [UInt8](repeating: 0xA5, count: 4096))
        }
        try file.close()
    }

    private func rebuild(
        anyway: Bool = false, by policy: RebuildPolicy = Self.policy(["pacs"])
    ) throws -> RebuildReport {
        bench.release()
        return try Archive.rebuild(
            directory: bench.directory, policy: policy, anyway: anyway, now: Bench.moment(1000))
    }

    /// Rules that have every study delivered to some destinations.
    private static func policy(
        _ destinations: [String], sends: @escaping (String, String) -> Bool = { _, _ in true }
    ) -> RebuildPolicy {
        RebuildPolicy(
            quietPeriodSeconds: 60, plan: { _, _ in ReadingPlan(destinations: destinations) },
            sends: { kind, destination, _ in sends(kind, destination) })
    }

    /// Cut short, or altered with its length kept.
    @Test(arguments: [true, false])
    func aSecondCopyMendsTheFirst(cut: Bool) throws {
        try fill()
        let path = try instancePath(1)
        if cut { truncate(path, 100) } else { try alter(path) }
        var again = Slice.numbered(1)
        // Of another transfer: the data set is the same, the file is longer.
        again.version = "ANOTHER TRANSFER"
        #expect(try bench.accept(again, at: 300) == .duplicate)
        #expect(try verify().damages.isEmpty)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        #expect(try bench.archive.instance(UID("1.2.1.1.1")!)?.size == size)
    }

    // MARK: Verification

    @Test func whatIsAsItShouldBeIsSoFound() throws {
        try fill()
        let report = try verify()
        #expect(report.files == 5 && report.damages.isEmpty && report.orphans == 0, "\(report)")
    }

    @Test func eachDamageIsFoundByItsKind() throws {
        try fill()
        try FileManager.default.removeItem(atPath: instancePath(1))
        try alter(instancePath(2))
        try Data("no DICOM".utf8).write(to: URL(fileURLWithPath: instancePath(3, study: "1.2.2")))
        let result = try #require(try bench.archive.results(ofStudy: UID("1.2.1")!).first)
        try alter(result.path)
        try Data("x".utf8).write(to: URL(fileURLWithPath: bench.directory + "/instances/00/stray.dcm"))
        let report = try verify()
        #expect(report.damages.map(\.kind) == [.missing, .altered, .altered, .altered], "\(report.damages)")
        #expect(report.damages.map(\.studyInstanceUID) == ["1.2.1", "1.2.1", "1.2.2", "1.2.1"])
        #expect(report.damages[3].path == result.path)
    }

    @Test func aTornIndexIsAFinding() throws {
        try fill()
        try tear()
        let report = try verify()
        #expect(report.damages.first?.kind == .index, "\(report)")
        #expect(throws: ArchiveError.self) { try verify(backup.path) }
    }

    // MARK: Backup

    @Test func aBackupIsAStateDirectoryOfItsOwn() throws {
        try fill()
        let report = try Archive.backUp(directory: bench.directory, to: backup.path)
        #expect(report.files == 5 && report.copied == 5 && report.damages.isEmpty)
        #expect(try verify(backup.path).damages.isEmpty)
        let restored = try Archive.open(directory: backup.path)
        #expect(try restored.studies().map(\.status) == bench.archive.studies().map(\.status))
        #expect(try restored.jobs() == bench.archive.jobs())
        #expect(try restored.instances(ofStudy: UID("1.2.1")!).count == 2)
        #expect(throws: ArchiveError.inUse(directory: backup.path)) {
            try Archive.backUp(directory: bench.directory, to: backup.path)
        }
        try restored.close()
    }

    /// As on a disk that is mounted so: SQLite writes nothing beside it.
    @Test func aBackupIsVerifiedWhereNothingCanBeWritten() throws {
        try fill()
        _ = try Archive.backUp(directory: bench.directory, to: backup.path)
        let journals = ["-wal", "-shm"].map { backup.path + "/index.sqlite" + $0 }
        #expect(try verify(backup.path).damages.isEmpty)
        #expect(journals.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
        let header = try Data(contentsOf: URL(fileURLWithPath: backup.path + "/index.sqlite")).prefix(20)
        #expect(header[18] == 1 && header[19] == 1, "no write-ahead log")
    }

    /// What the node has dropped of its trail is not kept for ever by the backup.
    @Test func theAuditTrailOfABackupIsThatOfTheNode() throws {
        try fill()
        let (trail, kept) = (bench.directory + "/audit", backup.path + "/audit")
        try FileManager.default.createDirectory(atPath: trail, withIntermediateDirectories: true)
        for name in ["trail-1.log", "trail-2.log"] {
            try Data(name.utf8).write(to: URL(fileURLWithPath: "\(trail)/\(name)"))
        }
        _ = try Archive.backUp(directory: bench.directory, to: backup.path)
        try FileManager.default.removeItem(atPath: trail + "/trail-1.log")
        _ = try Archive.backUp(directory: bench.directory, to: backup.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: kept) == ["trail-2.log"])
    }

    @Test func theNextBackupCopiesWhatIsNewAndDropsWhatIsGone() throws {
        try fill()
        _ = try Archive.backUp(directory: bench.directory, to: backup.path)
        try bench.accept(otherPatient(4), at: 300)
        try bench.archive.drop(bench.archive.quarantinedFiles()[0])
        let delivery = try #require(
            try bench.archive.claimNextJob(kinds: [.deliver], destination: "pacs", now: Bench.moment(300)))
        try bench.archive.complete(delivery)
        let removed = try #require(try bench.archive.remove(.inputs, ofStudy: UID("1.2.1")!))
        for file in removed.files { try bench.archive.discard(file) }
        let report = try Archive.backUp(directory: bench.directory, to: backup.path)
        #expect(report.copied == 1 && report.removed >= 2, "\(report)")
        let found = try verify(backup.path)
        #expect(found.damages.isEmpty && found.orphans == 0 && found.files == report.files)
    }

    @Test func damagesAreToldAndTheRestIsBackedUp() throws {
        try fill()
        try alter(instancePath(1))
        try FileManager.default.removeItem(atPath: instancePath(2))
        let report = try Archive.backUp(directory: bench.directory, to: backup.path)
        #expect(report.damages.map(\.kind) == [.altered, .missing])
        #expect(report.copied == 3)
        #expect(try verify(backup.path).damages.map(\.kind) == [.missing, .missing])
    }

    /// A disk may lose a bit and keep the length.
    @Test func whatTheBackupsDiskHasAlteredIsFoundWhereItIsLookedFor() throws {
        try fill()
        _ = try Archive.backUp(directory: bench.directory, to: backup.path)
        let path = try instancePath(1).replacing(bench.directory, with: backup.path)
        try alter(path)
        #expect(try Archive.backUp(directory: bench.directory, to: backup.path).copied == 0)
        #expect(try verify(backup.path).damages.map(\.kind) == [.altered])
        #expect(try Archive.backUp(directory: bench.directory, to: backup.path, comparing: true).copied == 1)
        #expect(try verify(backup.path).damages.isEmpty)
    }

    @Test func aBackupThatIsCutShortLeavesTheOneBefore() throws {
        try fill()
        _ = try Archive.backUp(directory: bench.directory, to: backup.path)
        try bench.accept(otherPatient(4), at: 300)
        #expect(throws: ArchiveError.self) {
            try Archive.backUp(directory: bench.directory, to: backup.path) { _ in false }
        }
        let found = try verify(backup.path)
        #expect(found.damages.isEmpty && found.files == 5, "\(found)")
    }

    /// Such as of the state directory that another configuration names.
    @Test func theBackupOfAnotherArchiveIsLeftAlone() throws {
        try fill()
        _ = try Archive.backUp(directory: bench.directory, to: backup.path)
        let other = try Bench()
        try other.accept(.numbered(7))
        #expect {
            try Archive.backUp(directory: other.directory, to: backup.path)
        } throws: {
            guard case ArchiveError.unsuitable(_, let reason) = $0 else { return false }
            return reason.contains("another archive")
        }
        #expect(try verify(backup.path).files == 5)
        // One that was rebuilt out of nothing is another one too.
        let empty = NSTemporaryDirectory() + "archive-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: empty) }
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        _ = try Archive.rebuild(directory: empty, policy: Self.policy(["pacs"]), now: Bench.moment(1000))
        #expect(throws: ArchiveError.self) { try Archive.backUp(directory: empty, to: backup.path) }
        #expect(try verify(backup.path).files == 5)
        // A rebuilt one is the same, and so is one that was restored from its backup.
        bench.release()
        _ = try rebuild(anyway: true)
        #expect(try Archive.backUp(directory: bench.directory, to: backup.path).damages.isEmpty)
        #expect(try Archive.backUp(directory: backup.path, to: bench.directory + "-copy").damages.isEmpty)
        try FileManager.default.removeItem(atPath: bench.directory + "-copy")
    }

    @Test func nothingElseIsOverwritten() throws {
        try fill()
        let alias = backup.path + "-alias"
        try FileManager.default.createSymbolicLink(atPath: alias, withDestinationPath: bench.directory)
        defer { try? FileManager.default.removeItem(atPath: alias) }
        for folder in [bench.directory, bench.directory + "/backup", alias, alias + "/a/b"] {
            #expect(throws: ArchiveError.self, "\(folder)") {
                try Archive.backUp(directory: bench.directory, to: folder)
            }
        }
        #expect(!FileManager.default.fileExists(atPath: bench.directory + "/backup"))
        try FileManager.default.createDirectory(atPath: backup.path, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: backup.path + "/file"))
        #expect(throws: ArchiveError.self) { try Archive.backUp(directory: bench.directory, to: backup.path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: backup.path) == ["file"])
    }

    // MARK: Rebuilding

    @Test func aTornIndexIsMadeAnewFromTheFiles() throws {
        try fill()
        let before = try bench.archive.instances(ofStudy: UID("1.2.1")!)
        try tear()
        let report = try rebuild()
        #expect(report.instances == 3 && report.results == 1 && report.quarantined == 1, "\(report)")
        #expect(report.setAside.isEmpty && report.doubtfulDeliveries == 1)
        #expect(FileManager.default.fileExists(atPath: try #require(report.oldIndex)))
        #expect(try verify().damages.isEmpty)
        try bench.reopen()
        let after = try bench.archive.instances(ofStudy: UID("1.2.1")!)
        #expect(Set(after.map(\.digest)) == Set(before.map(\.digest)))
        #expect(after.allSatisfy { $0.sourceAETitle == "SENDER" }, "\(after.map(\.sourceAETitle))")
        let delivery = try #require(try bench.archive.jobs(kinds: [.deliver]).first)
        #expect(delivery.progress.state == .failed && delivery.destination == "pacs")
        #expect(try bench.archive.study(UID("1.2.1")!)?.status == .undelivered)
        // Tried again, it is what it was.
        try bench.archive.retry(jobID: delivery.id, now: Bench.moment(1001))
        let retried = try #require(
            try bench.archive.claimNextJob(kinds: [.deliver], destination: "pacs", now: Bench.moment(1002)))
        #expect(
            try retried.resultID.flatMap(bench.archive.result)?.sopInstanceUID == UID("1.2.1.9.1"))
        // What had not been read is read.
        #expect(try bench.archive.study(UID("1.2.2")!)?.status == .receiving)
        _ = try bench.closedStudy(at: 1061)
    }

    @Test func aLostIndexToo() throws {
        try fill()
        bench.release()
        for ending in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: bench.directory + "/index.sqlite" + ending)
        }
        // A new one would have all files taken for leftovers, and removed.
        #expect {
            try bench.reopen()
        } throws: {
            guard case ArchiveError.torn(let reason) = $0 else { return false }
            return reason.contains("is not there")
        }
        #expect(!FileManager.default.fileExists(atPath: bench.directory + "/index.sqlite"))
        let report = try rebuild()
        #expect(report.instances == 3 && report.results == 1 && report.oldIndex == nil)
        try bench.reopen()
        #expect(try bench.accept(.numbered(1), at: 2000) == .duplicate)
    }

    @Test func whatWasAlteredIsSetAsideAndCanBeSentAgain() throws {
        try fill()
        let altered = try instancePath(2)
        try alter(altered)
        try Data("no DICOM".utf8).write(to: URL(fileURLWithPath: instancePath(3, study: "1.2.2")))
        try tear()
        let report = try rebuild()
        #expect(report.instances == 1 && report.setAside.count == 2, "\(report)")
        #expect(!FileManager.default.fileExists(atPath: altered))
        try bench.reopen()
        #expect(try bench.archive.quarantinedFiles().count == 3)
        #expect(try bench.accept(.numbered(2), at: 2000) == .stored)
        #expect(try verify().damages.isEmpty)
    }

    @Test func aSoundIndexIsLeftAlone() throws {
        try fill()
        bench.release()
        let path = bench.directory + "/index.sqlite"
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: ArchiveError.self) { try rebuild() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try rebuild(anyway: true).instances == 3)
    }

    /// Some pages of an index that is whole at its beginning: it opens, and would serve.
    @Test func aPartlyTornIndexStartsNoNode() throws {
        for number in 1...200 { try bench.accept(.numbered(number)) }
        try tear(pages: 3..<13)
        do throws(ArchiveError) {
            _ = try Archive.open(directory: bench.directory)
            Issue.record("opened")
        } catch {
            #expect(error.description.contains("is torn") && error.description.contains("uptake rebuild"))
        }
        #expect(try rebuild().instances == 200)
        try bench.reopen()
    }

    /// What tears while it is in use is remembered by whoever meets it first.
    @Test func anIndexThatTearsInUseIsRemembered() throws {
        for number in 1...200 { try bench.accept(.numbered(number)) }
        try bench.reopen()
        #expect(bench.archive.damage == nil)
        let path = bench.directory + "/index.sqlite"
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let length = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: [UInt8](repeating: 0xA5, count: Int(length) - 4096))
        // Something new is written, or that fails already; whoever reads next looks at the file again.
        _ = try? bench.accept(.numbered(201))
        _ = try? bench.archive.instances(ofStudy: UID("1.2.1")!)
        #expect(bench.archive.damage?.description.contains("is torn") == true)
    }

    @Test func besideANodeNothingIsRebuilt() throws {
        try fill()
        #expect(throws: ArchiveError.inUse(directory: bench.directory)) {
            try Archive.rebuild(
                directory: bench.directory, policy: Self.policy([]), anyway: true, now: Bench.moment(0))
        }
        #expect(try verify().damages.isEmpty)
    }
}
