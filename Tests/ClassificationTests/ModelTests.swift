import Anatomy
import Classification
import DICOM
import Detection
import Foundation
import Imaging
import Testing

@Suite struct ModelTests {
    /// A model that names one location, and judges by the logarithm of SUVmax alone.
    private func parameters(
        _ locations: [AnatomicalLocation] = [.liver], favourite: Int = 0
    ) -> ProvisionalModel.Parameters {
        let count = FocusFeatures.names.count
        var suspicion = [Float](repeating: 0, count: count + 1)
        suspicion[0] = 2
        return ProvisionalModel.Parameters(
            version: "1", trainedBy: "test", means: [Double](repeating: 0, count: count),
            deviations: [Double](repeating: 1, count: count), directionSeed: 1, directionCount: 0, directionScale: 1,
            locations: locations,
            locationWeights: locations.indices.map {
                [Float](repeating: 0, count: count) + [$0 == favourite ? 3 : 0]
            },
            suspicionWeights: suspicion, operatingPoint: 0.5)
    }

    private func folder(_ write: (URL) throws -> Void, then body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("model-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(folder.appendingPathComponent("model.json"))
        try body(folder)
    }

    // MARK: Bundles

    @Test func aBundleIsKnownByItsDigest() throws {
        let data = try JSONEncoder().encode(parameters())
        try folder({ try data.write(to: $0) }) { folder in
            let identity = try ModelBundle.load(folder).identity
            #expect(identity.name == "provisional-logistic")
            #expect(identity.version == "1")
            #expect(identity.sha256 == SHA256Digest(of: Array(data)).description)
            #expect(identity.sha256.count == 64)
        }
        // One more blank is another model.
        try folder({ try (data + Data(" ".utf8)).write(to: $0) }) { folder in
            let identity = try ModelBundle.load(folder).identity
            #expect(identity.sha256 != SHA256Digest(of: Array(data)).description)
        }
    }

    @Test func theShippedModelLoads() throws {
        let model = try ModelBundle.shipped()
        #expect(model.identity.name == "provisional-logistic")
        #expect(model.identity.sha256.allSatisfy { $0.isHexDigit })
    }

    @Test func aMissingBundleIsNamed() throws {
        let nowhere = URL(fileURLWithPath: "/nonexistent/model")
        #expect(throws: ModelError.missing(path: "/nonexistent/model/model.json")) { try ModelBundle.load(nowhere) }
        #expect(ModelError.missing(path: "x").description.contains("--model"))
    }

    @Test(arguments: ["", "{", "[]", "{\"name\":\"provisional-logistic\"}", "\u{0}\u{1}"])
    func whatIsNoModelIsRefused(_ text: String) throws {
        try folder({ try Data(text.utf8).write(to: $0) }) { folder in
            #expect(throws: ModelError.self) { try ModelBundle.load(folder) }
        }
    }

    /// What may be wrong with a model's numbers, and a word of the complaint.
    private static let damages: [(word: String, change: @Sendable (inout ProvisionalModel.Parameters) -> Void)] = [
        ("unknown model", { $0.name = "other" }),
        ("features", { $0.features.swapAt(0, 1) }),
        ("features", { $0.features.removeLast() }),
        ("scale", { $0.means.removeLast() }),
        ("scale", { $0.means[3] = .nan }),
        ("scale", { $0.deviations[0] = 0 }),
        ("scale", { $0.deviations[0] = -1 }),
        ("scale", { $0.deviations[0] = .infinity }),
        ("directions", { $0.directionCount = -1 }),
        ("directions", { $0.directionCount = .max }),
        ("directions", { $0.directionScale = .nan }),
        ("weights", { $0.directionCount = 1 }),
        ("weights", { $0.locations = [] }),
        ("weights", { $0.locations = [.liver, .liver] }),
        ("weights", { $0.locationWeights.append($0.locationWeights[0]) }),
        ("weights", { $0.locationWeights[0].removeLast() }),
        ("weights", { $0.locationWeights[0][2] = .nan }),
        ("weights", { $0.suspicionWeights.append(0) }),
        ("weights", { $0.suspicionWeights[1] = .infinity }),
        ("operating point", { $0.operatingPoint = 1.5 }),
        ("operating point", { $0.operatingPoint = .nan }),
    ]

    @Test(arguments: damages.indices) func damagedNumbersAreRefused(_ index: Int) {
        let (word, change) = Self.damages[index]
        var damaged = parameters()
        change(&damaged)
        do throws(ModelError) {
            _ = try ProvisionalModel(parameters: damaged, sha256: "")
            Issue.record("accepted")
        } catch {
            #expect(error.description.contains(word), "\(error)")
            #expect(error.description.hasPrefix("the model bundle is refused"))
        }
    }

    // MARK: Judging

    @Test func everyFocusIsJudgedInOrder() throws {
        let model = try ModelBundle.shipped()
        for scan in [Shared.scan, Shared.withoutCT] {
            let judged = model.classify(Shared.uptake, in: scan)
            #expect(judged.map(\.focus) == Shared.uptake.foci)
            for focus in judged {
                #expect((0...1).contains(focus.verdict.suspiciousProbability))
                #expect((0...1).contains(focus.verdict.locationProbability))
                #expect(focus.verdict.suspicious == (focus.verdict.suspiciousProbability >= 0.5))
            }
            #expect(model.classify(Shared.uptake, in: scan) == judged, "the same again")
        }
    }

    @Test func probabilityFollowsTheWeights() throws {
        let model = try ProvisionalModel(parameters: parameters(), sha256: "")
        for focus in model.classify(Shared.uptake, in: Shared.scan) {
            // Features beyond four deviations count as four.
            let score = 2 * min(log(focus.focus.suvMax), 4)
            #expect(abs(focus.verdict.suspiciousProbability - 1 / (1 + exp(-score))) < 1e-5)
            #expect(focus.verdict.locationProbability == 1)
        }
    }

    @Test func theHighestScoreNamesTheLocation() throws {
        let model = try ProvisionalModel(
            parameters: parameters([.liver, .spleen, .rib], favourite: 2), sha256: "")
        let verdict = try #require(model.classify(Shared.uptake, in: Shared.scan).first).verdict
        #expect(verdict.location == .rib)
        #expect(abs(verdict.locationProbability - exp(3) / (exp(3) + 2)) < 1e-6)
    }

    @Test func sidesAreThePatients() throws {
        for (location, side) in [
            (AnatomicalLocation.rib, [Laterality.left, .right, .left]), (.liver, [.left, .right, .midline]),
        ] {
            let model = try ProvisionalModel(parameters: parameters([location]), sha256: "")
            let found = try [40.0, -40, 4].map { x in
                let scan = spot(at: PatientPoint(x, 0, 24), in: grid(32, slices: 12))
                let judged = model.classify(FocusDetection().detect(in: scan), in: scan)
                return try #require(judged.first).verdict.laterality
            }
            #expect(found == side)
        }
    }

    @Test func randomDirectionsComeFromTheSeed() {
        let count = FocusFeatures.names.count
        let features = FocusFeatures(values: (0..<count).map { Double($0) / 10 })
        func transform(_ seed: UInt64) -> [Float] {
            FeatureTransform(
                means: [Double](repeating: 1, count: count), deviations: [Double](repeating: 2, count: count),
                seed: seed, count: 16, scale: 0.5)(features)
        }
        #expect(transform(1).count == count + 16)
        #expect(transform(1) == transform(1))
        #expect(transform(1).prefix(count) == transform(2).prefix(count))
        #expect(transform(1).suffix(16) != transform(2).suffix(16))
        #expect(transform(1)[0] == -0.5)
        #expect(transform(1).suffix(16).allSatisfy { abs($0) <= 1 })
    }
}
