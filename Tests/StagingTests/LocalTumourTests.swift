import Anatomy
import Staging
import Testing

@Suite struct LocalTumourTests {
    /// A test per row of the table, and per precedence between rows.
    struct Case: Sendable {
        let prostate: StagingRules.Prostate
        let locations: [AnatomicalLocation]
        let category: MiTNM.T

        init(_ prostate: StagingRules.Prostate, _ locations: [AnatomicalLocation], _ category: MiTNM.T) {
            self.prostate = prostate
            self.locations = locations
            self.category = category
        }
    }

    static let cases: [Case] = [
        // miTr: any local tumour after prostatectomy, adjacent organs counted with it.
        Case(.removed, [.prostaticBed], .miTr), Case(.removed, [.prostate], .miTr),
        Case(.removed, [.seminalVesicle], .miTr), Case(.removed, [.prostate, .prostate], .miTr),
        Case(.removed, [.prostaticBed, .urinaryBladder], .miTr), Case(.unknown, [.prostaticBed], .miTr),
        Case(.unknown, [.prostaticBed, .seminalVesicle, .rectum], .miTr),
        // miT4: an adjacent organ beside a local tumour.
        Case(.present, [.prostate, .urinaryBladder], .miT4), Case(.present, [.prostate, .rectum], .miT4),
        Case(.present, [.seminalVesicle, .rectum], .miT4), Case(.unknown, [.prostate, .rectum], .miT4),
        Case(.present, [.prostate, .seminalVesicle, .urinaryBladder], .miT4),
        // miT3b.
        Case(.present, [.seminalVesicle], .miT3b), Case(.unknown, [.seminalVesicle], .miT3b),
        Case(.present, [.prostate, .prostate, .seminalVesicle], .miT3b),
        // miT2m.
        Case(.present, [.prostate, .prostate], .miT2m), Case(.unknown, [.prostate, .prostate, .prostate], .miT2m),
        Case(.present, [.prostate, .prostaticBed], .miT2m), Case(.unknown, [.prostate, .prostaticBed], .miT2m),
        // miT2u.
        Case(.present, [.prostate], .miT2u), Case(.unknown, [.prostate], .miT2u),
        Case(.present, [.prostaticBed], .miT2u),
        // miT0, also with an adjacent organ alone.
        Case(.present, [], .miT0), Case(.removed, [], .miT0), Case(.unknown, [], .miT0),
        Case(.present, [.urinaryBladder], .miT0), Case(.removed, [.rectum], .miT0),
        Case(.unknown, [.urinaryBladder, .rectum, .internalIliacNode], .miT0),
    ]

    @Test(arguments: cases)
    func category(of row: Case) throws {
        let result = try #require(
            StagingRules(prostate: row.prostate).stage(foci(row.locations), tracer: .ga68PSMA11))
        #expect(result.stage.miT == row.category)
    }

    @Test func everyRowIsReachedAndExtracapsularExtensionHasNone() {
        #expect(Set(Self.cases.map(\.category)) == Set(LocalTumourRule.table.map(\.category)))
        #expect(Set(MiTNM.T.allCases).subtracting(LocalTumourRule.table.map(\.category)) == [.miT3a])
        #expect(LocalTumourRule.table.allSatisfy { $0.source.hasPrefix("PROMISE") })
    }

    @Test func organConfinedTumourSaysThatExtensionIsNotJudged() throws {
        for locations: [AnatomicalLocation] in [[.prostate], [.prostate, .prostate]] {
            let result = try #require(StagingRules().stage(foci(locations), tracer: .ga68PSMA11))
            #expect(result.notes.contains { $0.contains("miT3a") })
        }
        let higher = try #require(StagingRules().stage(foci([.prostate, .seminalVesicle]), tracer: .ga68PSMA11))
        #expect(higher.notes.allSatisfy { !$0.contains("miT3a") })
    }

    @Test func anInferredProstatectomyIsSaidToBe() throws {
        let inferred = try #require(StagingRules().stage(foci([.prostaticBed]), tracer: .ga68PSMA11))
        #expect(inferred.notes.contains { $0.contains("inferred") })
        let known = try #require(StagingRules(prostate: .removed).stage(foci([.prostaticBed]), tracer: .ga68PSMA11))
        #expect(known.notes.isEmpty)
    }

    @Test func contradictoryNamesAreNoted() throws {
        let known = try #require(
            StagingRules(prostate: .present).stage(foci([.prostaticBed]), tracer: .ga68PSMA11))
        #expect(known.notes.contains { $0.contains("prostatic bed") })
        let both = try #require(StagingRules().stage(foci([.prostate, .prostaticBed]), tracer: .ga68PSMA11))
        #expect(both.notes.contains { $0.contains("taken to be present") })
    }

    /// A suspicious seminal vesicle does not tell whether there is a prostate; normal uptake may.
    @Test func unsuspiciousFociDecideWhereSuspiciousOnesDoNot() throws {
        let vesicle = focus(.seminalVesicle, id: 1)
        let bed = focus(.prostaticBed, id: 2, suspicious: false)
        let gland = focus(.prostate, id: 3, suspicious: false)
        let stage = { (foci) in StagingRules().stage(foci, tracer: .ga68PSMA11)?.stage.miT }
        #expect(stage([vesicle, bed]) == .miTr)
        #expect(stage([vesicle, gland]) == .miT3b)
        #expect(stage([vesicle, bed, gland]) == .miT3b)
        #expect(stage([focus(.prostaticBed, id: 4), gland]) == .miTr)
        #expect(stage([focus(.prostate, id: 5), bed]) == .miT2u)
    }
}
