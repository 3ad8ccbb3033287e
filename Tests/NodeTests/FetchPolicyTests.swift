import Archive
import DICOM
import Foundation
import Node
import Testing

/// What is fetched for a study, by rules alone.
@Suite struct FetchPolicyTests {
    private let policy = FetchPolicy(.init(source: "archive"))
    private let origin = StudyOrigin(
        patient: PatientIdentity(patientID: "P1", issuer: "HERE"), studyDate: "20240301", studyTime: "120000")
    private let study = UID("1.2")!

    private func policy(_ change: (inout NodeConfiguration.Fetch) -> Void) -> FetchPolicy {
        var settings = policy.settings
        change(&settings)
        return FetchPolicy(settings)
    }

    private var ct: [StoredInstance] {
        slices([0, 1, 2]) {
            $0.modality = "CT"
            $0.seriesInstanceUID = "1.3"
            $0.sopInstanceUID += ".9"
            $0.sopClassUID = UID.ctImageStorage.description
            $0.frameOfReferenceUID = "1.9"
        }
    }

    private var pet: [StoredInstance] { slices([0, 1, 2]) { $0.frameOfReferenceUID = "1.9" } }

    // MARK: Orders

    @Test func whatIsMissingIsOrderedAndWhatIsPrevious() {
        #expect(policy.orders(for: CompletionEvidence(pet)) == [.ct, .priors])
        #expect(policy.orders(for: CompletionEvidence(ct)) == [.pet])
        #expect(policy.orders(for: CompletionEvidence(pet + ct)) == [.priors])
        let elsewhere = slices([0, 1, 2]) { $0.frameOfReferenceUID = "1.8" }
        #expect(
            policy.orders(for: CompletionEvidence(elsewhere + ct)) == [.ct, .priors], "not of its frame of reference")
    }

    @Test func aSiteMayWantEitherAlone() {
        #expect(policy { $0.partner = false }.orders(for: CompletionEvidence(pet)) == [.priors])
        #expect(policy { $0.priors = 0 }.orders(for: CompletionEvidence(pet)) == [.ct])
    }

    // MARK: Previous studies

    private func candidate(
        _ uid: String, _ date: String, time: String = "", patient: String = "P1", issuer: String = "",
        modalities: [String] = ["CT", "PT"]
    ) -> SourceStudy {
        var match = DataSet()
        match.set(.studyInstanceUID, uid)
        match.set(.studyDate, date)
        match.set(.studyTime, time)
        match.set(.patientID, patient)
        match.set(.issuerOfPatientID, issuer)
        match.set(.modalitiesInStudy, values: modalities)
        return SourceStudy(match)!
    }

    private func chosen(_ candidates: [SourceStudy], _ policy: FetchPolicy? = nil) -> [String] {
        (policy ?? self.policy).priors(candidates, of: study, origin).map(\.studyInstanceUID.description)
    }

    @Test func theLatestComeFirst() {
        let found = [candidate("1.3", "20230101"), candidate("1.4", "20240229"), candidate("1.5", "20231231")]
        #expect(chosen(found) == ["1.4", "1.5", "1.3"])
    }

    @Test func whatIsNotPreviousIsLeftOut() {
        #expect(chosen([candidate("1.2", "20230101")]).isEmpty, "itself")
        #expect(chosen([candidate("1.3", "20240302")]).isEmpty, "later")
        #expect(chosen([candidate("1.3", "20240301", time: "130000")]).isEmpty, "later on its day")
        #expect(chosen([candidate("1.3", "20240301", time: "110000")]) == ["1.3"], "earlier on its day")
        #expect(chosen([candidate("1.3", "")]).isEmpty, "without a date")
        #expect(chosen([candidate("1.3", "20230101", modalities: ["CT"])]).isEmpty, "without PET")
        #expect(chosen([candidate("1.3", "20230101", modalities: ["CT", "SR"])]).isEmpty, "a CT and its dose report")
        #expect(chosen([candidate("1.3", "20230101", modalities: [])]) == ["1.3"], "the source tells no modalities")
        #expect(chosen([candidate("1.3", "20230101", modalities: ["SEG", "SR"])]) == ["1.3"], "reports are left of it")
    }

    private func series(_ modality: String, _ number: Int, _ description: String? = nil) -> SourceSeries {
        var match = DataSet()
        match.set(.seriesInstanceUID, "1.3.\(number)")
        match.set(.modality, modality)
        if let description { match.set(.seriesDescription, description) }
        return SourceSeries(match)!
    }

    private func wanted(_ series: [SourceSeries]) -> [String] {
        policy.series(ofPrior: series).map { "\($0.seriesInstanceUID)" }
    }

    @Test func imagesComeBeforeReports() {
        let report = series("SR", 1, "Uptake AI findings (research)")
        let note = series("KO", 2)
        let images = [series("PT", 3), series("CT", 4), series("CT", 5)]
        #expect(wanted([report, note] + images) == ["1.3.3", "1.3.4", "1.3.5"])
        #expect(wanted([report, note, images[0]]) == ["1.3.1", "1.3.2"], "a PET without CT is not read")
        #expect(wanted([note, series("SR", 6)]) == ["1.3.6", "1.3.2"], "the source tells no descriptions")
        #expect(wanted([note, series("SR", 6, "Dose")]).isEmpty)
    }

    @Test func anotherPatientIsLeftOut() {
        #expect(chosen([candidate("1.3", "20230101", patient: "P2")]).isEmpty)
        #expect(chosen([candidate("1.3", "20230101", issuer: "ELSEWHERE")]).isEmpty)
        #expect(chosen([candidate("1.3", "20230101", issuer: "HERE")]) == ["1.3"])
    }

    @Test func whatIsTooOldIsLeftOut() {
        let year = policy { $0.priorDays = 366 }
        #expect(chosen([candidate("1.3", "20230301"), candidate("1.4", "20230228")], year) == ["1.3"])
        #expect(year.dates(before: origin) == "20230301-20240301")
        let undated = StudyOrigin(patient: origin.patient, studyDate: "", studyTime: "")
        #expect(year.dates(before: undated) == nil)
    }

    // MARK: Waiting

    @Test func aStudyWaitsForWhatIsBeingFetchedAndNoLonger() {
        var evidence = CompletionEvidence(pet)
        var settings = NodeConfiguration().completion
        settings.waitForPartnerSeconds = 0
        let rule = CompletionRule(settings)
        func judge(_ seconds: Double) -> CompletionRule.Judgement {
            rule.judge(evidence, now: Date(timeIntervalSince1970: seconds))
        }
        let text = "CT being fetched from archive"
        evidence.pendingFetch = .init(text: text, until: Date(timeIntervalSince1970: 500))
        #expect(judge(130) == .wait(seconds: 30, reason: text))
        #expect(judge(490) == .wait(seconds: 10, reason: text))
        #expect(judge(500) == completion(.quietPeriod, .slicePositions, notes: [text]))
        evidence.pendingFetch = nil
        #expect(judge(130) == completion(.quietPeriod, .slicePositions))
    }
}
