import DICOM
import Imaging
import Phantom
import Reading
import Staging
import Testing

@Suite struct ComparisonTests {
    private static func content(_ study: PhantomStudy) throws -> StudyContent {
        let dataSets = study.dataSets()
        return try Shared.content(dataSets.pet + dataSets.ct)
    }

    private static let result = Swift.Result {
        // What the network makes of the lesions is tested elsewhere: here each is judged as it was drawn.
        try StudyReader(classifier: DrawnLesions()).read(content(FollowUp.second), after: [content(FollowUp.first)])
    }

    @Test func knownChangesAreFound() throws {
        let reading = try Self.result.get().reading
        let comparison = try #require(reading.comparison)
        #expect(comparison.earlierStudyInstanceUID == FollowUp.first.identity.studyInstanceUID)
        #expect(comparison.earlierStudyDate == "20250304")
        func fate(of site: PhantomTruth.Site) -> LesionChange.Fate? {
            comparison.changes.first { change in
                guard let id = change.focusID else { return false }
                return reading.foci[id - 1].focus.centroid.distance(to: site.centroid) < 15
            }?.fate
        }
        for site in FollowUp.second.truth.lesions where site.suvTrue > 5 {
            let expected: LesionChange.Fate = site.location == .pelvicBone ? .new : .persisting
            #expect(fate(of: site) == expected, "\(site.location)")
        }
        let spine = try #require(FollowUp.first.truth.lesions.first { $0.location == .lumbarSpine })
        let gone = comparison.changes.filter { $0.fate == .vanished }.flatMap(\.earlierFocusIDs)
        #expect(
            comparison.earlierFoci.contains {
                gone.contains($0.id) && $0.focus.centroid.distance(to: spine.centroid) < 15
            })
        #expect(comparison.volume.presentMl == reading.lesionVolumeMl)
        #expect(comparison.volume.changeMl > 0)
        #expect(comparison.recip == .progressiveDisease)
    }

    @Test func theDocumentCarriesTheComparison() throws {
        let reading = try Self.result.get().reading
        let comparison = try #require(ReadingDocument(reading).comparison)
        #expect(comparison.recip == .progressiveDisease)
        #expect(comparison.lesions.count == reading.comparison?.changes.count)
        #expect(comparison.lesions.contains { $0.fate == .persisting && $0.earlier.count == 1 })
        #expect(comparison.registration?.basis == .ct)
    }

    @Test func aStudyOfAnotherPatientIsNotCompared() throws {
        let reading = try Shared.reader.read(
            Self.content(FollowUp.second), after: [Shared.content(Shared.dataSets.pet)]
        ).reading
        #expect(reading.comparison == nil)
        #expect(reading.warnings.contains { $0.hasPrefix("Not compared") && $0.contains("Patient ID") })
    }

    @Test func aLaterStudyIsNotAnEarlierOne() throws {
        let reading = try Shared.reader.read(
            Self.content(FollowUp.first), after: [Self.content(FollowUp.second)]
        ).reading
        #expect(reading.comparison == nil)
        #expect(reading.warnings.contains { $0.contains("not an earlier study") })
    }

    @Test func aStudyWithAnotherTracerClassIsNotCompared() throws {
        let glucose = PhantomPatient(seed: 77, tracer: .f18FDG, disease: .none, armsUp: true).scan()
        let reading = try Shared.reader.read(Self.content(FollowUp.second), after: [Self.content(glucose)]).reading
        #expect(reading.comparison == nil)
        #expect(reading.warnings.contains { $0.contains("not one for PSMA") })
    }
}
