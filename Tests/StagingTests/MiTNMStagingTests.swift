import Anatomy
import Classification
import Imaging
import Staging
import Testing

@Suite struct MiTNMStagingTests {
    @Test func fdgHasNoStage() {
        #expect(StagingRules().stage(foci([.prostate, .rib]), tracer: .f18FDG) == nil)
    }

    @Test(arguments: Tracer.allCases.filter { $0.target == .psma })
    func everyPSMATracerIsStagedAlike(tracer: Tracer) throws {
        let result = try #require(StagingRules().stage(foci([.prostate, .rib]), tracer: tracer))
        #expect(result.stage.description == "miT2u N0 M1b(uni)")
        #expect(result.stage.edition == .v2)
    }

    @Test func aPatientWithEverything() throws {
        let foci = [
            focus(.prostate, .left, id: 1), focus(.prostate, .right, id: 2), focus(.seminalVesicle, .left, id: 3),
            focus(.externalIliacNode, .left, id: 4), focus(.presacralNode, id: 5), focus(.retroperitonealNode, id: 6),
            focus(.rib, .left, id: 7), focus(.sacrum, id: 8), focus(.lung, .right, id: 9),
            focus(.parotidGland, .right, id: 10, suspicious: false), focus(.kidney, .left, id: 11),
        ]
        let result = try #require(StagingRules().stage(foci, tracer: .ga68PSMA11))
        #expect(result.stage.description == "miT3b N2 M1a M1b(oligo) M1c")
        #expect(result.stage.description(in: .v1) == "miT3b N1b M1a M1b(oligo) M1c")
        #expect(
            result.notes == [
                "The prostate is taken to be there, not known; after prostatectomy it would be miTr.",
                "Focus 11 (left kidney) is suspicious but not staged: normal uptake, urine or renal cell carcinoma is likelier.",
            ])
    }

    /// What nobody told, and what urine may have caused, is said.
    @Test func whatTRestsOnIsSaid() throws {
        func notes(_ locations: [AnatomicalLocation], _ prostate: StagingRules.Prostate = .unknown) throws -> [String] {
            try #require(StagingRules(prostate: prostate).stage(foci(locations), tracer: .ga68PSMA11)).notes
        }
        #expect(try notes([.prostate, .urinaryBladder]).contains { $0.hasPrefix("miT4 rests on uptake in bladder") })
        #expect(try notes([.prostate]).contains { $0.hasPrefix("The prostate is taken to be there") })
        #expect(try !notes([.prostate], .present).contains { $0.hasPrefix("The prostate is taken") })
        #expect(try !notes([.rib]).contains { $0.hasPrefix("The prostate is taken") })
    }

    @Test func theFirstEditionDoesNotTellFoci() throws {
        for locations: [AnatomicalLocation] in [[.prostate], [.prostate, .prostate]] {
            let stage = try #require(StagingRules().stage(foci(locations), tracer: .ga68PSMA11)).stage
            #expect(stage.description(in: .v1) == "miT2 N0 M0")
        }
    }

    /// Any choice of foci: the order does not matter, and what must hold together does.
    @Test(arguments: UInt64(1)...200)
    func propertiesOfRandomPatients(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let foci = randomFoci(using: &generator)
        let rules = StagingRules(
            commonIliac: .allCases.randomElement(using: &generator) ?? .pelvic,
            nodeRegions: .allCases.randomElement(using: &generator) ?? .bySide,
            prostate: .allCases.randomElement(using: &generator) ?? .unknown)
        let result = try #require(rules.stage(foci, tracer: .f18DCFPyL))
        for _ in 0..<5 {
            #expect(rules.stage(foci.shuffled(using: &generator), tracer: .f18DCFPyL) == result)
        }
        expectConsistent(result.stage)
        expectMonotone(rules, foci, result.stage)
    }

    private func randomFoci(using generator: inout SeededGenerator) -> [ClassifiedFocus] {
        (0..<Int.random(in: 0...14, using: &generator)).map { index in
            focus(
                AnatomicalLocation.allCases.randomElement(using: &generator) ?? .prostate,
                Laterality.allCases.randomElement(using: &generator) ?? .midline, id: index + 1,
                suspicious: Bool.random(using: &generator), volumeMl: Double.random(in: 0.1...200, using: &generator))
        }
    }

    /// V1 and V2 say the same of nodes; the bone pattern goes with M1b; the highest category is the stage.
    private func expectConsistent(_ stage: MiTNM) {
        let rank: [MiTNM.NV1: MiTNM.N] = [.miN0: .miN0, .miN1a: .miN1, .miN1b: .miN2]
        #expect(rank[stage.miNV1] == stage.miN)
        #expect((stage.miMPattern != nil) == stage.miMCategories.contains(.miM1b))
        #expect(stage.miM == stage.miMCategories.last ?? .miM0)
        #expect(!stage.miMCategories.contains(.miM0))
        let order = MiTNM.M.allCases
        let ranks = stage.miMCategories.compactMap(order.firstIndex)
        #expect(ranks == ranks.sorted() && Set(ranks).count == ranks.count)
        #expect(stage.miT != .miT3a)
    }

    /// One more suspicious node, bone or organ never lowers miN or miM.
    private func expectMonotone(_ rules: StagingRules, _ foci: [ClassifiedFocus], _ stage: MiTNM) {
        for (index, location) in AnatomicalLocation.allCases.enumerated() where location.group != .organ {
            let more = foci + [focus(location, .right, id: 100 + index)]
            guard let higher = rules.stage(more, tracer: .f18DCFPyL)?.stage else { continue }
            #expect(higher.miN.rawValue >= stage.miN.rawValue && higher.miM.rawValue >= stage.miM.rawValue)
            #expect(higher.miT == stage.miT)
            #expect(Set(higher.miMCategories).isSuperset(of: stage.miMCategories))
        }
    }
}
