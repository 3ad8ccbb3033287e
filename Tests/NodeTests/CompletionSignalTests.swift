import Archive
import DICOM
import Foundation
import Node
import Testing

/// The signals beyond the PET's own geometry, by table; and what holds of every study, by chance from seeds.
@Suite struct CompletionSignalTests {
    private let settings = NodeConfiguration().completion
    private let frame = "1.9"

    private func pet(_ count: Int = 10) -> [StoredInstance] {
        slices((0..<count).map { 3 * Double($0) }) { $0.frameOfReferenceUID = frame }
    }

    private func ct(
        _ positions: [Double] = (0..<12).map { 2 * Double($0) }, _ change: (inout Instance) -> Void = { _ in }
    )
        -> [StoredInstance]
    {
        slices(positions) {
            $0.sopClassUID = UID.ctImageStorage.description
            ($0.modality, $0.seriesInstanceUID, $0.frameOfReferenceUID) = ("CT", "1.4", frame)
            $0.sopInstanceUID += ".4"
            change(&$0)
        }
    }

    private func judge(
        _ instances: [StoredInstance], after seconds: Double = 120, _ settings: NodeConfiguration.Completion? = nil,
        _ change: (inout CompletionEvidence) -> Void = { _ in }
    ) -> CompletionRule.Judgement {
        var evidence = CompletionEvidence(instances)
        change(&evidence)
        return CompletionRule(settings ?? self.settings).judge(evidence, now: Date(timeIntervalSince1970: seconds))
    }

    // MARK: Partner

    @Test func aPETWaitsForItsCTAndTheOtherWayRound() {
        #expect(judge(pet()) == .wait(seconds: 30, reason: "the study has no CT"))
        #expect(judge(ct()) == .wait(seconds: 30, reason: "the study has no PET"))
        #expect(judge(pet(), after: 590) == .wait(seconds: 10, reason: "the study has no CT"))
        #expect(judge(pet(), after: 600) == completion(.quietPeriod, .slicePositions, notes: ["the study has no CT"]))
        #expect(judge(ct(), after: 600) == completion(.quietPeriod, notes: ["the study has no PET"]))
        #expect(judge(pet() + ct()) == completion(.quietPeriod, .slicePositions, .partner))
    }

    @Test func aLocalizerOrAnotherFrameOfReferenceIsNoPartner() {
        let localizer = ct { $0.imageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"] }
        let elsewhere = ct { $0.frameOfReferenceUID = "1.8" }
        for other in [localizer, elsewhere] {
            #expect(judge(pet() + other) == .wait(seconds: 30, reason: "the study has no CT"))
        }
        #expect(judge(localizer) == completion(.quietPeriod), "a localizer alone waits for nothing")
    }

    @Test func withoutPartnerTimeNobodyWaits() {
        var settings = settings
        settings.waitForPartnerSeconds = 0
        #expect(judge(pet(), settings) == completion(.quietPeriod, .slicePositions))
    }

    // MARK: What is only believed

    @Test func imagesInAcquisitionAreWaitedForAndNeverPark() {
        let short = pet() + ct { ($0.acquisitionNumber, $0.imagesInAcquisition) = (3, 14) }
        let reason = "CT acquisition 3 has 12 of 14 images"
        #expect(judge(short) == .wait(seconds: 30, reason: reason))
        for seconds in [600.0, 5000] {
            #expect(
                judge(short, after: seconds) == completion(.quietPeriod, .slicePositions, .partner, notes: [reason]))
        }
        let met = pet() + ct { ($0.acquisitionNumber, $0.imagesInAcquisition) = (3, 12) }
        #expect(judge(met) == completion(.quietPeriod, .slicePositions, .imagesInAcquisition, .partner))
        let twoReconstructions =
            met + ct { ($0.acquisitionNumber, $0.imagesInAcquisition, $0.seriesInstanceUID) = (3, 24, "1.5") }
        #expect(judge(twoReconstructions) == judge(met), "counted over both reconstructions")
    }

    @Test func aGapOfTheCTIsWaitedForAndNeverParks() {
        let holed = pet() + ct([0, 2, 4, 10, 12])
        #expect(judge(holed) == .wait(seconds: 30, reason: "CT series 1.4 has a gap of 6 mm at 4 mm"))
        guard case .complete(let completion) = judge(holed, after: 4000) else { return #expect(Bool(false)) }
        #expect(completion.notes == ["CT series 1.4 has a gap of 6 mm at 4 mm"])
    }

    // MARK: Counts of the source

    @Test func theSourceMayCountMore() {
        let series = UID("1.2")!
        func counted(_ images: Int) -> [CountedSeries] { [.init(uid: series, modality: "PT", images: images)] }
        let short = judge(pet() + ct()) { $0.counted = counted(11) }
        #expect(short == .wait(seconds: 30, reason: "PET series 1.2 has 10 of 11 images at the source"))
        #expect(
            judge(pet() + ct()) { $0.counted = counted(10) }
                == completion(.quietPeriod, .slicePositions, .sourceCounts, .partner))
        #expect(
            judge(pet() + ct(), after: 3600) { $0.counted = counted(11) }
                == .incomplete(reason: "PET series 1.2 has 10 of 11 images at the source"))
    }

    /// Of what never came a source alone knows: it is waited for up to a deadline, and then the study is read without.
    @Test func aSeriesThatOnlyTheSourceHasIsWaitedForAndNeverParks() {
        let absent = CountedSeries(uid: UID("1.77")!, modality: "CT", images: 5)
        let reason = "CT series 1.77, of 5 images at the source, is not here"
        #expect(judge(pet() + ct()) { $0.counted = [absent] } == .wait(seconds: 30, reason: reason))
        #expect(
            judge(pet() + ct(), after: 3600) { $0.counted = [absent] }
                == completion(.quietPeriod, .slicePositions, .partner, notes: [reason]))
        let forced = judge(pet() + ct(), after: 200) {
            ($0.counted, $0.firstReceivedAt) = ([absent], Date(timeIntervalSince1970: -14_300))
        }
        #expect(forced == completion(.quietPeriod, .slicePositions, .partner, notes: [reason]))
        let whole = CountedSeries(uid: UID("1.2")!, modality: "PT", images: 10)
        #expect(
            judge(pet() + ct()) { $0.counted = [whole, absent] } == .wait(seconds: 30, reason: reason),
            "what is here being whole")
    }

    // MARK: Storage commitment

    private func hint(named: Int, missing: Int = 0, at seconds: Double = 0) -> CommitmentHint {
        CommitmentHint(
            namedInstances: named, missingInstances: missing, requestedAt: Date(timeIntervalSince1970: seconds))
    }

    @Test func aRequestForAllThatIsHereShortensTheQuietPeriod() {
        let study = pet() + ct()
        let early = completion(.storageCommitment, .slicePositions, .partner)
        #expect(judge(study, after: 10) { $0.commitment = hint(named: 22) } == early)
        #expect(
            judge(study, after: 12) { $0.commitment = hint(named: 22, at: 5) }
                == .wait(seconds: 3, reason: "the quiet period runs"))
        #expect(
            judge(study, after: 10) {
                ($0.commitment, $0.isFed) = (hint(named: 22), true)
            } == .wait(seconds: 5, reason: "an association that feeds the study is open"))
    }

    @Test func aRequestForLessOrMoreThanIsHereDoesNot() {
        let study = pet() + ct()
        #expect(
            judge(study, after: 20) { $0.commitment = hint(named: 10) }
                == .wait(seconds: 100, reason: "the quiet period runs"), "the CT was not asked about: more may follow")
        let reason = "2 instances named in a storage commitment request are not here"
        #expect(judge(study) { $0.commitment = hint(named: 22, missing: 2) } == .wait(seconds: 30, reason: reason))
        #expect(
            judge(study, after: 600) { $0.commitment = hint(named: 22, missing: 2) }
                == completion(.quietPeriod, .slicePositions, .partner, notes: [reason]))
        #expect(
            judge(pet(), after: 20) { $0.commitment = hint(named: 10) }
                == .wait(seconds: 30, reason: "the study has no CT"), "it still waits for its partner")
    }

    // MARK: Deadlines

    @Test func aStudyThatNeverRestsIsForced() {
        var settings = settings
        let restless: (inout CompletionEvidence) -> Void = {
            $0.firstReceivedAt = Date(timeIntervalSince1970: 100 - 14_400)
        }
        #expect(
            judge(pet() + ct(), after: 100, settings, restless)
                == .incomplete(reason: "images still come 14400 s after the first"))
        settings.whenIncomplete = .read
        #expect(
            judge(pet() + ct(), after: 100, settings, restless)
                == completion(
                    .deadline, .slicePositions, .partner, notes: ["images still come 14400 s after the first"]))
        #expect(
            judge(pet() + ct(), after: 99, settings, restless) == .wait(seconds: 21, reason: "the quiet period runs"))
    }

    @Test func whatIsMissingIsReadOnlyWhereTheSiteWantsIt() {
        var settings = settings
        let short = slices([0, 3, 6, 12]) + ct()
        let reason = "PET series 1.2 has a gap of 6 mm at 6 mm"
        #expect(judge(short, after: 3600, settings) == .incomplete(reason: reason))
        settings.whenIncomplete = .read
        #expect(judge(short, after: 3599, settings) == .wait(seconds: 30, reason: reason))
        #expect(judge(short, after: 3600, settings) == completion(.deadline, .partner, notes: [reason]))
    }

    // MARK: By chance

    /// Random studies, at random moments, under random settings.
    @Test(arguments: 0..<24) func noStudyIsClosedTooEarlyOrHeldForEver(seed: UInt64) {
        var chance = Chance(seed: seed)
        for _ in 0..<25 {
            let settings = chance.settings()
            var (evidence, isHoled) = chance.evidence()
            let rule = CompletionRule(settings)
            let last = evidence.instances.map(\.receivedAt).max()!
            let first = evidence.instances.map(\.receivedAt).min()!
            let isOverdue = { (moment: Date) in
                moment.timeIntervalSince(last) >= settings.incompleteAfterSeconds
                    || moment.timeIntervalSince(first) >= settings.forcedAfterSeconds
            }
            let now = last.addingTimeInterval(.random(in: 0...2 * settings.incompleteAfterSeconds, using: &chance))
            switch rule.judge(evidence, now: now) {
            case .complete(let completion):
                #expect(isOverdue(now) || (!isHoled && !evidence.isFed), "closed before its time")
                #expect(!isHoled || (settings.whenIncomplete == .read && !completion.notes.isEmpty))
            case .incomplete: #expect(isOverdue(now) && settings.whenIncomplete == .park)
            case .wait(let seconds, _):
                #expect(!isOverdue(now) && seconds > 0 && seconds <= settings.quietPeriodSeconds)
            }
            // Asked again whenever it says so, it comes to an end, whatever stays open.
            evidence.isFed = true
            var (moment, looks) = (last, 0)
            while case .wait(let seconds, _) = rule.judge(evidence, now: moment), looks < 10_000 {
                (moment, looks) = (moment.addingTimeInterval(max(seconds, 0.001)), looks + 1)
            }
            #expect(looks < 10_000 && moment.timeIntervalSince(last) <= settings.incompleteAfterSeconds + 60)
        }
    }
}

/// Studies and settings drawn by chance.
extension Chance {
    fileprivate mutating func settings() -> NodeConfiguration.Completion {
        var settings = NodeConfiguration().completion
        settings.quietPeriodSeconds = .random(in: 1...60, using: &self)
        settings.incompleteAfterSeconds = .random(in: 60...600, using: &self)
        settings.forcedAfterSeconds = .random(in: 100...2000, using: &self)
        settings.waitForPartnerSeconds = Bool.random(using: &self) ? 0 : .random(in: 1...900, using: &self)
        settings.commitmentSettleSeconds = .random(in: 0...20, using: &self)
        settings.whenIncomplete = NodeConfiguration.WhenIncomplete.allCases.randomElement(using: &self)!
        return settings
    }

    /// - Returns: the evidence, and whether its PET is known to lack slices.
    fileprivate mutating func evidence() -> (CompletionEvidence, isHoled: Bool) {
        let isHoled = Bool.random(using: &self)
        var positions = (0..<Int.random(in: 6...20, using: &self)).map { 3 * Double($0) }
        let expected = positions.count
        if isHoled { positions.remove(at: .random(in: 1..<expected - 1, using: &self)) }
        let statesCount = Bool.random(using: &self)
        var received = 1_000_000.0
        var instances = slices(positions) {
            received += Double.random(in: 0...30, using: &self)
            $0.receivedAt = received
            $0.frameOfReferenceUID = "1.9"
            $0.numberOfSlices = statesCount ? expected : nil
        }
        if Bool.random(using: &self) {
            instances += slices([0, 2, 4]) {
                ($0.sopClassUID, $0.modality) = (UID.ctImageStorage.description, "CT")
                ($0.seriesInstanceUID, $0.frameOfReferenceUID, $0.receivedAt) = ("1.4", "1.9", received)
            }
        }
        var evidence = CompletionEvidence(instances)
        evidence.isFed = Bool.random(using: &self)
        if Bool.random(using: &self) {
            evidence.commitment = CommitmentHint(
                namedInstances: .random(in: 1...instances.count, using: &self),
                missingInstances: .random(in: 0...1, using: &self),
                requestedAt: Date(timeIntervalSince1970: received))
        }
        return (evidence, isHoled)
    }
}
