import Detection
import Foundation
import Imaging
import Testing

/// The noise of a scan, and what it asks of a focus.
@Suite struct ScanNoiseTests {
    private let geometry = grid(40, 40, 40, spacing: 5)

    /// Every voxel's SUV + 0.25 times a factor whose logarithm has a standard deviation; from a seed.
    private func noisy(_ deviation: Double, _ mean: (Int) -> Double) -> Volume<SUVbw> {
        var state: UInt64 = 7
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31)
        }
        let voxels = (0..<geometry.count).map { voxel in
            // Twelve uniform numbers sum to nearly a normal one of variance 1.
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
            return Float((mean(voxel) + 0.25) * exp(deviation * normal) - 0.25)
        }
        return Volume(geometry: geometry, voxels: voxels)
    }

    @Test(arguments: [0.05, 0.15, 0.3]) func noiseIsTheDeviationAndNotTheEdges(_ deviation: Double) {
        // A cube is the mean of the eight voxels about its middle, of which neighbours along a row share four: a difference of
        // cubes is (b + c - a - d) / 4 of voxels in a row, each the mean of four across, which is a quarter of the deviation.
        let expected = deviation / 4 / 1.5.squareRoot()
        #expect(abs(noisy(deviation) { _ in 3 }.noise / expected - 1) < 0.03)
        // Organs that are 4 cm wide.
        let organs = noisy(deviation) { $0 / 8 % 2 == 0 ? 2 : 6 }.noise
        #expect((0.9 * expected..<1.8 * expected).contains(organs), "\(organs)")
    }

    @Test func whatIsEvenOrHasNoUptakeHasNoNoise() {
        #expect(noisy(0) { _ in 3 }.noise < 0.003)
        #expect(noisy(0.1) { _ in 0.05 }.noise == 0, "air")
        #expect(Volume<SUVbw>(geometry: grid(1, 1, 1), repeating: 4).noise == 0)
    }

    /// Noise whose grain is that of a scanner is the same on each grid that can show it.
    @Test func gridsOfAnySizeHaveTheSameNoise() {
        let grained = noisy(0.8) { _ in 3 }.smoothed(fullWidthAtHalfMaximumMm: 12)
        let noise = [2.0, 3, 4, 5].map { spacing in
            let count = Int(160 / spacing)
            return grained.resampled(
                to: grid(count, count, count, spacing: spacing, origin: PatientPoint(20, 20, 20)), outside: 3
            ).noise
        }
        for value in noise { #expect(abs(value / noise[0] - 1) < 0.15, "\(noise)") }
    }

    @Test func noisierScansAskForMoreWithinLimits() {
        let detection = FocusDetection()
        let required = [0.001, 0.03, 0.087, 0.2, 5].map { detection.requiredConspicuity(noise: $0) }
        #expect(required == required.sorted())
        #expect(abs(required[2] - detection.conspicuity) < 1e-6)
        #expect(required[0] > 0.6 * detection.conspicuity && required[4] < 1.6 * detection.conspicuity)
    }

    /// The same spot with the same surroundings: in a scan that is noisy elsewhere it may be a ripple.
    @Test func whatStandsOutInAQuietScanMayBeARippleInANoisyOne() {
        func isFound(_ deviation: Double, _ change: (inout FocusDetection) -> Void = { _ in }) -> Bool {
            var pet = noisy(deviation) { _ in 1.2 }
            for k in 12..<20 { for j in 0..<40 { for i in 0..<40 { pet[i, j, k] = 1.2 } } }
            for (i, j) in [(20, 20), (21, 20), (20, 21), (21, 21)] { pet[i, j, 16] = 2.7 }
            var detection = FocusDetection()
            detection.maximumCount = .max
            change(&detection)
            return detection.detect(in: ScanVolumes(pet: pet, ct: nil, tracer: .ga68PSMA11)).foci.contains {
                geometry.voxel(at: $0.peakVoxel).k == 16
            }
        }
        #expect(isFound(0.02))
        #expect(!isFound(1.5))
        #expect(isFound(1.5) { $0.conspicuity = 0.5 }, "it is the noise that asks for more")
    }

    /// What is smaller than 0.4 ml needs more by the root of what it lacks.
    @Test func smallerFociMustStandOutMore() {
        let fine = grid(40, 40, 40)
        func foci(_ length: Int) -> [CandidateFocus] {
            var pet = Volume<SUVbw>(geometry: fine, repeating: 1.5)
            for offset in 0..<length { pet[20, 20, 10 + offset] = 2.4 }
            var detection = FocusDetection()
            detection.smoothingMm = 0
            // Conspicuity (1 - 1.5 / 2.4) x 2.4 / 1.5 = 0.6 of 0.064 ml each; a scan without noise asks for 0.63 of this.
            detection.conspicuity = 0.7
            return detection.detect(in: ScanVolumes(pet: pet, ct: nil, tracer: .ga68PSMA11)).foci
        }
        #expect(foci(7).count == 1, "0.45 ml")
        #expect(foci(2).isEmpty, "0.13 ml needs 0.77")
    }
}
