import Anatomy
import Classification
import Staging
import Testing

@Suite struct MetastasisTests {
    static let bones = AnatomicalLocation.allCases.filter { $0.group == .bone }

    private func stage(_ foci: [ClassifiedFocus], _ rules: StagingRules = StagingRules()) throws -> MiTNM {
        try #require(rules.stage(foci, tracer: .ga68PSMA11)).stage
    }

    @Test(arguments: [(0, nil), (1, MiTNM.BonePattern.uni), (2, .oligo), (3, .oligo), (4, .diss), (30, .diss)])
    func patternByNumber(lesions: Int, pattern: MiTNM.BonePattern?) throws {
        let foci = (0..<lesions).map { focus(Self.bones[$0 % Self.bones.count], id: $0 + 1) }
        #expect(try stage(foci).miMPattern == pattern)
        #expect(try stage(foci).miM == (lesions == 0 ? .miM0 : .miM1b))
    }

    /// Both limits of diffuse marrow involvement, each just reached and just missed.
    @Test(arguments: [
        (4, 125.0, MiTNM.BonePattern.dmi), (4, 124.9, .diss), (3, 400.0, .oligo), (1, 900.0, .uni),
        (12, 42.0, .dmi), (12, 41.0, .diss),
    ])
    func diffuseMarrow(sites: Int, volumeMl: Double, pattern: MiTNM.BonePattern) throws {
        let foci = (0..<sites).map { focus(Self.bones[$0], id: $0 + 1, volumeMl: volumeMl) }
        #expect(try stage(foci).miMPattern == pattern)
    }

    @Test func manyLesionsInFewBonesAreNotDiffuse() throws {
        let foci = (0..<20).map { focus(Self.bones[$0 % 3], id: $0 + 1, volumeMl: 100) }
        #expect(try stage(foci).miMPattern == .diss)
    }

    @Test func theCriterionIsAChoiceAndSaid() throws {
        let foci = (0..<4).map { focus(Self.bones[$0], id: $0 + 1, volumeMl: 60) }
        let rules = StagingRules(diffuseMarrow: .init(minimumVolumeMl: 200, minimumSites: 4))
        let result = try #require(rules.stage(foci, tracer: .ga68PSMA11))
        #expect(result.stage.description == "miT0 N0 M1b(dmi)")
        #expect(result.notes.contains { $0.contains("200 mL") && $0.contains("4 bone locations") })
        #expect(try stage(foci).miMPattern == .diss)
    }

    @Test func aCriterionWithoutLimitsNeedsALesion() throws {
        let rules = StagingRules(diffuseMarrow: .init(minimumVolumeMl: 0, minimumSites: 0))
        #expect(try stage([], rules).miMPattern == nil)
    }

    @Test func everyPatternHasARow() {
        #expect(Set(BonePatternRule.table.map(\.pattern)) == Set(MiTNM.BonePattern.allCases))
    }

    static let combinations: [([AnatomicalLocation], [MiTNM.M], MiTNM.M, String)] = [
        ([], [], .miM0, "M0"),
        ([.inguinalNode, .hilarNode], [.miM1a], .miM1a, "M1a"),
        ([.rib], [.miM1b], .miM1b, "M1b(uni)"),
        ([.lung], [.miM1c], .miM1c, "M1c"),
        ([.retroperitonealNode, .rib, .femur], [.miM1a, .miM1b], .miM1b, "M1a M1b(oligo)"),
        ([.liver, .cervicalNode], [.miM1a, .miM1c], .miM1c, "M1a M1c"),
        ([.brain, .skull], [.miM1b, .miM1c], .miM1c, "M1b(uni) M1c"),
        ([.liver, .rib, .axillaryNode], [.miM1a, .miM1b, .miM1c], .miM1c, "M1a M1b(uni) M1c"),
    ]

    @Test(arguments: combinations)
    func everyCategoryIsReportedAndTheHighestIsTheStage(
        locations: [AnatomicalLocation], categories: [MiTNM.M], highest: MiTNM.M, phrase: String
    ) throws {
        let stage = try stage(foci(locations))
        #expect(stage.miMCategories == categories && stage.miM == highest)
        #expect(stage.description == "miT0 N0 \(phrase)")
    }

    @Test(arguments: [AnatomicalLocation.muscle, .softTissue])
    func softTissueMayBeInvasion(location: AnatomicalLocation) throws {
        let result = try #require(StagingRules().stage(foci([.prostate, location]), tracer: .ga68PSMA11))
        #expect(result.stage.description == "miT2u N0 M1c")
        #expect(result.notes.contains { $0.contains("miT4") })
    }
}
