import Archive
import DICOM
import Foundation
import Logging
import Node
import Testing

/// No state of work may last for ever without anybody's hearing of it. The alarm's time is an argument.
@Suite struct OverdueAlarmTests {
    private let bench: Bench
    private let log = RecordingLog()
    private let start = Date()

    init() throws { bench = try Bench() }

    private func at(_ hours: Double) -> Date { start.addingTimeInterval(hours * 3600) }

    private func look(_ alarm: OverdueAlarm, at hours: Double) throws -> Int {
        #expect(try !alarm.doNext(now: at(hours)))
        return log.messages.count { $0.contains("ALARM") }
    }

    @Test func everyStateThatLastsIsToldOf() throws {
        // Of one study the results wait to be delivered, of one the reading has failed, and one is being received.
        try bench.read(Bench.study(1), results: 1, destinations: ["pacs"], now: start)
        try bench.receive(Bench.study(2), instances: 1..<3, now: start)
        let close = try #require(try bench.archive.claimNextJob(kinds: [.close], now: start))
        _ = try bench.archive.closeStudy(close, signal: "quiet", now: start)
        let reading = try #require(try bench.archive.claimNextJob(kinds: [.read], now: start))
        try bench.archive.fail(reading, reason: "it crashed", retryAt: nil)
        try bench.receive(Bench.study(3), instances: 1..<2, now: start)

        let alarm = OverdueAlarm(archive: bench.archive, afterHours: 24, bell: Bell(), log: log.logger)
        #expect(try look(alarm, at: 23.9) == 0)
        #expect(try look(alarm, at: 24.2) == 1)
        #expect(log.facts["jobs"] == "1 close waiting, 1 deliver waiting, 1 read failed")
        #expect(try look(alarm, at: 47) == 1, "once a day")
        #expect(try look(alarm, at: 48.5) == 2)

        // What is tried anew begins anew.
        for job in try bench.archive.jobs(states: [.waiting, .failed]) {
            _ = try bench.archive.retry(jobID: job.id, now: at(49))
        }
        #expect(try look(alarm, at: 72.9) == 2)
    }

    @Test func withoutALimitNobodyIsTold() throws {
        try bench.receive(Bench.study(1), instances: 1..<2, now: start)
        #expect(
            try look(OverdueAlarm(archive: bench.archive, afterHours: 0, bell: Bell(), log: log.logger), at: 9000) == 0)
    }
}
