import Archive
import DICOM
import Foundation
import Testing

/// A fault at each single step of receiving, closing and reading.
@Suite struct CrashTests {
    private static let slices = [Slice.numbered(1), .numbered(2), .numbered(1, study: "1.2.2")]
    private let study = UID("1.2.1")!

    /// What a peer and the node were told.
    private struct Told {
        var acknowledged: [Slice] = []
        var isClosed = false
        var isCommitted = false
    }

    /// A node's day. `run` performs each step, and decides what to do where it fails.
    private func live(
        _ archive: Archive, at seconds: Double, _ told: inout Told, _ run: (() throws -> Void) throws -> Void
    ) throws {
        for slice in Self.slices + [Self.slices[0]] {
            try run {
                let acceptance = try accept(slice, archive, seconds)
                #expect(acceptance == .stored || acceptance == .duplicate)
                told.acknowledged.append(slice)
            }
        }
        var otherBytes = Self.slices[0]
        otherBytes.pixels = [9, 9]
        var otherPatient = Slice.numbered(3)
        otherPatient.patientID = "P2"
        for (slice, conflict) in [(otherBytes, Conflict.differingBytes), (otherPatient, .differingPatient)] {
            try run {
                guard case .conflict(conflict, _) = try accept(slice, archive, seconds) else {
                    Issue.record("no conflict")
                    return
                }
            }
        }
        for _ in 0..<2 { try run { try close(archive, seconds + 100, &told) } }
        for _ in 0..<2 { try run { try read(archive, seconds + 100, &told) } }
    }

    private func accept(_ slice: Slice, _ archive: Archive, _ seconds: Double) throws -> Acceptance {
        try archive.accept(slice.written(in: archive), now: Bench.moment(seconds), quietPeriodSeconds: 60)
    }

    private func close(_ archive: Archive, _ seconds: Double, _ told: inout Told) throws {
        let now = Bench.moment(seconds)
        let claimed = try archive.jobs(kinds: [.close], states: [.running]).first
        guard let job = try claimed ?? archive.claimNextJob(kinds: [.close], now: now) else { return }
        _ = try archive.closeStudy(job, signal: "quiet", now: now)
        if job.studyInstanceUID == study { told.isClosed = true }
    }

    private func read(_ archive: Archive, _ seconds: Double, _ told: inout Told) throws {
        let now = Bench.moment(seconds)
        let claimed = try archive.jobs(kinds: [.read], states: [.running]).first
        guard let job = try claimed ?? archive.claimNextJob(kinds: [.read], now: now) else { return }
        let results = try ["1", "2"].map { number in
            let path = archive.incomingPath()
            let uid = "2.25.\(job.studyInstanceUID!.description.filter { $0 != "." })\(number)"
            try Data("result \(uid)".utf8).write(to: URL(fileURLWithPath: path))
            return IncomingResult(
                kind: "report", path: path, sopClassUID: .comprehensive3DSRStorage, sopInstanceUID: UID(uid)!)
        }
        _ = try archive.commitReading(job, results: results, destinations: ["PACS"], now: now)
        if job.studyInstanceUID == study { told.isCommitted = true }
    }

    /// What must hold in an archive at any time between two calls.
    private func expectSound(_ archive: Archive, _ directory: String, _ told: Told, _ step: Int) throws {
        for slice in told.acknowledged {
            let stored = try archive.instance(UID(slice.instance)!)
            let bytes = stored.flatMap { FileManager.default.contents(atPath: $0.path) }
            #expect(bytes == Data(slice.bytes), "acknowledged \(slice.instance), step \(step)")
        }
        for study in try archive.studies() {
            for instance in try archive.instances(ofStudy: study.studyInstanceUID) {
                let offset = try InstanceHeader(path: instance.path).dataSetOffset
                let digest = try SHA256Digest(ofFile: instance.path, from: offset).description
                #expect(digest == instance.digest, "step \(step)")
            }
            for result in try archive.results(ofStudy: study.studyInstanceUID) {
                #expect(try SHA256Digest(ofFile: result.path).description == result.digest, "step \(step)")
            }
            #expect(study.status != .cancelled, "a study with no job to move it, step \(step)")
        }
        for file in try archive.quarantinedFiles() {
            #expect(try SHA256Digest(ofFile: file.path).description == file.digest, "step \(step)")
        }
        if told.isClosed { #expect(try archive.revisions(ofStudy: study).count == 1, "step \(step)") }
        if told.isCommitted {
            #expect(try archive.results(ofStudy: study).count == 2, "step \(step)")
            let deliveries = try archive.jobs(kinds: [.deliver]).filter { $0.studyInstanceUID == study }
            #expect(deliveries.map(\.progress.state) == [.waiting, .waiting], "step \(step)")
        }
        let incoming = try FileManager.default.contentsOfDirectory(atPath: directory + "/incoming")
        #expect(incoming.isEmpty, "step \(step)")
    }

    /// In memory where the system has such a place: the fault disk decides what a power cut leaves, not the real one.
    private func temporary() -> String {
        let memory = "/dev/shm"
        let parent = access(memory, W_OK) == 0 ? memory : NSTemporaryDirectory()
        return parent + "/archive-" + UUID().uuidString
    }

    private func stepsOfAFaultlessDay() throws -> Int {
        let directory = temporary()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let disk = FaultDisk(.none, at: 0)
        var told = Told()
        let archive = try Archive.open(directory: directory, fileSystem: disk)
        try live(archive, at: 0, &told) { try $0() }
        try expectSound(archive, directory, told, -1)
        try expectFinished(archive, -1)
        return disk.steps
    }

    private func expectFinished(_ archive: Archive, _ step: Int) throws {
        let counts = try archive.counts()
        #expect((counts.instances, counts.studies, counts.results, counts.quarantined) == (3, 2, 4, 2), "step \(step)")
        #expect(counts.jobs["deliver"] == ["waiting": 4], "step \(step)")
        #expect(counts.jobs["read"] == ["done": 2], "step \(step)")
    }

    @Test func powerLostAtEveryStep() throws {
        let steps = try stepsOfAFaultlessDay()
        #expect(steps > 50)
        var generator = SeededGenerator(seed: 3)
        for step in 0..<steps {
            let directory = temporary()
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let disk = FaultDisk(.powerCut, at: step)
            var told = Told()
            #expect(throws: ArchiveError.self) {
                let archive = try Archive.open(directory: directory, fileSystem: disk)
                try live(archive, at: 0, &told) { try $0() }
            }
            try disk.losePower(directory: directory, using: &generator)
            let archive = try Archive.open(directory: directory)
            #expect(try archive.jobs(states: [.running]).isEmpty)
            try expectSound(archive, directory, told, step)
            // The peers send again what was not acknowledged, and the day ends as any other.
            try live(archive, at: 1000, &told) { try $0() }
            try expectSound(archive, directory, told, step)
            try expectFinished(archive, step)
        }
    }

    @Test(arguments: [ENOSPC, EIO])
    func anErrorAtEveryStep(code: Int32) throws {
        let steps = try stepsOfAFaultlessDay()
        for step in 0..<steps {
            let directory = temporary()
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let disk = FaultDisk(.error(code), at: step)
            var told = Told()
            // A directory that cannot be opened is opened again, as a supervisor would.
            let archive =
                try (try? Archive.open(directory: directory, fileSystem: disk))
                ?? Archive.open(directory: directory, fileSystem: disk)
            try live(archive, at: 0, &told) { run in
                do { try run() } catch {
                    let expected = code == ENOSPC ? "no space left" : "cannot use"
                    #expect("\(error)".hasPrefix(expected), "\(error)")
                    try expectNothingLeft(archive, directory, step)
                    try run()
                }
            }
            #expect(disk.steps > step)
            try expectSound(archive, directory, told, step)
            try expectFinished(archive, step)
        }
    }

    /// After a refusal no file lies about that the index does not know.
    private func expectNothingLeft(_ archive: Archive, _ directory: String, _ step: Int) throws {
        let counts = try archive.counts()
        for (folder, known) in [("incoming", 0), ("instances", counts.instances), ("results", counts.results)] {
            let found = FileManager.default.enumerator(atPath: "\(directory)/\(folder)")?.allObjects as? [String] ?? []
            let files = found.filter { $0.contains(".") }
            #expect(files.count == known, "\(folder), step \(step)")
        }
        let quarantined = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/quarantine")
        #expect(quarantined.count == counts.quarantined, "step \(step)")
    }
}
