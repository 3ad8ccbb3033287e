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

    @Test(arguments: [(1.6, 2.4), (0.5, 1.5), (3.0, 4.0)])
    func itGoesByTheBloodPool(_ values: (mean: Double, floor: Double)) {
        for tracer in Tracer.allCases {
            let found = floor(tracer, pool: region(values.mean, 0.3), liver: region(90, 9))
            #expect(abs(found.suv - values.floor) < 1e-12)
            #expect(found.derivation == "1.5 x mean of blood pool, kept within 1.5 to 4")
        }
    }

    @Test(arguments: [(2.0, 2.3), (1.0, 1.5), (4.0, 4.0)])
    func withoutABloodPoolThatOfGlucoseGoesByTheLiver(_ values: (mean: Double, floor: Double)) {
        let found = floor(.f18FDG, pool: nil, liver: region(values.mean, 0.3))
        #expect(abs(found.suv - values.floor) < 1e-12)
        #expect(found.derivation == "1.15 x mean of liver, kept within 1.5 to 4")
    }

    @Test func withoutTheOrganItIsFixed() {
        #expect(floor(.ga68PSMA11, pool: nil, liver: region(5, 1)).suv == 2)
        #expect(floor(.ga68PSMA11, pool: nil, liver: nil).derivation == "fixed, blood pool not found")
        #expect(floor(.f18FDG, pool: nil, liver: nil).suv == 2)
        #expect(floor(.f18FDG, pool: nil, liver: nil).derivation == "fixed, liver not found")
    }
}
