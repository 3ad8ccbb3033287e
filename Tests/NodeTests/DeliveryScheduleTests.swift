import DICOM
import DICOMNetwork
import Foundation
import Node
import Testing

/// When deliveries are tried again, as arithmetic: days pass in no time.
@Suite struct DeliveryScheduleTests {
    private let schedule = DeliverySchedule()
    private let start = Date(timeIntervalSince1970: 1_700_000_000)

    @Test func pausesDoubleUpToTheLongestLessUpToAQuarter() {
        for seed in 0..<200 as Range<UInt64> {
            let pauses = (1...9).map { schedule.pauseSeconds(afterFailures: $0, seed: seed) }
            for (pause, full) in zip(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600] as [Double]) {
                #expect(pause > 0.75 * full && pause <= full)
            }
            #expect(schedule.pauseSeconds(afterFailures: .max, seed: seed) <= 3600)
            #expect(schedule.pauseSeconds(afterFailures: 1, pace: .slow, seed: seed) > 2700)
        }
    }

    @Test func whatFailedTogetherDoesNotComeTogether() {
        let pauses = (1...1000).map { schedule.pauseSeconds(afterFailures: 1, seed: $0) }
        let tenths = Set(pauses.map { Int(($0 - 22.5) / 0.75) })
        #expect(tenths == Set(0..<10))
        #expect(pauses == (1...1000).map { schedule.pauseSeconds(afterFailures: 1, seed: $0) })
    }

    /// Every schedule ends, at its time and not before, in fewer attempts than the archive grants.
    @Test func theLastAttemptIsAtTheEndOfTheTime() {
        for seed in 0..<50 as Range<UInt64> {
            var (now, failures) = (start, 0)
            while true {
                failures += 1
                guard let next = schedule.nextAttempt(afterFailures: failures, since: start, now: now, seed: seed)
                else {
                    break
                }
                #expect(next > now)
                now = next
            }
            #expect(now == start.addingTimeInterval(schedule.giveUpAfterSeconds))
            #expect((100...150).contains(failures))
        }
    }

    // MARK: Verdicts

    private func verdict(_ status: UInt16, _ comment: String = "") -> DeliveryVerdict {
        DeliveryVerdict(.answered(StoreAnswer(DIMSEStatus(rawValue: status), comment: comment)))
    }

    @Test func whatThePeerHasIsDeliveredAndItsWarningKept() {
        #expect(verdict(0x0000) == .delivered(note: nil))
        #expect(
            verdict(0xB000, "name changed")
                == .delivered(note: "the peer answered 0xB000 (Warning: coercion of data elements): name changed"))
        for warning in [0xB006, 0xB007, 0x0111] as [UInt16] {
            guard case .delivered(.some) = verdict(warning) else {
                Issue.record("\(warning) is delivered, with a note")
                continue
            }
        }
    }

    @Test func whatMayPassIsTriedSoonAndWhatSomebodyHasToChangeSlowly() {
        for (status, expected) in [
            (0xA700, .growing), (0x0110, .growing), (0x0213, .growing), (0xA900, .slow), (0xC000, .slow),
            (0x0122, .slow), (0x0124, .slow), (0x0117, .slow), (0xFE00, .slow),
        ] as [(UInt16, DeliverySchedule.Pace)] {
            guard case .failed(_, expected) = verdict(status) else {
                Issue.record("\(DIMSEStatus(rawValue: status)) is \(verdict(status))")
                continue
            }
        }
        let class1 = UID.comprehensive3DSRStorage
        guard
            case .failed(_, .slow) = DeliveryVerdict(
                .notAccepted(sopClassUID: class1, transferSyntaxUID: .explicitVRLittleEndian)),
            case .hopeless = DeliveryVerdict(.unreadable("gone"))
        else {
            Issue.record("a SOP class may be enabled at the peer; a file that is gone stays so")
            return
        }
    }
}
