import Detection
import Imaging
import Testing

@Suite struct UptakeFloorTests {
    private func region(_ mean: Double, _ deviation: Double) -> ReferenceUptake.Region {
        .init(suvMean: mean, suvSD: deviation, volumeMl: 5, centre: .zero)
    }

    private func floor(_ tracer: Tracer, pool: ReferenceUptake.Region?, liver: ReferenceUptake.Region?) -> UptakeFloor {
        UptakeFloor(
            tracer: tracer, reference: ReferenceUptake(bloodPool: pool, liver: liver, parotid: nil, spleen: nil))
    }

    @Test(arguments: [(1.6, 0.3, 3.0), (0.5, 0.1, 2.0), (3.0, 0.5, 4.0)])
    func psmaGoesByTheBloodPool(_ values: (mean: Double, deviation: Double, floor: Double)) {
        let found = floor(.ga68PSMA11, pool: region(values.mean, values.deviation), liver: region(90, 9))
        #expect(abs(found.suv - values.floor) < 1e-12)
        #expect(found.derivation == "1.5 x mean + 2 SD of blood pool, kept within 2 to 4")
    }

    @Test(arguments: [(2.0, 0.3, 3.0), (1.0, 0.1, 2.0), (4.0, 0.5, 4.0)])
    func glucoseGoesByTheLiver(_ values: (mean: Double, deviation: Double, floor: Double)) {
        let found = floor(.f18FDG, pool: region(90, 9), liver: region(values.mean, values.deviation))
        #expect(abs(found.suv - values.floor) < 1e-12)
        #expect(found.derivation.contains("liver"))
    }

    @Test func withoutTheOrganItIsFixed() {
        #expect(floor(.ga68PSMA11, pool: nil, liver: region(5, 1)).suv == 2.5)
        #expect(floor(.f18FDG, pool: region(2, 0.2), liver: nil).suv == 2.5)
        #expect(floor(.f18FDG, pool: nil, liver: nil).derivation == "fixed, liver not found")
    }
}
