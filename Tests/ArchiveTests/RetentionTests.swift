import Archive
import DICOM
import Foundation
import Testing

/// What retention may take, and what a crash or a sender in between makes of it.
@Suite struct RetentionTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func uid(_ study: String) -> UID { UID(study)! }

    private func remove(_ kind: RetainedKind, _ study: String) throws -> RemovedFiles? {
        let removed = try bench.archive.remove(kind, ofStudy: uid(study))
        for file in removed?.files ?? [] { #expect(try bench.archive.discard(file)) }
        return removed
    }

    /// A study that has been read and, if wanted, delivered.
    private func readStudy(_ study: String, at seconds: Double = 0, results: Int = 1, delivers: Bool = true) throws {
        for number in 0..<3 { try bench.accept(.numbered(number, study: study), at: seconds) }
        let reading = try bench.closedStudy(at: seconds + 100)
        let made = try (0..<results).map { try bench.result("\(study).9.\($0)") }
        _ = try bench.archive.commitReading(
            reading, results: made, destinations: ["pacs"], now: Bench.moment(seconds + 100))
        while delivers,
            let job = try bench.archive.claimNextJob(kinds: [.deliver], now: Bench.moment(seconds + 200))
        {
            try bench.archive.complete(job)
        }
    }

    // MARK: Removing

    @Test func inputsGoAndResultsStayThenTheStudyIsForgotten() throws {
        try readStudy("1.2.1")
        let held = try bench.archive.holdings()
        let removed = try #require(try remove(.inputs, "1.2.1"))
        #expect(removed.files.count == 3)
        #expect(removed.bytes == held.bytes[.inputs])
        #expect(bench.files(in: "instances").isEmpty)
        #expect(bench.files(in: "results").count == 1)
        #expect(try bench.archive.results(ofStudy: uid("1.2.1")).count == 1)
        #expect(try bench.archive.instances(ofStudy: uid("1.2.1")).isEmpty)
        #expect(try bench.archive.removableStudies(.inputs, limit: 10).isEmpty)

        #expect(try remove(.results, "1.2.1")?.files.count == 1)
        #expect(bench.files(in: "results").isEmpty)
        let counts = try bench.archive.counts()
        #expect(counts.studies == 0 && counts.patients == 0 && counts.jobs.isEmpty)
    }

    @Test func whatIsSentAgainIsSimplyNew() throws {
        try readStudy("1.2.1")
        _ = try remove(.inputs, "1.2.1")
        for number in 0..<3 {
            #expect(try bench.accept(.numbered(number, study: "1.2.1"), at: 1000) == .stored)
        }
        let reading = try bench.closedStudy(at: 1100)
        #expect(reading.revision == 2)
        #expect(try bench.archive.instances(ofStudy: uid("1.2.1"), revision: 2).count == 3)
        // The same reading finds the same objects, which the destination has.
        let again = try bench.result("1.2.1.9.0")
        _ = try bench.archive.commitReading(
            reading, results: [again], destinations: ["pacs"], now: Bench.moment(1100))
        #expect(try bench.archive.jobs(kinds: [.deliver]).map(\.progress.state) == [.done])
    }

    /// The same object arrives after its row has gone and before its file has.
    @Test func aFileThatHasARowAgainIsKept() throws {
        try readStudy("1.2.1")
        let removed = try #require(try bench.archive.remove(.inputs, ofStudy: uid("1.2.1")))
        #expect(try bench.accept(.numbered(1, study: "1.2.1"), at: 1000) == .stored)
        #expect(try removed.files.filter { try bench.archive.discard($0) }.count == 2)
        let kept = try #require(try bench.archive.instances(ofStudy: uid("1.2.1")).first)
        #expect(FileManager.default.fileExists(atPath: kept.path))
    }

    @Test func theOldestComeFirstAndTheYoungNotAtAll() throws {
        for (study, seconds) in [("1.2.2", 500.0), ("1.2.1", 0), ("1.2.3", 1000)] {
            try readStudy(study, at: seconds)
        }
        #expect(try bench.archive.removableStudies(.inputs, limit: 2).map(\.description) == ["1.2.1", "1.2.2"])
        let before = Bench.moment(550)
        #expect(
            try bench.archive.removableStudies(.results, before: before, limit: 9).map(\.description) == ["1.2.1"])
        // Sent again, the oldest is the youngest.
        _ = try remove(.inputs, "1.2.1")
        _ = try remove(.results, "1.2.1")
        try readStudy("1.2.1", at: 2000)
        #expect(
            try bench.archive.removableStudies(.inputs, limit: 9).map(\.description) == ["1.2.2", "1.2.3", "1.2.1"])
    }

    // MARK: Protection

    @Test func whatAPeerAsksACommitmentOfIsKeptUntilItIsTold() throws {
        try readStudy("1.2.1")
        let instance = try bench.archive.instances(ofStudy: uid("1.2.1"))[0]
        try bench.archive.keepCommitment(
            transaction: uid("1.2.77"), of: "SCANNER",
            [.init(sopClassUID: instance.sopClassUID, sopInstanceUID: instance.sopInstanceUID)],
            due: Bench.start, now: Bench.start)
        #expect(try remove(.inputs, "1.2.1") == nil)
        let job = try #require(try bench.archive.claimNextJob(kinds: [.commit], now: Bench.moment(300)))
        #expect(try remove(.inputs, "1.2.1") == nil)
        try bench.archive.complete(job)
        #expect(try remove(.inputs, "1.2.1") != nil)
    }

    @Test func aPriorOfAPatientInHandIsKept() throws {
        try readStudy("1.2.1")
        try bench.accept(.numbered(1, study: "1.2.2"), at: 300)
        #expect(try bench.archive.removableStudies(.inputs, limit: 9).isEmpty)
        #expect(try bench.archive.protectedStudies(.inputs) == [.done: 1, .receiving: 1])
    }

    /// Random studies in random states, each of a patient of its own: whatever is removed was done with, and whatever was
    /// not is whole.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func nothingProtectedIsEverRemoved(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        var free: Set<String> = []
        for number in 1...12 {
            let study = "1.2.\(number)"
            if try makeStudy(study, &chance) { free.insert(study) }
        }
        let before = try Dictionary(
            uniqueKeysWithValues: (1...12).map {
                ("1.2.\($0)", try bench.archive.instances(ofStudy: uid("1.2.\($0)")).count)
            })
        var removed: Set<String> = []
        for kind in RetainedKind.allCases.shuffled(using: &chance) {
            for number in (1...12).shuffled(using: &chance) {
                if try remove(kind, "1.2.\(number)") != nil { removed.insert("1.2.\(number)") }
            }
        }
        #expect(removed == free)
        for (study, count) in before where !free.contains(study) {
            let instances = try bench.archive.instances(ofStudy: uid(study))
            let results = try bench.archive.results(ofStudy: uid(study))
            #expect(instances.count == count)
            #expect((instances.map(\.path) + results.map(\.path)).allSatisfy(FileManager.default.fileExists(atPath:)))
        }
        let counts = try bench.archive.counts()
        #expect(bench.files(in: "instances").count == counts.instances)
        #expect(bench.files(in: "results").count == counts.results)
        #expect(counts.studies == 12 - free.count)
    }

    /// A study at a random point of its way.
    /// - Returns: whether it is done with.
    private func makeStudy(_ study: String, _ chance: inout SeededGenerator) throws -> Bool {
        var slice = Slice.numbered(1, study: study)
        slice.patientID = "P" + study
        let archive = bench.archive!
        let way = Int.random(in: 0..<9, using: &chance)
        // What is to stay as it is comes due later than all that the next studies claim.
        try bench.accept(slice, at: way == 0 ? 9000 : 0)
        if way == 0 { return false }
        let close = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(100)))
        if way == 1 {
            try archive.fail(close, reason: "incomplete", retryAt: nil)
            return false
        }
        _ = try archive.closeStudy(close, signal: "quiet", now: Bench.moment(100))
        let reading = try #require(try archive.claimNextJob(kinds: [.read], now: Bench.moment(100)))
        if way == 2 {
            try archive.postpone(reading, until: Bench.moment(9000), reason: "later")
            return false
        }
        if way == 3 {
            try archive.fail(reading, reason: "crash", retryAt: nil)
            return false
        }
        if way == 4 {
            _ = try archive.commitReading(
                reading, results: [], destinations: [], declined: "no dose", now: Bench.moment(100))
            return true
        }
        _ = try archive.commitReading(
            reading, results: [try bench.result(study + ".9")], destinations: ["pacs"], now: Bench.moment(100))
        let delivery = try #require(try archive.claimNextJob(kinds: [.deliver], now: Bench.moment(100)))
        switch way {
        case 5: try archive.postpone(delivery, until: Bench.moment(9000), reason: "PACS is down")
        case 6: try archive.fail(delivery, reason: "given up", retryAt: nil)
        case 7:
            try archive.fail(delivery, reason: "given up", retryAt: nil)
            _ = try archive.withdraw(jobID: delivery.id, reason: "operator")
        default: try archive.complete(delivery, reason: "with a warning")
        }
        return way >= 7
    }

    // MARK: Crashes

    /// The power goes, or the disk fails, at every step of a removal in turn.
    @Test(arguments: [FaultDisk.Fault.powerCut, .error(EIO)])
    func noCrashLeavesARowWithoutItsFile(fault: FaultDisk.Fault) throws {
        try readStudy("1.2.1")
        bench.release()
        for step in 0..<100 {
            let copy = bench.directory + "-\(step)"
            try FileManager.default.copyItem(atPath: bench.directory, toPath: copy)
            defer { try? FileManager.default.removeItem(atPath: copy) }
            let isOver = try removeAll(in: copy, FaultDisk(fault, at: step))
            let archive = try Archive.open(directory: copy)
            let instances = try archive.instances(ofStudy: uid("1.2.1"))
            #expect([0, 3].contains(instances.count))
            #expect(instances.map(\.path).allSatisfy(FileManager.default.fileExists(atPath:)))
            // What was left without a row is found and removed.
            for folder in 0..<Archive.sweptFolders {
                for file in try archive.orphans(inFolder: folder, before: .distantFuture, limit: 100) {
                    #expect(try archive.discard(file))
                }
            }
            let files = try FileManager.default.subpathsOfDirectory(atPath: copy + "/instances")
            #expect(files.filter { $0.hasSuffix(".dcm") }.count == instances.count)
            try archive.close()
            if isOver { return }
        }
        Issue.record("the removal has more than 100 steps")
    }

    /// - Returns: whether it went through.
    private func removeAll(in directory: String, _ disk: FaultDisk) throws -> Bool {
        do throws(ArchiveError) {
            let archive = try Archive.open(directory: directory, fileSystem: disk)
            defer { try? archive.close() }
            for file in try archive.remove(.inputs, ofStudy: uid("1.2.1"))?.files ?? [] { try archive.discard(file) }
            return true
        } catch {
            return false
        }
    }

    @Test func aSweepLeavesAloneWhatIsNamedOrYoung() throws {
        try readStudy("1.2.1")
        let digest = String(repeating: "ab", count: 32)
        let orphan = "\(bench.directory)/instances/ab/\(digest).dcm"
        try Data([1]).write(to: URL(fileURLWithPath: orphan))
        try Data([1]).write(to: URL(fileURLWithPath: "\(bench.directory)/instances/ab/note.txt"))
        func found(before: Date) throws -> Int {
            try (0..<Archive.sweptFolders).map {
                try bench.archive.orphans(inFolder: $0, before: before, limit: 9).count
            }.reduce(0, +)
        }
        #expect(try found(before: Date().addingTimeInterval(-60)) == 0)
        #expect(try found(before: .distantFuture) == 1)
    }
}
