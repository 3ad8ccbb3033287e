import Archive
import DICOM
import Foundation
import Logging
import Node
import Synchronization
import Testing

/// Retention at work: limits, pace, alarms. Its time is an argument.
@Suite struct RetentionTests {
    private let bench: Bench
    private let feeds = Feeds()
    private let log = RecordingLog()
    private let start = Date()

    init() throws { bench = try Bench() }

    private func retention(_ policy: RetentionPolicy, reserveBytes: Int = 0) -> Retention {
        Retention(
            archive: bench.archive, feeds: feeds, policy: policy, reserveBytes: reserveBytes, log: log.logger)
    }

    private func at(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    /// Studies that were read and delivered, an hour apart; the first is the oldest.
    private func makeStudies(_ numbers: ClosedRange<Int>) throws {
        for number in numbers {
            let now = at(Double(number - 100) * 3600)
            try bench.read(Bench.study(number), results: 2, destinations: ["pacs"], now: now)
            while let job = try bench.archive.claimNextJob(kinds: [.deliver], now: now) {
                try bench.archive.complete(job)
            }
        }
    }

    private func held(_ numbers: ClosedRange<Int>) throws -> [Int] {
        try numbers.filter { !(try bench.archive.instances(ofStudy: Bench.study($0)).isEmpty) }
    }

    /// Lets it work for a while, from each moment at which there is something to do to the next.
    private func run(_ retention: Retention, from: Double, to end: Double) throws {
        var now = at(from)
        while now <= at(end) {
            while try retention.doNext(now: now) {}
            now = max(retention.nextDue, now.addingTimeInterval(0.01))
        }
    }

    // MARK: Policy

    @Test func whatHasNoLimitIsNeededByNobody() {
        let holdings = Holdings(bytes: [.inputs: 1 << 50, .results: 1 << 50])
        for kind in RetainedKind.allCases {
            #expect(RetentionPolicy().needs(kind, holdings, freeBytes: 0, now: start) == [])
        }
    }

    @Test func needsAreWhatIsAboveTheLimits() {
        var policy = RetentionPolicy()
        (policy.inputs.gibibytes, policy.inputs.days, policy.keepFreeGibibytes) = (1, 2, 3)
        policy.results.gibibytes = 0.5
        let gibibyte = 1 << 30
        let holdings = Holdings(bytes: [.inputs: gibibyte + 7, .results: gibibyte / 2])
        #expect(
            policy.needs(.inputs, holdings, freeBytes: gibibyte, now: start) == [
                .space(missingBytes: 2 * gibibyte), .quota(excessBytes: 7), .age(before: at(-2 * 86_400)),
            ])
        #expect(policy.needs(.inputs, holdings, freeBytes: 3 * gibibyte, now: start).count == 2)
        #expect(policy.needs(.results, holdings, freeBytes: 0, now: start) == [])
    }

    // MARK: Work

    @Test func theOldestGoUntilTheQuotaIsKept() throws {
        try makeStudies(1...6)
        let one = try bench.archive.holdings().bytes[.inputs]! / 6
        var policy = RetentionPolicy()
        policy.inputs.gibibytes = Double(one) * 3.5 / Double(1 << 30)
        let retention = retention(policy)
        try run(retention, from: 0, to: 30)
        #expect(try held(1...6) == [4, 5, 6])
        #expect(try bench.archive.counts().results == 12)
        let files = try FileManager.default.subpathsOfDirectory(atPath: bench.directory + "/instances")
        #expect(files.filter { $0.hasSuffix(".dcm") }.count == 3)
        #expect(log.messages.filter { $0.hasPrefix("inputs of a study removed") }.count == 3)
        #expect(!log.messages.contains { $0.hasPrefix("ALARM") })
    }

    @Test func whatIsTooOldGoesWithItsStudy() throws {
        try makeStudies(1...4)
        var policy = RetentionPolicy()
        // The third was made 97 hours ago.
        (policy.inputs.days, policy.results.days) = (97.5 / 24, 97.5 / 24)
        let retention = retention(policy)
        try run(retention, from: 0, to: 30)
        #expect(try held(1...4) == [3, 4])
        #expect(try bench.archive.counts().studies == 2)
        #expect(try bench.archive.counts().results == 4)
    }

    /// Files set aside, an hour apart; the first is the oldest. Each has so many bytes.
    private func setAside(_ numbers: ClosedRange<Int>, bytes: Int = 1000) throws {
        for number in numbers {
            let path = bench.archive.incomingPath()
            try Data(repeating: UInt8(number), count: bytes).write(to: URL(fileURLWithPath: path))
            try bench.archive.quarantine(
                file: path, reason: "no. \(number)", sourceAETitle: "SCANNER", now: at(Double(number - 100) * 3600))
        }
    }

    private func inQuarantine() throws -> [String] {
        let rows = try bench.archive.quarantinedFiles()
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.directory + "/quarantine")
        #expect(Set(rows.map(\.digest)) == Set(names))
        return rows.map(\.reason).reversed()
    }

    @Test func whatWasSetAsideLongestAgoGoesUntilTheQuotaIsKept() throws {
        try setAside(1...40)
        var policy = RetentionPolicy()
        policy.quarantine.gibibytes = 2500 / Double(1 << 30)
        try run(retention(policy), from: 0, to: 30)
        #expect(try inQuarantine() == ["no. 39", "no. 40"])
        #expect(log.messages.contains { $0.hasPrefix("files in quarantine removed") })
    }

    @Test func whatWasSetAsideTooLongAgoGoes() throws {
        try setAside(1...4)
        try makeStudies(1...1)
        var policy = RetentionPolicy()
        policy.quarantine.days = 97.5 / 24
        try run(retention(policy), from: 0, to: 30)
        #expect(try inQuarantine() == ["no. 3", "no. 4"])
        #expect(try held(1...1) == [1], "studies have limits of their own")
    }

    @Test func withoutALimitNothingSetAsideGoes() throws {
        try setAside(1...4)
        var policy = RetentionPolicy()
        policy.inputs.days = 1
        try run(retention(policy), from: 0, to: 30)
        #expect(try inQuarantine().count == 4)
    }

    @Test func whatIsFedAtThisMomentIsPassedOver() throws {
        try makeStudies(1...2)
        feeds.note(Bench.study(1), from: 7)
        var policy = RetentionPolicy()
        policy.inputs.days = 1
        let retention = retention(policy)
        try run(retention, from: 0, to: 30)
        #expect(try held(1...2) == [1])
        feeds.end(7)
        try run(retention, from: 120, to: 150)
        #expect(try held(1...2) == [])
    }

    /// What is sent while its study is being removed waits, and is then new.
    @Test func feedingWaitsForARemoval() throws {
        let began = DispatchSemaphore(value: 0)
        let noted = DispatchSemaphore(value: 0)
        let isOver = Atomic(false)
        let study = Bench.study(1)
        let outcome = feeds.whileUnfed(study) { () -> Bool? in
            let feeds = feeds
            Thread {
                began.signal()
                feeds.note(study, from: 1)
                // Not before the removal is over.
                if isOver.load(ordering: .acquiring) { noted.signal() }
            }.start()
            began.wait()
            isOver.store(true, ordering: .releasing)
            return true
        }
        #expect(outcome == true)
        #expect(noted.wait(timeout: .now() + 20) == .success)
        #expect(feeds.whileUnfed(study) { true } == nil)
    }

    @Test func filesAreTakenAFewAtATime() throws {
        try bench.receive(Bench.study(1), instances: 2..<102, now: at(-9 * 86_400))
        try makeStudies(1...1)
        var policy = RetentionPolicy()
        policy.inputs.days = 1
        let retention = retention(policy)
        func files() throws -> Int {
            try FileManager.default.subpathsOfDirectory(atPath: bench.directory + "/instances")
                .filter { $0.hasSuffix(".dcm") }.count
        }
        #expect(try retention.doNext(now: at(0)))
        #expect(try files() == 101)
        var seen: [Int] = []
        for step in 0..<5 {
            // Woken early, it waits for its time.
            _ = try retention.doNext(now: at(Double(step) * 0.25))
            _ = try retention.doNext(now: at(Double(step) * 0.25 + 0.2))
            seen.append(try files())
        }
        #expect(seen == [69, 37, 5, 0, 0])
    }

    @Test func whereNothingMayBeRemovedAnAlarmIsRaisedOnceAnHour() throws {
        try bench.read(Bench.study(1), results: 1, destinations: ["pacs"], now: at(-9 * 86_400))
        var policy = RetentionPolicy()
        (policy.inputs.gibibytes, policy.inputs.days) = (0, 1)
        let retention = retention(policy, reserveBytes: .max)
        try run(retention, from: 0, to: 3590)
        #expect(try held(1...1) == [1])
        let alarms = log.messages.filter { $0.hasPrefix("ALARM") }
        #expect(alarms.count == 1)
        #expect(alarms.first?.contains("inputs are 1 MiB above the quota; the disk is below its reserve") == true)
        #expect(log.facts["studies held"] == "1 delivering")
        try run(retention, from: 3600, to: 3700)
        #expect(log.messages.filter { $0.hasPrefix("ALARM") }.count == 2)
    }

    @Test func answeredRequestsForCommitmentAreForgottenAfterAMonth() throws {
        let id = try bench.archive.keepCommitment(
            transaction: UID("1.7.1")!, of: "SCANNER",
            [.init(sopClassUID: .ctImageStorage, sopInstanceUID: UID("1.2.3")!)], due: start, now: start)
        let job = try #require(try bench.archive.claimCommitment(id))
        _ = try bench.archive.verifyCommitment(id, now: start)
        try bench.archive.complete(job)
        let retention = retention(RetentionPolicy())
        try run(retention, from: 29.9 * 86_400, to: 29.9 * 86_400 + 120)
        #expect(try bench.archive.commitment(id) != nil)
        try run(retention, from: 30.1 * 86_400, to: 30.1 * 86_400 + 120)
        #expect(try bench.archive.commitment(id) == nil)
    }

    @Test func orphansAreFoundInTheCourseOfTime() throws {
        try makeStudies(1...1)
        let digest = String(repeating: "fe", count: 32)
        let orphan = "\(bench.directory)/results/fe/\(digest).png"
        try Data([1]).write(to: URL(fileURLWithPath: orphan))
        let retention = retention(RetentionPolicy())
        // A day later by the clock on the wall, so that it is old.
        try run(retention, from: 86_400, to: 86_400 + 60 * 520)
        #expect(!FileManager.default.fileExists(atPath: orphan))
        #expect(try held(1...1) == [1])
    }
}

/// Keeps what is logged.
final class RecordingLog: Sendable {
    private let lines = Mutex<[(message: String, facts: [String: String])]>([])

    var messages: [String] { lines.withLock { $0.map(\.message) } }
    /// The facts of all lines, the last of each name.
    var facts: [String: String] { lines.withLock { $0.reduce(into: [:]) { $0.merge($1.facts) { $1 } } } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = (event.metadata ?? [:]).mapValues { "\($0)" }
            log.lines.withLock { $0.append(("\(event.message)", facts)) }
        }
    }
}
