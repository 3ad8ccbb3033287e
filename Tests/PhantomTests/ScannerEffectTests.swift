import Foundation
import Imaging
import Phantom
import Testing

/// What scanners do to an image, each against a scan without it.
@Suite struct ScannerEffectTests {
    private static let patient = PhantomPatient(seed: 77, armsUp: false)
    private static let clean = scan { $0.noise = 0 }
    private static let noisy = scan { $0.noise = 0.3 }

    private static func scan(_ change: (inout Acquisition) -> Void) -> PhantomStudy {
        Shared.coarseScan(patient) {
            $0.ct.noise = 0
            change(&$0)
        }
    }

    /// What noise added at voxels, in the unit of what it follows: SUV to the power of 0.62.
    private func noise(at voxels: [Int]) -> [Float] {
        voxels.map {
            (Self.noisy.pet.voxels[$0] - Self.clean.pet.voxels[$0]) / powf(Self.clean.pet.voxels[$0] + 0.01, 0.62)
        }
    }

    @Test func brightOrgansAreNoisierAndDarkOnesRelativelySo() {
        func deviation(_ kind: Structure.Kind) -> (absolute: Float, relative: Float) {
            let voxels = Self.clean.voxels(of: Structure(kind))
            let added = moments(voxels.map { Self.noisy.pet.voxels[$0] - Self.clean.pet.voxels[$0] }).deviation
            return (added, added / moments(voxels.map { Self.clean.pet.voxels[$0] }).mean)
        }
        let (liver, muscle) = (deviation(.liver), deviation(.muscle))
        #expect(liver.absolute > 2 * muscle.absolute && liver.relative < 0.7 * muscle.relative)
    }

    @Test func noiseIsAsStrongAsAskedFor() {
        let twice = Self.scan { $0.noise = 0.6 }
        let voxels = Self.clean.voxels(of: Structure(.liver))
        func deviation(_ study: PhantomStudy) -> Float {
            moments(voxels.map { study.pet.voxels[$0] - Self.clean.pet.voxels[$0] }).deviation
        }
        #expect(abs(deviation(twice) / deviation(Self.noisy) - 2) < 0.1)
    }

    @Test func bedsShowAtTheirEndsAndTheScanAtIts() {
        let geometry = Self.clean.pet.geometry
        // Beds of some 130 mm.
        let (plane, step) = (geometry.columns * geometry.rows, 26)
        func deviation(_ slices: [Int]) -> Float {
            moments(
                noise(
                    at: slices.flatMap { slice in
                        (slice * plane..<(slice + 1) * plane).filter { Self.clean.pet.voxels[$0] > 0.2 }
                    })
            ).deviation
        }
        let inner = Array(8..<geometry.slices - 8)
        let (ends, middles) = (
            inner.filter { [0, 1, 2, 24, 25].contains($0 % step) }, inner.filter { (11...15).contains($0 % step) }
        )
        #expect(deviation(ends) > 1.1 * deviation(middles))
        #expect(deviation([0, geometry.slices - 1]) > 1.7 * deviation(middles))
    }

    @Test func theCTIsAsNoisyAsAskedFor() {
        let (low, high) = (Self.scan { $0.ct.noise = 20 }, Self.scan { $0.ct.noise = 40 })
        let liver = Self.clean.voxels(of: Structure(.liver))
        func deviation(_ study: PhantomStudy) -> Float {
            moments(liver.map { study.ct.voxels[$0] - Self.clean.ct.voxels[$0] }).deviation
        }
        #expect(abs(deviation(high) / deviation(low) - 2) < 0.1)
        #expect(deviation(low) > 4)
    }

    @Test func metalThrowsStreaks() throws {
        // The first with an artificial hip.
        let patient = try #require(
            (0..<60).lazy.map { PhantomPatient(seed: $0, disease: .none) }
                .first { $0.massesInGrams()[.hipProsthesis] != nil })
        let study = Shared.coarseScan(patient) { $0.ct.noise = 0 }
        let geometry = study.ct.geometry
        let metal = study.ct.voxels.indices.filter { study.ct.voxels[$0] > 2500 }.map { geometry.point(at: $0) }
        let slices = Set(metal.map(\.z))
        #expect(slices.count > 5)
        let muscle = study.voxels(of: Structure(.muscle))
        let near = muscle.filter { index in
            let point = geometry.point(at: index)
            return slices.contains(point.z)
                && metal.contains { $0.z == point.z && (15...50).contains($0.distance(to: point)) }
        }
        // Slices of the belly, far from any metal.
        let far = muscle.filter { geometry.point(at: $0).z > slices.max()! + 150 }
        func spread(_ voxels: [Int]) -> Float { moments(voxels.map { study.ct.voxels[$0] }).deviation }
        #expect(near.count > 100 && far.count > 1000)
        // Edges of fat and bone within the coarse voxels are everywhere.
        #expect(spread(near) > 1.5 * spread(far), "\(spread(near)), \(spread(far))")
    }

    @Test func whoMovesBetweenTheScansLiesElsewhereOnTheCT() {
        let moved = Self.scan {
            $0.noise = 0; $0.motionMm = [15, 0]
        }
        func middle(_ study: PhantomStudy) -> Double {
            let body = study.ct.voxels.indices.filter { study.ct.voxels[$0] > -300 && study.ct.voxels[$0] < 200 }
            return body.reduce(0) { $0 + study.ct.geometry.point(at: $1).x } / Double(body.count)
        }
        #expect(abs(abs(middle(moved) - middle(Self.clean)) - 15) < 2)
        #expect(moved.pet.voxels == Self.clean.pet.voxels)
    }

    /// The dome of the liver on the PET lies in the lung of the CT: the usual mismatch of a CT in inspiration.
    @Test func aLowerDiaphragmPutsLungWhereTheLiverIs() {
        let inspired = Self.scan {
            $0.noise = 0; $0.diaphragmOffsetMm = 25
        }
        func lungInLiver(_ study: PhantomStudy) -> Int {
            study.voxels(of: Structure(.liver)).count { study.ct.voxels[$0] < -500 }
        }
        #expect(lungInLiver(inspired) > lungInLiver(Self.clean) + 200)
    }
}
