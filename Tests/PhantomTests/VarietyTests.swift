import Anatomy
import Foundation
import Imaging
import Phantom
import Testing

/// How patients and their lesions differ.
@Suite struct VarietyTests {
    @Test func organsDifferInSizeEachByItself() {
        let masses = (1...40).map { PhantomPatient(seed: $0, disease: .none).massesInGrams() }
        func values(_ kind: Structure.Kind) -> [Float] { masses.map { Float($0[kind] ?? 0) } }
        for (kind, range) in [
            (Structure.Kind.liver, 0.08...0.35 as ClosedRange<Float>), (.pancreas, 0.08...0.4),
            (.heartBlood, 0.08...0.4),
        ] {
            let (mean, deviation) = moments(values(kind))
            #expect(range.contains(deviation / mean), "\(kind): \(deviation / mean)")
        }
        // Large men have large organs, but no organ follows from another.
        let pairs = zip(values(.liver), values(.pancreas))
        let (liver, pancreas) = (moments(values(.liver)), moments(values(.pancreas)))
        let covariance = pairs.reduce(0) { $0 + ($1.0 - liver.mean) * ($1.1 - pancreas.mean) } / 40
        #expect((-0.3...0.9).contains(covariance / liver.deviation / pancreas.deviation))
    }

    @Test func armsLieWhereTheyAreHeld() {
        func height(armsUp: Bool) -> Double {
            let study = Shared.coarseScan(PhantomPatient(seed: 9, disease: .none, armsUp: armsUp))
            func mean(_ structures: [Structure]) -> Double {
                let voxels = structures.flatMap { study.voxels(of: $0) }
                return voxels.reduce(0) { $0 + study.pet.geometry.point(at: $1).z } / Double(voxels.count)
            }
            let shoulders = mean([Structure(.clavicle, .left), Structure(.clavicle, .right)])
            return mean([Structure(.humerus, .left), Structure(.humerus, .right)]) - shoulders
        }
        #expect(height(armsUp: true) > 0 && height(armsUp: false) < -50)
    }

    @Test func armsAreUpInFourOfFive() {
        let up = (0..<200).count { PhantomPatient(seed: $0, disease: .none).holdsArmsUp }
        #expect((140...180).contains(up))
    }

    /// Three in four of the largest tumours have a dead core; small ones have none.
    @Test func largeTumoursDieInTheMiddle() throws {
        func hollowness(_ seed: UInt64, diameterMm: Double) throws -> Float {
            let patient = PhantomPatient(
                seed: seed, disease: .lesions([.init(.liver, .right, suvMax: 25, diameterMm: diameterMm)]))
            let study = Shared.coarseScan(patient) {
                $0.noise = 0; $0.pointSpreadMm = 4
            }
            let lesion = try #require(study.truth.lesions.first)
            let geometry = study.pet.geometry
            var coldest = Float.infinity
            geometry.forEachVoxel(within: diameterMm / 4, of: lesion.centroid) { index, _ in
                coldest = min(coldest, study.pet.voxels[index])
            }
            return coldest / Float(lesion.suvMax)
        }
        let large = try (0..<10 as Range<UInt64>).map { try hollowness($0, diameterMm: 50) }
        let small = try (0..<5 as Range<UInt64>).map { try hollowness($0, diameterMm: 18) }
        #expect(large.count { $0 < 0.6 } >= 6, "\(large)")
        #expect(small.allSatisfy { $0 > 0.75 }, "\(small)")
    }

    @Test func whatCannotBeSeenIsFlagged() throws {
        func lesion(suvMax: Double, diameterMm: Double) throws -> PhantomTruth.Site {
            let patient = PhantomPatient(
                seed: 11,
                disease: .lesions([.init(.externalIliacNode, .left, suvMax: suvMax, diameterMm: diameterMm)]))
            return try #require(Shared.coarseScan(patient).truth.lesions.first)
        }
        #expect(try lesion(suvMax: 12, diameterMm: 9).detectable)
        #expect(try !lesion(suvMax: 1.2, diameterMm: 9).detectable, "no brighter than the vessel beside it")
        #expect(try !lesion(suvMax: 1.6, diameterMm: 7).detectable)
    }
}
