import Anatomy
import DICOM
import Foundation
import Imaging
import Phantom
import Testing

@Suite struct PhantomStudyTests {
    @Test func sameSeedGivesTheSameVoxels() {
        let again = PhantomPatient(seed: 42).scan()
        #expect(again.pet.voxels == Shared.psma.pet.voxels)
        #expect(again.ct.voxels == Shared.psma.ct.voxels)
        #expect(again.truth == Shared.psma.truth)
        #expect(again.identity.studyInstanceUID == Shared.psma.identity.studyInstanceUID)
        #expect(again.petDataSet(slice: 10) == Shared.psma.petDataSet(slice: 10))
    }

    @Test func anotherSeedIsAnotherPatient() {
        let other = PhantomPatient(seed: 43)
        let patient = Shared.psma.patient
        #expect(other.weightKg != patient.weightKg)
        #expect(other.drawnSUV(.liver) != patient.drawnSUV(.liver))
        #expect(Shared.fdg.pet.voxels != Shared.psma.pet.voxels)
        #expect(Shared.fdg.identity.frameOfReferenceUID != Shared.psma.identity.frameOfReferenceUID)
    }

    @Test func everySiteLiesInTheBodyWhereItsLabelSays() {
        for study in [Shared.psma, Shared.fdg] {
            let geometry = study.pet.geometry
            #expect(study.truth.labels.count == geometry.count)
            for (index, site) in study.truth.sites.enumerated() {
                let (i, j, k) = geometry.fractionalVoxel(at: site.centroid)
                let voxel = geometry.index(Int(i.rounded()), Int(j.rounded()), Int(k.rounded()))
                #expect(Int(study.truth.labels[voxel]) == index + 1, "\(site.id) \(site.location)")
                #expect(site.volumeMl > 0 && site.suvMax > 0)
            }
        }
    }

    @Test func pairedOrgansLieOnTheirSide() {
        for site in Shared.psma.truth.sites where site.laterality != .midline && site.location != .colon {
            // Iliac nodes of one side may come near the midline, nothing crosses it by far.
            let x = site.laterality == .left ? site.centroid.x : -site.centroid.x
            #expect(x > -4, "\(site.id) \(site.location) \(site.laterality)")
        }
    }

    @Test func organsHaveTheSizeOfOrgans() {
        let ranges: [(AnatomicalLocation, ClosedRange<Double>)] = [
            (.liver, 900...2600), (.spleen, 70...450), (.kidney, 100...300), (.prostate, 10...90),
            (.urinaryBladder, 25...260), (.lung, 1000...3600), (.brain, 1100...1900), (.parotidGland, 8...45),
            (.lacrimalGland, 0.2...1.2), (.heart, 350...1000),
        ]
        for (location, range) in ranges {
            let sites = Shared.psma.truth.sites.filter { $0.location == location && !$0.suspicious }
            #expect(!sites.isEmpty, "\(location)")
            for site in sites { #expect(range.contains(site.volumeMl), "\(site.location): \(site.volumeMl) ml") }
        }
    }

    @Test func computedTomographyShowsTissues() {
        let (study, geometry) = (Shared.psma, Shared.psma.pet.geometry)
        func median(_ location: AnatomicalLocation) -> Float {
            let sites = Set(
                study.truth.sites.indices.filter { study.truth.sites[$0].location == location }.map { $0 + 1 })
            let values = study.truth.labels.indices.lazy.filter { sites.contains(Int(study.truth.labels[$0])) }
                .compactMap { study.ct.value(at: geometry.point(at: $0)) }.sorted()
            return values[values.count / 2]
        }
        #expect((40...80).contains(median(.liver)))
        #expect((-850...(-700)).contains(median(.lung)))
        #expect(median(.femur) > 200)
        #expect((40...70).contains(median(.muscle)))
        #expect(study.ct.voxels.min()! >= -1024)
    }

    @Test func tomographiesCoverEachOther() {
        let (pet, ct) = (Shared.psma.pet.geometry, Shared.psma.ct.geometry)
        #expect(ct.slicePositions.first! <= pet.slicePositions.first!)
        #expect(ct.slicePositions.last! >= pet.slicePositions.last!)
        #expect(ct.frameOfReferenceUID == pet.frameOfReferenceUID)
    }
}
