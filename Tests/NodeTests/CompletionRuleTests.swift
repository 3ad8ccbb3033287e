import Archive
import DICOM
import Foundation
import Node
import Testing

/// An instance as the archive has it; decoded, since only the archive makes them.
struct Instance: Codable {
    var path = "/p"
    var digest = ""
    var size = 1
    var receivedAt = 0.0
    var sourceAETitle = "SCANNER"
    var sopInstanceUID = "1.2.3"
    var sopClassUID = UID.positronEmissionTomographyImageStorage.description
    var transferSyntaxUID = UID.explicitVRLittleEndian.description
    var seriesInstanceUID = "1.2"
    var modality = "PT"
    var seriesDescription = ""
    var imageType = ["ORIGINAL", "PRIMARY"]
    var acquisitionNumber: Int?
    var imagesInAcquisition: Int?
    var frameOfReferenceUID: String?
    var imagePositionPatient: [Double] = []
    var imageOrientationPatient = [1.0, 0, 0, 0, 1, 0]
    var numberOfSlices: Int?
    var numberOfTimeSlices: Int?
    var seriesType = ["WHOLE BODY", "IMAGE"]

    var stored: StoredInstance {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        return try! decoder.decode(StoredInstance.self, from: JSONEncoder().encode(self))
    }
}

/// PET slices at positions, in one series.
func slices(_ positions: [Double], _ change: (inout Instance) -> Void = { _ in }) -> [StoredInstance] {
    positions.enumerated().map { number, z in
        var instance = Instance()
        instance.sopInstanceUID = "1.2.3.\(number + 1)"
        instance.imagePositionPatient = [0, 0, z]
        change(&instance)
        return instance.stored
    }
}

/// A judgement that closes.
func completion(_ signals: CompletionSignal..., notes: [String] = []) -> CompletionRule.Judgement {
    .complete(.init(signals: signals, notes: notes))
}

@Suite struct CompletionRuleTests {
    /// Without waiting for a partner, which has tests of its own.
    private let rule: CompletionRule = {
        var settings = NodeConfiguration().completion
        settings.waitForPartnerSeconds = 0
        return CompletionRule(settings)
    }()
    private let even = (0..<10).map { 3.27 * Double($0) }
    private let complete = completion(.quietPeriod, .slicePositions)
    private let counted = completion(.quietPeriod, .numberOfSlices, .slicePositions)

    /// The judgement some seconds after the last image.
    private func judge(_ instances: [StoredInstance], after seconds: Double = 120, isFed: Bool = false)
        -> CompletionRule.Judgement
    {
        var evidence = CompletionEvidence(instances)
        evidence.isFed = isFed
        return rule.judge(evidence, now: Date(timeIntervalSince1970: seconds))
    }

    private func isWaiting(_ judgement: CompletionRule.Judgement, for text: String) -> Bool {
        if case .wait(30, let reason) = judgement { return reason.contains(text) }
        return false
    }

    private func isIncomplete(_ judgement: CompletionRule.Judgement, for text: String) -> Bool {
        if case .incomplete(let reason) = judgement { return reason.contains(text) }
        return false
    }

    @Test func anEvenStackIsComplete() {
        #expect(judge(slices(even)) == complete)
        #expect(judge(slices(even.reversed())) == complete)
        #expect(judge(slices(even) { $0.numberOfSlices = 10 }) == counted)
    }

    @Test func whatIsNoPETClosesByQuietAlone() {
        let ct = slices([0, 3, 50]) {
            $0.sopClassUID = UID.ctImageStorage.description
            $0.modality = "CT"
        }
        #expect(judge(ct) == completion(.quietPeriod))
        #expect(
            judge(ct + slices(even) { $0.seriesInstanceUID = "1.3" })
                == completion(.quietPeriod, .slicePositions, .partner))
    }

    @Test func anOpenAssociationIsWaitedFor() {
        #expect(isWaiting(judge(slices(even), isFed: true), for: "association"))
        #expect(isWaiting(judge(slices(even), after: 3599, isFed: true), for: "association"))
        #expect(
            judge(slices(even), after: 3600, isFed: true)
                == completion(
                    .quietPeriod, .slicePositions, notes: ["an association that fed the study is still open"]),
            "one that hangs holds nothing up for ever")
    }

    @Test func aGapIsWaitedForUntilTheLimit() {
        var positions = even
        positions.remove(at: 4)
        #expect(isWaiting(judge(slices(positions)), for: "gap of 6.5 mm at 9.81 mm"))
        #expect(isWaiting(judge(slices(positions), after: 3599), for: "gap"))
        #expect(isIncomplete(judge(slices(positions), after: 3600), for: "gap of 6.5 mm"))
    }

    @Test func theLastImageSetsTheLimit() {
        var positions = even
        positions.remove(at: 4)
        var late = Instance()
        late.receivedAt = 3000
        late.imagePositionPatient = [0, 0, even[9] + 3.27]
        #expect(isWaiting(judge(slices(positions) + [late.stored], after: 3700), for: "gap"))
    }

    @Test func gapsAreSeenAlongTheNormal() {
        // Coronal slices, and oblique ones whose z alone would look even.
        let coronal = { (instance: inout Instance) in
            instance.imagePositionPatient = [0, instance.imagePositionPatient[2], 0]
            instance.imageOrientationPatient = [1, 0, 0, 0, 0, -1]
        }
        #expect(judge(slices(even, coronal)) == complete)
        #expect(isWaiting(judge(slices([0, 3, 6, 12], coronal)), for: "gap of 6 mm"))
    }

    @Test func twoSlicesHaveNoUsualDistance() {
        #expect(judge(slices([0, 50])) == completion(.quietPeriod))
    }

    @Test func slicesWithoutPositionHaveNoGap() {
        #expect(judge(slices([0, 3, 50]) { $0.imagePositionPatient = [] }) == completion(.quietPeriod))
    }

    @Test func aTurningProjectionHasNoGap() {
        let angles = (0..<8).map { Double($0) * .pi / 8 }
        let projection = slices(angles) {
            let angle = $0.imagePositionPatient[2]
            $0.imagePositionPatient = [-200 * cos(angle), -200 * sin(angle), 900]
            $0.imageOrientationPatient = [cos(angle), sin(angle), 0, 0, 0, -1]
        }
        #expect(judge(projection) == completion(.quietPeriod))
    }

    @Test func numberOfSlicesIsMet() {
        let short = slices(even) { $0.numberOfSlices = 12 }
        #expect(isWaiting(judge(short), for: "10 of 12 slices"))
        #expect(isIncomplete(judge(short, after: 4000), for: "10 of 12 slices"))
        #expect(judge(slices(even) { $0.numberOfSlices = 0 }) == complete)
    }

    @Test func timeSlicesCountInDynamicSeriesOnly() {
        #expect(judge(slices(even) { ($0.numberOfSlices, $0.numberOfTimeSlices) = (10, 6) }) == counted)
        for kind in ["DYNAMIC", "GATED"] {
            let series = { (count: Int) in
                slices((0..<count).map { Double($0 % 10) * 3 }) {
                    ($0.numberOfSlices, $0.numberOfTimeSlices, $0.seriesType) = (10, 6, [kind, "IMAGE"])
                }
            }
            #expect(isWaiting(judge(series(59)), for: "59 of 60 slices"))
            #expect(judge(series(60)) == counted)
        }
    }

    @Test func everySeriesIsLookedAtAndNamed() {
        let first = slices(even)
        let second = slices([0, 3, 6, 15]) { $0.seriesInstanceUID = "1.5" }
        let third = slices(even) { ($0.seriesInstanceUID, $0.numberOfSlices) = ("1.4", 11) }
        #expect(isWaiting(judge(first + second + third), for: "1.4 has 10 of 11"))
        let given = judge(first + second + third, after: 5000)
        #expect(isIncomplete(given, for: "1.4 has 10 of 11") && isIncomplete(given, for: "1.5 has a gap"))
    }

    @Test func nothingIsIncomplete() {
        #expect(isIncomplete(judge([]), for: "no instance"))
    }

    @Test func absurdCountsAreNoPromise() {
        let series = slices(even) {
            ($0.numberOfSlices, $0.numberOfTimeSlices, $0.seriesType) = (Int.max, 2, ["DYNAMIC", "IMAGE"])
        }
        #expect(judge(series) == complete)
    }

    @Test func aClockSetBackOnlyMakesItWait() {
        var positions = even
        positions.remove(at: 4)
        #expect(isWaiting(judge(slices(positions), after: -9000), for: "gap"))
        #expect(judge(slices(even), after: -9000) == complete)
    }
}
