import Foundation
import Imaging
import Phantom
import Testing

@Suite struct AcquisitionTests {
    /// A coarse scan of one patient with one thing changed.
    private func scan(_ change: (inout Acquisition) -> Void = { _ in }) -> PhantomStudy {
        Shared.coarseScan(PhantomPatient(seed: 77, armsUp: false), change)
    }

    @Test func scannersDifferAndRepeat() {
        let drawn = (0..<60).map { Acquisition(seed: $0, tracer: .f18FDG) }
        #expect(drawn[3] == Acquisition(seed: 3, tracer: .f18FDG))
        #expect(Set(drawn.map(\.spacing)).count >= 5)
        #expect(drawn.allSatisfy { (2.0...5.5).contains($0.spacing) && (4...8).contains($0.pointSpreadMm) })
        #expect(drawn.allSatisfy { (0.9...1.1).contains($0.calibration) })
        #expect(drawn.contains { $0.ct.contrast > 0 } && drawn.contains { $0.ct.contrast == 0 })
        #expect(drawn.contains { $0.heights.upperBound > 1750 } && drawn.contains { $0.heights.upperBound < 1690 })
    }

    @Test func calibrationScalesThePET() {
        let (right, high) = (scan(), scan { $0.calibration = 1.1 })
        for index in stride(from: 0, to: right.pet.voxels.count, by: 997) {
            #expect(abs(high.pet.voxels[index] - 1.1 * right.pet.voxels[index]) < 1e-3)
        }
        #expect(high.truth.labels == right.truth.labels)
    }

    @Test func breathingBlursTheDomeOfTheLiver() throws {
        let (still, breathing) = (
            scan { $0.noise = 0 },
            scan {
                $0.noise = 0; $0.respirationMm = 16
            }
        )
        func steepest(_ study: PhantomStudy) throws -> Float {
            let liver = try #require(study.truth.sites.first { $0.location == .liver })
            let geometry = study.pet.geometry
            let (i, j, k) = geometry.fractionalVoxel(at: liver.centroid)
            let column = (Int(k)..<min(Int(k) + 30, geometry.slices - 1)).map {
                study.pet[Int(i), Int(j), $0] - study.pet[Int(i), Int(j), $0 + 1]
            }
            return column.max() ?? 0
        }
        #expect(try steepest(breathing) < 0.9 * steepest(still))
    }

    @Test func scatterRaisesTheAirAroundAndTooMuchCorrectionLowersIt() {
        func study(_ scatter: Double) -> PhantomStudy {
            scan {
                $0.noise = 0; $0.scatter = scatter
            }
        }
        let (none, left, taken) = (study(0), study(0.03), study(-0.03))
        let air = none.truth.labels.indices.filter { none.truth.labels[$0] == 0 }
        func mean(_ study: PhantomStudy) -> Float { air.reduce(0) { $0 + study.pet.voxels[$1] } / Float(air.count) }
        #expect(mean(left) > mean(none) && mean(taken) < mean(none))
        // Fat between what is bright becomes cold, and nothing negative.
        #expect(taken.pet.voxels.min()! == 0)
        let fat = none.truth.structures.indices.filter { none.truth.structures[$0] == Structure(.fat).number }
        #expect(fat.allSatisfy { taken.pet.voxels[$0] <= none.pet.voxels[$0] })
    }

    @Test func armsBeyondTheCTFade() {
        let (whole, cut) = (
            scan { $0.noise = 0 },
            scan {
                $0.noise = 0; $0.truncationRadiusMm = 200
            }
        )
        let geometry = whole.pet.geometry
        let outside = (0..<geometry.count).filter {
            let point = geometry.point(at: $0)
            return (point.x * point.x + point.y * point.y).squareRoot() > 205 && whole.pet.voxels[$0] > 0.1
        }
        #expect(outside.count > 200)
        for index in outside {
            #expect(cut.pet.voxels[index] < 0.5 * whole.pet.voxels[index])
            #expect(cut.ct.voxels[index] == -1024)
        }
    }

    @Test func contrastMediumShowsInVessels() {
        let (plain, enhanced) = (scan(), scan { $0.ct.contrast = 1 })
        let aorta = Structure(.aorta).number
        func mean(_ study: PhantomStudy) -> Float {
            let voxels = study.truth.structures.indices.filter { study.truth.structures[$0] == aorta }
            return voxels.reduce(0) { $0 + study.ct.voxels[$1] } / Float(voxels.count)
        }
        #expect(mean(enhanced) > mean(plain) + 60)
    }

    /// Neighbours share their noise, as reconstruction makes it.
    @Test func noiseIsCorrelated() {
        let (noisy, clean) = (scan { $0.noise = 0.4 }, scan { $0.noise = 0 })
        let geometry = noisy.pet.geometry
        let muscle = Structure(.muscle).number
        var (square, product, far, count) = (Float(0), Float(0), Float(0), Float(0))
        for index in noisy.truth.structures.indices.dropLast(8)
        where noisy.truth.structures[index] == muscle && noisy.truth.structures[index + 6] == muscle {
            let noise = [0, 1, 6].map { noisy.pet.voxels[index + $0] - clean.pet.voxels[index + $0] }
            square += noise[0] * noise[0]
            product += noise[0] * noise[1]
            far += noise[0] * noise[2]
            count += 1
        }
        #expect(count > 3000 && geometry.count > 0)
        #expect((0.1...0.85).contains(product / square), "\(product / square)")
        #expect(abs(far / square) < 0.12)
    }
}
