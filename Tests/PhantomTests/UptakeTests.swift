import Anatomy
import Imaging
import Phantom
import Testing

@Suite struct UptakeTests {
    /// Mean over patients against the tables of `method.md` section 3, within a share of the mean.
    @Test(arguments: [
        (Tracer.ga68PSMA11, AnatomicalLocation.liver, 5.4), (.ga68PSMA11, .spleen, 8.1),
        (.ga68PSMA11, .parotidGland, 16),
        (.ga68PSMA11, .bloodVessel, 1.5), (.ga68PSMA11, .prostate, 2.4), (.ga68PSMA11, .muscle, 0.5),
        (.f18PSMA1007, .liver, 11.7), (.f18FDG, .liver, 1.95), (.f18FDG, .brain, 9.5), (.f18FDG, .bloodVessel, 1.5),
    ])
    func meanOverPatientsIsThatOfTheTable(_ tracer: Tracer, _ location: AnatomicalLocation, _ mean: Double) {
        let values = (0..<150).map { seed in
            PhantomPatient(seed: seed, tracer: tracer, disease: .none, hasProstate: true).drawnSUV(location)
        }
        #expect(abs(values.reduce(0, +) / 150 / mean - 1) < 0.12)
        #expect(values.max()! > values.min()! * 1.2)
    }

    /// SUVmax on the noisy PET within three standard deviations of what scanners show (PubMed 28481787; ganglia 2018).
    @Test func maximaAreThoseOfScanners() {
        let ranges: [(AnatomicalLocation, ClosedRange<Double>)] = [
            (.lacrimalGland, 3...37), (.parotidGland, 8...49), (.submandibularGland, 8...48), (.kidney, 20...143),
            (.spleen, 3...26), (.urinaryBladder, 3...140), (.ganglion, 0.7...6.4),
        ]
        for (location, range) in ranges {
            for site in Shared.psma.truth.sites where site.location == location && !site.suspicious {
                #expect(range.contains(site.suvMax), "\(site.id) \(location): \(site.suvMax)")
            }
        }
    }

    @Test func liverMeanSurvivesTheScannerAndNoiseIsThere() {
        let (study, geometry) = (Shared.psma, Shared.psma.pet.geometry)
        let liver = study.truth.sites.firstIndex { $0.location == .liver }!
        // Voxels whose neighbourhood of five steps is all liver are free of spill.
        func isDeep(_ index: Int) -> Bool {
            let (i, j, k) = geometry.voxel(at: index)
            return [(-4, 0, 0), (4, 0, 0), (0, -4, 0), (0, 4, 0), (0, 0, -5), (0, 0, 5)].allSatisfy {
                Int(study.truth.labels[geometry.index(i + $0.0, j + $0.1, k + $0.2)]) == liver + 1
            }
        }
        let values = study.truth.labels.indices.filter { Int(study.truth.labels[$0]) == liver + 1 && isDeep($0) }
            .map { Double(study.pet.voxels[$0]) }
        let mean = values.reduce(0, +) / Double(values.count)
        let sd = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)).squareRoot()
        #expect(values.count > 500)
        #expect(abs(mean / study.truth.reference.liver - 1) < 0.02)
        #expect((0.05...0.25).contains(sd / mean))
    }

    @Test func referenceOrgansAreInOrder() {
        let reference = Shared.psma.truth.reference
        #expect(reference.bloodPool < reference.liver && reference.liver < reference.parotid)
    }
}
