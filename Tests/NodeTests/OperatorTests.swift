import Archive
import DICOM
import Foundation
import Node
import Testing

/// What operators see of studies, queues and quarantine, and what they do to the latter, over the control socket.
@Suite struct OperatorTests {
    private let bench: Bench
    private let server: ControlServer
    private let client: ControlClient

    init() throws {
        bench = try Bench()
        server = try ControlServer(
            stateDirectory: bench.directory, node: ControlledNode(archive: bench.archive, bell: bench.bell),
            log: Bench.log)
        client = ControlClient(stateDirectory: bench.directory, seconds: 20)
    }

    // MARK: Throughput

    @Test func whatCameIsCountedByTheMinute() {
        let start = ContinuousClock.now
        let throughput = Throughput(start: start)
        func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }
        #expect(throughput.last(minutes: 60, at: start) == .init())
        throughput.note(bytes: 10, at: at(0))
        throughput.note(bytes: 5, at: at(59))
        throughput.note(bytes: 1, at: at(60))
        #expect(throughput.last(minutes: 1, at: at(61)) == .init(instances: 1, bytes: 1))
        #expect(throughput.last(minutes: 2, at: at(61)) == .init(instances: 3, bytes: 16))
        #expect(throughput.last(minutes: 60, at: at(59 * 60)) == .init(instances: 3, bytes: 16))
        #expect(throughput.last(minutes: 60, at: at(60 * 60)) == .init(instances: 1, bytes: 1))
        // The bin of an hour ago is another's now.
        throughput.note(bytes: 7, at: at(61 * 60))
        #expect(throughput.last(minutes: 60, at: at(61 * 60)) == .init(instances: 1, bytes: 7))
    }

    // MARK: Studies

    @Test func studiesTellWhatTheyWaitFor() throws {
        let (delivered, received) = (Bench.study(1), Bench.study(2))
        try bench.read(delivered, results: 2, destinations: ["pacs"])
        try bench.receive(received, instances: 1..<4)
        let studies = try client.ask(ListStudies(states: [], limit: 10))
        #expect(Set(studies.map(\.studyInstanceUID)) == [delivered, received])
        let waiting = try #require(studies.first { $0.studyInstanceUID == received })
        #expect(waiting.status == .receiving && waiting.instanceCount == 3 && waiting.revision == nil)
        #expect(waiting.pending.map(\.kind) == [.close])
        let read = try #require(studies.first { $0.studyInstanceUID == delivered })
        #expect(read.status == .delivering && read.closingSignal == "quiet")
        #expect(read.pending.map(\.kind) == [.deliver, .deliver])
        #expect(try client.ask(ListStudies(states: [.delivering], limit: 10)).map(\.studyInstanceUID) == [delivered])
        #expect(try client.ask(ListStudies(states: [.failed], limit: 10)).isEmpty)
    }

    @Test func aStudyIsShownWithItsRevisionsAndResults() throws {
        try bench.read(Bench.study(1), results: 2, destinations: ["pacs"])
        let shown = try client.ask(ShowStudy(Bench.study(1)))
        #expect(shown.revisions.map(\.number) == [1])
        #expect(shown.results.count == 2 && shown.results.allSatisfy { $0.deliveredTo.isEmpty })
        #expect(throws: ControlError.refused("no such study 1.2.3; uptake studies lists them")) {
            try client.ask(ShowStudy(UID("1.2.3")!))
        }
    }

    /// Whoever may use the socket learns how far the work is, and not of whom.
    @Test func noPatientIsNamed() throws {
        try bench.receive(Bench.study(3), instances: 1..<2)
        let state = try client.ask(ShowStudy(Bench.study(3))).state
        let text = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
        #expect(!text.contains("BENCH-"))
    }

    @Test func queuesTellOfTheOldest() throws {
        let early = Date(timeIntervalSince1970: 1_700_000_000)
        try bench.read(Bench.study(1), results: 2, destinations: ["pacs", "gone"], now: early)
        try bench.read(Bench.study(2), results: 1, destinations: ["pacs"])
        let job = try #require(try bench.archive.claimNextJob(kinds: [.deliver], destination: "gone", now: Date()))
        try bench.archive.fail(job, reason: "no use", retryAt: nil)
        let queues = try bench.archive.deliveryQueues()
        #expect(queues.map(\.destination) == ["gone", "pacs"])
        #expect(queues.map(\.open) == [1, 3] && queues.map(\.failed) == [1, 0])
        #expect(queues.map(\.oldestSince) == [early, early])
    }

    // MARK: Quarantine

    /// Another object under a UID that is known.
    private func setAside() throws -> QuarantinedFile {
        try bench.receive(Bench.study(1), instances: 1..<2)
        var object = Bench.object(Bench.study(1), 1)
        object.set(.instanceNumber, 99)
        let path = bench.archive.incomingPath()
        try object.write(to: path)
        let incoming = IncomingInstance(
            path: path, header: try InstanceHeader(path: path), sourceAETitle: "SCANNER")
        guard case .conflict = try bench.archive.accept(incoming, now: Date(), quietPeriodSeconds: 0) else {
            throw CocoaError(.featureUnsupported)
        }
        return try #require(try client.ask(ListQuarantine(limit: 10)).first)
    }

    @Test func whatContradictsStaysUntilTheOtherIsGone() throws {
        let file = try setAside()
        #expect(file.reason == "SOP Instance UID is known with other contents" && file.occurrences == 1)
        #expect(try client.ask(ShowQuarantined(digest: String(file.digest.prefix(8)))) == file)
        #expect(throws: ControlError.self) { try client.ask(ReleaseQuarantined(digest: file.digest)) }
        // As it was, and nothing left over.
        #expect(try client.ask(ListQuarantine(limit: 10)) == [file])
        #expect(FileManager.default.fileExists(atPath: file.path))
        #expect(try bench.incoming().isEmpty)
        #expect(try bench.archive.instances(ofStudy: Bench.study(1)).count == 1)
    }

    @Test func whatFitsIsTakenIn() throws {
        let path = bench.archive.incomingPath()
        try Bench.object(Bench.study(2), 5).write(to: path)
        let digest = try bench.archive.quarantine(
            file: path, reason: "an operator's doubt", sourceAETitle: "SCANNER", now: Date())
        let released = try client.ask(ReleaseQuarantined(digest: digest))
        #expect(released.outcome.hasPrefix("stored"))
        let instances = try bench.archive.instances(ofStudy: Bench.study(2))
        #expect(instances.count == 1 && instances[0].sourceAETitle == "SCANNER")
        #expect(FileManager.default.fileExists(atPath: instances[0].path))
        #expect(try client.ask(ListQuarantine(limit: 10)).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: released.file.path))
        #expect(try !bench.archive.jobs(ofStudy: Bench.study(2)).isEmpty)
    }

    @Test func whatCannotBeReadStaysAndIsDropped() throws {
        let path = bench.archive.incomingPath()
        try Data("nothing of the kind".utf8).write(to: URL(fileURLWithPath: path))
        let digest = try bench.archive.quarantine(
            file: path, reason: "no header", sourceAETitle: "SCANNER", now: Date())
        #expect(throws: ControlError.self) { try client.ask(ReleaseQuarantined(digest: digest)) }
        #expect(try client.ask(ListQuarantine(limit: 10)).count == 1)
        #expect(try bench.incoming().isEmpty)
        let dropped = try client.ask(DropQuarantined(digest: digest))
        #expect(!FileManager.default.fileExists(atPath: dropped.path))
        #expect(try client.ask(ListQuarantine(limit: 10)).isEmpty)
        #expect(throws: ControlError.self) { try client.ask(DropQuarantined(digest: digest)) }
        #expect(throws: ControlError.self) { try client.ask(DropQuarantined(digest: "")) }
    }
}
