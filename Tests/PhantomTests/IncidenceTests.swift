import Anatomy
import Imaging
import Phantom
import Testing

/// How often patients have what docs/science/phantoms.md says they have.
@Suite struct IncidenceTests {
    private static let count = 400
    private static let psma = patients(.ga68PSMA11)
    private static let fdg = patients(.f18FDG)

    private static func patients(_ tracer: Tracer) -> [PhantomPatient] {
        (0..<UInt64(count)).map { PhantomPatient(seed: 900_000 + $0, tracer: tracer) }
    }

    /// A part of the patients is as expected: within four standard deviations, and a little more, as not everything that is
    /// planned finds a place.
    private func expect(
        _ patients: [PhantomPatient], _ expected: Double, _ name: String, _ has: (PhantomPatient) -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let share = Double(patients.count(where: has)) / Double(patients.count)
        let margin = 4 * (expected * (1 - expected) / Double(patients.count)).squareRoot() + 0.1 * expected
        #expect(abs(share - expected) < margin, "\(name): \(share)", sourceLocation: sourceLocation)
    }

    private static func hasPitfall(_ locations: AnatomicalLocation...) -> (PhantomPatient) -> Bool {
        { $0.drawnPitfalls.contains { locations.contains($0.location) } }
    }

    private static func hasLesion(_ locations: AnatomicalLocation...) -> (PhantomPatient) -> Bool {
        { $0.drawnLesions.contains { locations.contains($0.location) } }
    }

    @Test func pitfallsOfPSMA() {
        let shares: [(AnatomicalLocation, Double)] = [
            (.mediastinalNode, 0.07), (.hilarNode, 0.07), (.axillaryNode, 0.05), (.inguinalNode, 0.06),
            (.lung, 0.03), (.thyroid, 0.03), (.muscle, 0.02),
        ]
        for (location, share) in shares {
            expect(Self.psma, share, location.rawValue, Self.hasPitfall(location))
        }
        // Unspecific uptake, worn vertebrae and Paget's disease together.
        let bone = 1 - (1 - 0.25) * (1 - 0.1) * (1 - 0.06) * (1 - 0.015)
        expect(
            Self.psma, bone, "bones", Self.hasPitfall(.rib, .thoracicSpine, .lumbarSpine, .pelvicBone))
        let others = (0..<200).map { PhantomPatient(seed: 910_000 + $0, tracer: .f18PSMA1007) }
        let more = 1 - (1 - 0.65) * (1 - 0.1) * (1 - 0.06) * (1 - 0.015)
        expect(others, more, "bones, 1007", Self.hasPitfall(.rib, .thoracicSpine, .lumbarSpine, .pelvicBone))
    }

    @Test func pitfallsOfFDG() {
        let shares: [(AnatomicalLocation, Double)] = [
            (.hilarNode, 0.1), (.mediastinalNode, 0.1), (.axillaryNode, 0.07), (.cervicalNode, 0.1),
            (.inguinalNode, 0.09), (.rib, 0.07), (.lumbarSpine, 0.12), (.humerus, 0.08), (.colon, 0.06),
            (.thyroid, 0.04), (.parotidGland, 0.025), (.lung, 0.06), (.muscle, 0.04),
        ]
        for (location, share) in shares { expect(Self.fdg, share, location.rawValue, Self.hasPitfall(location)) }
    }

    @Test func gangliaAndUreters() {
        let ganglia = Self.psma.map { $0.drawnSites(.ganglion) }
        // Two each of cervical, coeliac and sacral.
        let mean = Double(ganglia.reduce(0, +)) / Double(Self.count)
        #expect(abs(mean - 2 * (0.92 + 0.89 + 0.46)) < 0.3, "\(mean)")
        #expect(Set(ganglia).count > 3, "patients differ")
        let withUreter = Self.psma.count { $0.drawnSites(.ureter) > 0 }
        #expect(Double(withUreter) / Double(Self.count) > 0.8)
    }

    @Test func whatIsMissing() {
        let patients = Self.psma + Self.fdg
        expect(patients, 0.025, "one kidney", { $0.drawnSites(.kidney) == 1 })
        expect(patients, 0.12, "no gallbladder", { $0.drawnSites(.gallbladder) == 0 })
        expect(patients, 0.01, "no spleen", { $0.drawnSites(.spleen) == 0 })
        expect(Self.psma, 0.34, "no prostate", { !$0.hasProstate })
    }

    @Test func diseaseOfFDG() {
        let nodes: (PhantomPatient) -> Bool = { $0.drawnLesions.contains { $0.location.group == .lymphNode } }
        let bones: (PhantomPatient) -> Bool = { $0.drawnLesions.contains { $0.location.group == .bone } }
        func share(_ has: (PhantomPatient) -> Bool) -> Double {
            Double(Self.fdg.count(where: has)) / Double(Self.count)
        }
        // Cancer of the lung and metastases there.
        #expect((0.3...0.6).contains(share(Self.hasLesion(.lung))))
        #expect((0.12...0.35).contains(share(Self.hasLesion(.liver))))
        #expect((0.08...0.25).contains(share(Self.hasLesion(.muscle))))
        #expect((0.4...0.8).contains(share(nodes)))
        #expect((0.08...0.3).contains(share(bones)))
        #expect((0.03...0.25).contains(share { $0.drawnLesions.isEmpty }))
    }

    @Test func someHaveDisseminatedMarrow() {
        let diffuse = Self.psma.count { $0.drawnStage?.miMPattern == "dmi" }
        #expect((1...40).contains(diffuse), "\(diffuse)")
    }
}
