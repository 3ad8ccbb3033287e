import Anatomy
import Imaging
import Phantom
import Testing

@Suite struct DiseaseTests {
    typealias Lesion = Disease.Lesion

    static func lesion(_ location: AnatomicalLocation, _ laterality: Laterality = .left) -> Lesion {
        Lesion(location, laterality, suvMax: 15, diameterMm: 10)
    }

    static let stages: [(lesions: [Lesion], hasProstate: Bool, expected: [String?])] = [
        ([], true, ["miT0", "miN0", "miN0", "miM0", nil]),
        ([lesion(.prostate)], true, ["miT2u", "miN0", "miN0", "miM0", nil]),
        ([lesion(.prostate), lesion(.prostate, .right)], true, ["miT2m", "miN0", "miN0", "miM0", nil]),
        (
            [Lesion(.prostate, .left, suvMax: 15, diameterMm: 18, isExtracapsular: true)], true,
            ["miT3a", "miN0", "miN0", "miM0", nil]
        ),
        ([lesion(.prostate), lesion(.seminalVesicle)], true, ["miT3b", "miN0", "miN0", "miM0", nil]),
        ([lesion(.prostate), lesion(.rectum, .midline)], true, ["miT4", "miN0", "miN0", "miM0", nil]),
        ([lesion(.prostaticBed, .midline)], false, ["miTr", "miN0", "miN0", "miM0", nil]),
        ([lesion(.externalIliacNode)], true, ["miT0", "miN1", "miN1a", "miM0", nil]),
        ([lesion(.externalIliacNode), lesion(.externalIliacNode)], true, ["miT0", "miN1", "miN1a", "miM0", nil]),
        ([lesion(.externalIliacNode), lesion(.obturatorNode)], true, ["miT0", "miN2", "miN1b", "miM0", nil]),
        (
            [lesion(.externalIliacNode), lesion(.externalIliacNode, .right)], true,
            ["miT0", "miN2", "miN1b", "miM0", nil]
        ),
        ([lesion(.retroperitonealNode, .midline)], true, ["miT0", "miN0", "miN0", "miM1a", nil]),
        ([lesion(.inguinalNode)], true, ["miT0", "miN0", "miN0", "miM1a", nil]),
        ([lesion(.pelvicBone)], true, ["miT0", "miN0", "miN0", "miM1b", "uni"]),
        (
            [lesion(.pelvicBone), lesion(.sacrum, .midline), lesion(.rib)], true,
            ["miT0", "miN0", "miN0", "miM1b", "oligo"]
        ),
        (
            [lesion(.pelvicBone), lesion(.sacrum, .midline), lesion(.rib), lesion(.femur)], true,
            ["miT0", "miN0", "miN0", "miM1b", "diss"]
        ),
        ([lesion(.lung), lesion(.rib)], true, ["miT0", "miN0", "miN0", "miM1c", "uni"]),
    ]

    @Test(arguments: stages.indices) func stageIsThatOfTheLesions(_ row: Int) throws {
        let (lesions, hasProstate, expected) = Self.stages[row]
        let patient = PhantomPatient(seed: 5, disease: .lesions(lesions), hasProstate: hasProstate)
        #expect(patient.drawnLesions.count == lesions.count)
        let stage = try #require(patient.drawnStage)
        #expect([stage.miT, stage.miN, stage.miNV1, stage.miM, stage.miMPattern] == expected)
    }

    @Test func everyLocationOfALesionFindsItsPlace() {
        let nodes = AnatomicalLocation.allCases.filter { $0.group == .lymphNode }
        let bones = AnatomicalLocation.allCases.filter { $0.group == .bone }
        let organs: [AnatomicalLocation] = [.lung, .liver, .adrenalGland, .spleen, .prostate, .seminalVesicle]
        for seed in UInt64(0)..<6 {
            let lesions = (nodes + bones + organs).map { Self.lesion($0, seed.isMultiple(of: 2) ? .left : .right) }
            let patient = PhantomPatient(seed: seed, disease: .lesions(lesions), hasProstate: true)
            let drawn = Set(patient.drawnLesions.map(\.location))
            let missing = lesions.map(\.location).filter { location in
                // The spleen has one side only.
                !drawn.contains(location) && !(location == .spleen && seed % 2 == 1)
                    && !(location == .liver && seed.isMultiple(of: 2))
            }
            #expect(missing.isEmpty, "seed \(seed)")
        }
    }

    @Test func lesionsAreSeenOnTheScan() throws {
        let lesions = [
            Self.lesion(.externalIliacNode), Self.lesion(.pelvicBone, .right), Self.lesion(.prostate, .left),
            Lesion(.rib, .right, suvMax: 5, diameterMm: 10, suspicious: false),
        ]
        let patient = PhantomPatient(seed: 11, disease: .lesions(lesions), hasProstate: true, includesCT: false)
        let study = patient.scan()
        #expect(study.dataSets().ct.isEmpty)
        let truth = study.truth
        #expect(truth.lesions.map(\.location) == [.externalIliacNode, .pelvicBone, .prostate])
        #expect(truth.lesions.map(\.id) == ["L01", "L02", "L03"])
        for lesion in truth.lesions {
            #expect((7...25).contains(lesion.suvMax), "\(lesion.location): \(lesion.suvMax)")
            #expect(lesion.detectable, "\(lesion.location)")
            // A ball of 10 mm has 0.52 ml; bone and capsule may cut a little off, the deformation stretches and squeezes.
            #expect((0.3...0.75).contains(lesion.volumeMl), "\(lesion.location): \(lesion.volumeMl) ml")
        }
        let rib = try #require(truth.sites.last { $0.location == .rib })
        #expect(!rib.suspicious && rib.id.hasPrefix("P"))
        #expect(truth.stage?.miT == "miT2u" && truth.stage?.miN == "miN1" && truth.stage?.miM == "miM1b")
    }

    @Test func typicalCohortHasTheSharesOfPublishedOnes() {
        let stages = (0..<300).compactMap { PhantomPatient(seed: $0).drawnStage }
        func share(_ matches: (PhantomTruth.Stage) -> Bool) -> Double { Double(stages.filter(matches).count) / 300 }
        #expect(stages.count == 300)
        #expect((0.45...0.8).contains(share { $0.miT != "miT0" }))
        #expect((0.25...0.5).contains(share { $0.miN != "miN0" }))
        #expect((0.18...0.4).contains(share { $0.miMPattern != nil }))
        // Scan positivity 67 to 84 % (PMC6211573).
        #expect((0.65...0.95).contains(share { $0.miT != "miT0" || $0.miN != "miN0" || $0.miM != "miM0" }))
    }

    @Test func healthyPatientHasNoLesion() {
        for tracer in Tracer.allCases {
            let patient = PhantomPatient(seed: 3, tracer: tracer, disease: .none)
            #expect(patient.drawnLesions.isEmpty)
            #expect((patient.drawnStage == nil) == (tracer == .f18FDG))
        }
    }

    @Test func prostatectomyLeavesABed() {
        let operated = PhantomPatient(seed: 3, disease: .none, hasProstate: false)
        #expect(operated.drawnSUV(.prostaticBed) > 0 && operated.drawnSUV(.prostate) == 0)
        let recurrences = (0..<200).filter { seed in
            PhantomPatient(seed: seed, hasProstate: false).drawnStage?.miT == "miTr"
        }
        // 27 % of scans for biochemical recurrence (PMC8195586).
        #expect((35...75).contains(recurrences.count))
    }

    @Test func scannedTruthHasTheStageDrawn() {
        #expect(Shared.psma.truth.stage == Shared.psma.patient.drawnStage)
        #expect(Shared.fdg.truth.stage == nil)
    }
}
