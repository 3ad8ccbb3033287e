import Anatomy
import Classification
import Detection
import Foundation
import Imaging
import Phantom
import Testing
import Training

/// Patients known by their lesions and by what was said of their foci.
private enum Judged {
    struct Focus {
        var probability: Double
        var said: AnatomicalLocation
        /// The lesion it belongs to; nil for none.
        var lesion: String?
        var location: AnatomicalLocation
        var laterality = Laterality.left
    }

    static func lesion(
        _ id: String, _ location: AnatomicalLocation, isDetectable: Bool = true
    ) -> TrainingPatient.Truth.Lesion {
        .init(
            id: id, location: location, laterality: .left, suvMax: 8, volumeMl: 1, isDetectable: isDetectable,
            isFound: true)
    }

    /// - Parameter stage: miN and miM as drawn.
    static func result(
        _ foci: [Focus], _ lesions: [TrainingPatient.Truth.Lesion], stage: (miN: String, miM: String),
        points: OperatingPoints = OperatingPoints(everywhere: 0.5)
    ) throws -> PatientResult {
        let size = ByteGrid.Size(x: 1, y: 1, z: 1)
        let grid = ByteGrid(size: size, spacing: 5, origin: .zero, pet: [0], ct: [0])
        let figures = FocusFeatures(values: FocusFeatures.names.map { _ in 0 })
        var truth = TrainingPatient.Truth(detectable: lesions.count, found: lesions.count)
        truth.lesions = lesions
        truth.stage = try JSONDecoder().decode(
            PhantomTruth.Stage.self,
            from: Data(#"{"miT": "miT0", "miN": "\#(stage.miN)", "miNV1": "miN0", "miM": "\#(stage.miM)"}"#.utf8))
        let patient = TrainingPatient(
            name: "a",
            view: ScanView(
                near: grid, wide: grid, overview: grid, reference: 1, tracer: .ga68PSMA11,
                foci: foci.map { _ in FocusView(middle: .zero, cells: [], features: figures) }),
            foci: foci.indices.map {
                CandidateFocus(
                    id: $0 + 1, voxels: [], peakVoxel: 0, centroid: .zero, suvMax: 8, suvMean: 5, suvPeak: 6,
                    volumeMl: 1,
                    totalUptake: 5)
            },
            labels: foci.map {
                FocusLabel(
                    suspicious: $0.lesion != nil, location: $0.location, laterality: $0.laterality, lesion: $0.lesion)
            }, midline: 0, truth: truth)
        let verdicts = foci.map {
            Verdict(
                suspiciousProbability: $0.probability, suspicious: false, location: $0.said, laterality: .left,
                locationProbability: 1)
        }
        return PatientResult(patient, verdicts: verdicts, points)
    }
}

@Suite struct StageErrorTests {
    @Test func whatBecameOfTheLesionsThatAStageLacks() throws {
        let node = AnatomicalLocation.internalIliacNode
        let cases: [(cause: String, focus: Judged.Focus?, isDetectable: Bool)] = [
            ("cannot be seen", nil, false),
            ("can be seen, but is no candidate", nil, true),
            (
                "a candidate, below the operating point",
                .init(probability: 0.3, said: node, lesion: "L01", location: node), true
            ),
            (
                "called suspicious, placed elsewhere",
                .init(probability: 0.9, said: .ureter, lesion: "L01", location: node), true
            ),
        ]
        for (cause, focus, isDetectable) in cases {
            let result = try Judged.result(
                focus.map { [$0] } ?? [], [Judged.lesion("L01", node, isDetectable: isDetectable)],
                stage: ("miN1", "miM0"))
            #expect(result.stage?.miN == "miN0")
            #expect(StageErrors([result], .miN).tooLow == [cause: 1])
            #expect(StageErrors([result], .miM).tooLow.isEmpty)
        }
    }

    @Test func lesionByLesion() throws {
        func lesion(_ location: AnatomicalLocation, ml: Double, isFound: Bool) -> TrainingPatient.Truth.Lesion {
            .init(
                id: "L", location: location, laterality: .midline, suvMax: 5, volumeMl: ml, isDetectable: true,
                isFound: isFound)
        }
        let result = try Judged.result(
            [
                .init(probability: 0.9, said: .rib, lesion: nil, location: .rib),
                .init(probability: 0.9, said: .rib, lesion: "L", location: .rib),
            ],
            [
                lesion(.rib, ml: 0.2, isFound: false), lesion(.rib, ml: 0.2, isFound: true),
                lesion(.rib, ml: 2, isFound: true), lesion(.internalIliacNode, ml: 0.3, isFound: false),
            ], stage: ("miN0", "miM1b"))
        let errors = LesionErrors([result])
        func counts(_ group: AnatomicalLocation.Group) -> [[Int]]? {
            errors.seen[group]?.map { [$0.missed, $0.all] }
        }
        #expect(counts(.bone) == [[1, 2], [0, 0], [0, 1]])
        #expect(counts(.lymphNode) == [[0, 0], [1, 1], [0, 0]])
        #expect(errors.falsely == [AnatomicalLocation.rib.displayName: 1])
        #expect(errors.text.contains("bones: 1 of 2 below 0.3 ml, 0 of 0 0.3 to 1 ml, 0 of 1 from 1 ml"))
    }

    @Test func whatTheFociAreThatAStageHasTooMany() throws {
        let rib = try Judged.result(
            [.init(probability: 0.9, said: .rib, lesion: nil, location: .rib)], [], stage: ("miN0", "miM0"))
        #expect(rib.stage?.miM == "miM1b")
        #expect(StageErrors([rib, rib], .miM).tooHigh == ["no disease (\(AnatomicalLocation.rib.displayName))": 2])
        let node = try Judged.result(
            [.init(probability: 0.9, said: .internalIliacNode, lesion: "L01", location: .retroperitonealNode)],
            [Judged.lesion("L01", .retroperitonealNode)], stage: ("miN0", "miM1a"))
        let place = AnatomicalLocation.retroperitonealNode.displayName
        #expect(StageErrors([node], .miN).tooHigh == ["a lesion placed elsewhere (\(place))": 1])
        let text = StageErrors([rib, node], .miM).text
        #expect(text.contains("too low: 1 patients") && text.contains("1  called suspicious, placed elsewhere"))
    }

    @Test func rightStagesHaveNoCause() throws {
        let right = try Judged.result(
            [.init(probability: 0.9, said: .internalIliacNode, lesion: "L01", location: .internalIliacNode)],
            [Judged.lesion("L01", .internalIliacNode)], stage: ("miN1", "miM0"))
        for part in StageErrors.Part.allCases {
            #expect(StageErrors([right], part).tooLow.isEmpty && StageErrors([right], part).tooHigh.isEmpty)
        }
    }
}

@Suite struct OperatingPointFitTests {
    /// Twelve patients with a node each at 0.3 and twelve with a ureter at 0.2; bones at 0.8, and benign ones at 0.6.
    private static func results() throws -> [PatientResult] {
        try (0..<24).map { number in
            let isDiseased = number < 12
            let node = Judged.Focus(
                probability: isDiseased ? 0.3 : 0.2, said: .internalIliacNode, lesion: isDiseased ? "L01" : nil,
                location: isDiseased ? .internalIliacNode : .ureter)
            let bone = Judged.Focus(
                probability: isDiseased ? 0.8 : 0.6, said: .rib, lesion: isDiseased ? "L02" : nil, location: .rib)
            return try Judged.result(
                [node, bone],
                isDiseased ? [Judged.lesion("L01", .internalIliacNode), Judged.lesion("L02", .rib)] : [],
                stage: isDiseased ? ("miN1", "miM1b") : ("miN0", "miM0"))
        }
    }

    @Test func eachGroupHasThePointThatItsPresenceTurnsOn() throws {
        let points = OperatingPoints.fit(try Self.results())
        #expect(points.lymphNode.first > 0.2 && points.lymphNode.first <= 0.3)
        #expect(points.bone.first > 0.6 && points.bone.first <= 0.8)
        for point in [points.organ, points.lymphNode, points.bone] { #expect(point.further <= point.first) }
    }

    /// Faint metastases beside a plain one count; where there is no plain one, as faint ones are benign.
    @Test func furtherFociNeedLessThanTheFirst() throws {
        let results = try (0..<24).map { number in
            let isDiseased = number < 12
            let faint = Judged.Focus(
                probability: 0.4, said: .rib, lesion: isDiseased ? "L02" : nil, location: .rib)
            let plain = Judged.Focus(
                probability: isDiseased ? 0.9 : 0.1, said: .rib, lesion: isDiseased ? "L01" : nil, location: .rib)
            return try Judged.result(
                [plain, faint], isDiseased ? [Judged.lesion("L01", .rib), Judged.lesion("L02", .rib)] : [],
                stage: isDiseased ? ("miN0", "miM1b") : ("miN0", "miM0"))
        }
        let points = OperatingPoints.fit(results)
        #expect(points.bone.first > 0.4 && points.bone.first <= 0.9)
        #expect(points.bone.further <= 0.4)
    }

    /// A patient with a hundred faint metastases counts no more than one with two.
    @Test func furtherFociAreWeighedByPatientsNotByFoci() throws {
        let results = try (0..<25).map { number in
            let isDiseased = number > 11
            let first = Judged.Focus(
                probability: isDiseased ? 0.9 : 0.1, said: .rib, lesion: isDiseased ? "L01" : nil, location: .rib)
            let benign = Judged.Focus(probability: 0.3, said: .rib, lesion: nil, location: .rib)
            let faint = (2...(number == 24 ? 101 : 2)).map {
                Judged.Focus(
                    probability: number == 24 ? 0.2 : 0.6, said: .rib, lesion: isDiseased ? "L\($0)" : nil,
                    location: .rib)
            }
            let lesions = (1...(number == 24 ? 101 : 2)).map { Judged.lesion($0 == 1 ? "L01" : "L\($0)", .rib) }
            return try Judged.result(
                [first, benign] + faint, isDiseased ? lesions : [],
                stage: isDiseased ? ("miN0", "miM1b") : ("miN0", "miM0"))
        }
        let further = OperatingPoints.fit(results).bone.further
        #expect(further > 0.3 && further <= 0.6, "\(further)")
    }

    /// What is more probably disease than not among all foci need not be so where it is the highest of a patient's.
    @Test func aFirstFocusMayNeedMoreThanOneHalf() throws {
        let results = try (0..<40).map { number in
            let isDiseased = number < 12
            let focus = Judged.Focus(
                probability: isDiseased ? 0.95 : 0.7, said: .rib, lesion: isDiseased ? "L01" : nil, location: .rib)
            return try Judged.result(
                [focus], isDiseased ? [Judged.lesion("L01", .rib)] : [],
                stage: isDiseased ? ("miN0", "miM1b") : ("miN0", "miM0"))
        }
        #expect(OperatingPoints.fit(results).bone.first > 0.7)
    }

    @Test func fewPatientsShareOnePoint() throws {
        let few = try Self.results()[9..<15]
        let points = OperatingPoints.fit(Array(few))
        #expect(points.lymphNode == points.bone && points.bone == points.organ)
    }

    @Test func nothingKnownIsOneHalf() {
        #expect(OperatingPoints.fit([]) == OperatingPoints(everywhere: 0.5))
    }
}
