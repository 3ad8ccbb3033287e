import Anatomy
import Detection
import Foundation
import Imaging
import Phantom
import Testing

@Suite struct PhantomDetectionTests {
    // MARK: Reference organs

    @Test(arguments: Scanned.all.indices) func referenceOrgansHaveTheUptakeDrawn(_ index: Int) throws {
        let scanned = Scanned.all[index]
        let (found, truth) = (scanned.uptake.reference, scanned.truth.reference)
        let pool = try #require(found.bloodPool)
        let liver = try #require(found.liver)
        let spleen = try #require(found.spleen)
        #expect(abs(pool.suvMean / truth.bloodPool - 1) < 0.2)
        #expect(abs(liver.suvMean / truth.liver - 1) < 0.1)
        #expect(abs(spleen.suvMean / truth.spleen - 1) < 0.15)
        if scanned.scan.tracer.target == .psma {
            // Above half of its maximum a small gland is about its mean, less what the point spread takes.
            let parotid = try #require(found.parotid)
            #expect((0.65...1.15).contains(parotid.suvMean / truth.parotid))
        } else {
            #expect(found.parotid == nil)
        }
    }

    @Test(arguments: Scanned.all.indices) func referenceRegionsLieInTheirOrgans(_ index: Int) throws {
        let scanned = Scanned.all[index]
        let (geometry, found) = (scanned.scan.pet.geometry, scanned.uptake.reference)
        func location(_ region: ReferenceUptake.Region?) throws -> AnatomicalLocation? {
            let (i, j, k) = geometry.fractionalVoxel(at: try #require(region).centre)
            return scanned.truth.site(atVoxel: geometry.index(Int(i.rounded()), Int(j.rounded()), Int(k.rounded())))?
                .location
        }
        #expect(try location(found.liver) == .liver)
        #expect(try location(found.spleen) == .spleen)
        #expect(try location(found.bloodPool) == .bloodVessel)
        // Spheres of 3 and 2 cm.
        #expect(abs(found.liver!.volumeMl - 14.1) < 1.5)
        #expect(abs(found.spleen!.volumeMl - 4.2) < 1)
    }

    @Test func withoutCTThereIsNoBloodPoolButALiver() throws {
        for scanned in [Scanned.psma[0], Scanned.glucose[0]] {
            let scan = ScanVolumes(pet: scanned.scan.pet, ct: nil, tracer: scanned.scan.tracer)
            let found = FocusDetection().detect(in: scan)
            #expect(found.reference.bloodPool == nil)
            #expect(found.landmarks.lungs == nil)
            let liver = try #require(found.reference.liver)
            #expect(abs(liver.suvMean / scanned.truth.reference.liver - 1) < 0.15)
        }
    }

    @Test func organsOutOfViewAreNotFound() {
        let scanned = Scanned.psma[0]
        // The lowest third: thighs and pelvis.
        let range = 0..<scanned.scan.pet.geometry.slices / 3
        let found = FocusDetection().detect(in: scanned.scan.mapped({ $0.slices(range) }, { $0.slices(range) }))
        #expect(found.reference == ReferenceUptake(bloodPool: nil, liver: nil, parotid: nil, spleen: nil))
        #expect(found.floor.suv == 2)
        #expect(!found.foci.isEmpty)
    }

    // MARK: Landmarks

    @Test(arguments: Scanned.all.indices) func landmarksFollowTheBody(_ index: Int) throws {
        let scanned = Scanned.all[index]
        let (landmarks, geometry) = (scanned.uptake.landmarks, scanned.scan.pet.geometry)
        let lungs = try #require(landmarks.lungs)
        let drawn = scanned.truth.labels.indices.filter { scanned.truth.site(atVoxel: $0)?.location == .lung }
            .map { geometry.point(at: $0).z }
        // The recesses beside the diaphragm are too thin for blocks of 8 mm.
        #expect((0...50).contains(lungs.lowerBound - drawn.min()!))
        // Where its blocks fall well the windpipe counts as lung, up to the larynx (docs/science/detection.md, Limits).
        #expect((-25...95).contains(lungs.upperBound - drawn.max()!))
        #expect(landmarks.bottom < lungs.lowerBound && lungs.upperBound < landmarks.top)
        #expect(abs(landmarks.midline) < 15)
        #expect(abs(landmarks.trunkLevel(lungs.lowerBound) - 1) < 1e-9)
        #expect(abs(landmarks.trunkLevel(lungs.upperBound) - 2) < 1e-9)
    }

    /// Of stout men the thighs touch as far down as the scan goes.
    @Test func thePerineumIsWhereTheThighsPart() throws {
        let found = Scanned.all.filter { $0.uptake.landmarks.perineum != nil }
        #expect(found.count >= 2)
        for scanned in found {
            let (landmarks, geometry) = (scanned.uptake.landmarks, scanned.scan.pet.geometry)
            let perineum = try #require(landmarks.perineum)
            let bladder = try #require(scanned.truth.sites.first { $0.location == .urinaryBladder }).centroid.z
            #expect((60...270).contains(bladder - perineum))
            #expect(perineum > geometry.sliceOrigins[0].z)
            #expect(abs(landmarks.trunkLevel(perineum)) < 1e-9)
        }
    }

    @Test func theTableIsNotTheBody() {
        for scanned in Scanned.all {
            let inside = scanned.uptake.body.isInside
            let strangers = inside.indices.count { inside[$0] && scanned.truth.labels[$0] == 0 }
            let missing = inside.indices.count { !inside[$0] && scanned.truth.labels[$0] != 0 }
            let drawn = scanned.truth.labels.count { $0 != 0 }
            // The outline's own voxels may go either way.
            #expect(strangers * 25 < drawn, "\(strangers) of \(drawn)")
            #expect(missing * 25 < drawn, "\(missing) of \(drawn)")
        }
    }

    @Test func theAverageManStandsInForLandmarksOutOfView() {
        let pet = Volume<SUVbw>(geometry: grid(20, 20, 20, spacing: 8), repeating: 1)
        let body = BodyMask(pet: pet, ct: nil)
        let landmarks = BodyLandmarks(
            grid: BlockGrid(pet: pet, ct: nil, body: body), body: body, geometry: pet.geometry)
        #expect((landmarks.bottom, landmarks.top) == (0, 152))
        #expect(landmarks.midline == 80)
        // 15 cm above the lowest level in view, 37 cm to the lungs, 25 cm of lungs.
        #expect(abs(landmarks.trunkLevel(150)) < 1e-9)
        #expect(abs(landmarks.trunkLevel(520) - 1) < 1e-9)
        #expect(abs(landmarks.trunkLevel(770) - 2) < 1e-9)
    }

    // MARK: Foci

    @Test(arguments: Scanned.all.indices) func fociHaveTheFiguresOfTheirVoxels(_ index: Int) {
        let scanned = Scanned.all[index]
        let uptake = scanned.uptake
        for focus in uptake.foci {
            check(focus, scanned.scan.pet)
            #expect(focus.suvMax >= uptake.floor.suv)
            #expect(focus.volumeMl >= 0.1)
            let limit = max(uptake.floor.suv, 0.45 * focus.suvMax)
            #expect(focus.voxels.allSatisfy { Double(scanned.scan.pet.voxels[Int($0)]) >= limit - 1e-4 })
            #expect(focus.voxels.allSatisfy { uptake.body.isInside[Int($0)] })
        }
        #expect(uptake.foci.map(\.id) == Array(1...uptake.foci.count))
        #expect(uptake.foci.map(\.suvMax) == uptake.foci.map(\.suvMax).sorted(by: >))
        let voxels = uptake.foci.flatMap(\.voxels)
        #expect(Set(voxels).count == voxels.count, "foci share no voxel")
    }

    @Test func detectionIsDeterministic() {
        let scanned = Scanned.psma[1]
        #expect(FocusDetection().detect(in: scanned.scan).foci == scanned.uptake.foci)
    }

    @Test func lesionsThatCanBeSeenAreCandidates() {
        var (found, drawn) = (0, 0)
        for scanned in Scanned.all {
            let touched = Set(scanned.uptake.foci.flatMap { $0.voxels.map { scanned.truth.labels[Int($0)] } })
            for (index, site) in scanned.truth.sites.enumerated() where site.suspicious && site.detectable {
                drawn += 1
                found += touched.contains(UInt16(index + 1)) ? 1 : 0
            }
        }
        #expect(drawn >= 10, "else this says little")
        #expect(Double(found) >= 0.95 * Double(drawn), "\(found) of \(drawn) lesions")
        let counts = Scanned.all.map(\.uptake.foci.count).sorted()
        #expect(counts[counts.count / 2] <= 200, "\(counts)")
    }

    // MARK: Orientation

    /// The head first or last, the patient on the back or the face as the scanner counts: the patient is the same.
    @Test(arguments: [(true, false), (false, true), (true, true)])
    func orientationOfTheVoxelsDoesNotMatter(_ flips: (Bool, Bool)) throws {
        let scanned = Scanned.psma[0]
        let uptake = FocusDetection().detect(
            in: scanned.scan.mapped(
                { $0.flipped(columns: flips.0, rows: flips.1) }, { $0.flipped(columns: flips.0, rows: flips.1) }))
        let (a, b) = (scanned.uptake, uptake)
        for (region, other) in [
            (a.reference.bloodPool, b.reference.bloodPool), (a.reference.liver, b.reference.liver),
            (a.reference.parotid, b.reference.parotid), (a.reference.spleen, b.reference.spleen),
        ] {
            // Blocks begin at the other end, so that regions may lie a block apart.
            let (region, other) = (try #require(region), try #require(other))
            #expect(abs(region.suvMean / other.suvMean - 1) < 0.06)
            #expect(region.centre.distance(to: other.centre) < 45)
        }
        #expect(abs(a.landmarks.perineum! - b.landmarks.perineum!) < 1)
        #expect(abs(a.landmarks.midline - b.landmarks.midline) < 10)
        #expect(abs(Double(a.foci.count - b.foci.count)) <= 0.08 * Double(a.foci.count))
        for (focus, other) in zip(a.foci.prefix(10), b.foci.prefix(10)) {
            #expect(focus.suvMax == other.suvMax)
            // A maximum at the edge of what stands out joins a focus or does not.
            #expect(focus.centroid.distance(to: other.centroid) < 5)
        }
    }

    @Test func coronalSlicesAreReadWithoutWhatNeedsTransverseOnes() throws {
        let scanned = Scanned.psma[0]
        let uptake = FocusDetection().detect(in: scanned.scan.mapped({ $0.coronal() }, { $0.coronal() }))
        #expect(uptake.reference.bloodPool == nil)
        #expect(uptake.landmarks.perineum == nil)
        let (liver, other) = (try #require(scanned.uptake.reference.liver), try #require(uptake.reference.liver))
        #expect(abs(liver.suvMean / other.suvMean - 1) < 0.1)
        let (hottest, same) = (try #require(scanned.uptake.foci.first), try #require(uptake.foci.first))
        #expect(hottest.suvMax == same.suvMax)
        #expect(hottest.centroid.distance(to: same.centroid) < 5)
    }
}
