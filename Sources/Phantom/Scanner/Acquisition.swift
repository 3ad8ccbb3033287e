import Foundation
import Imaging

/// How a patient is scanned: grid, sharpness, noise, breathing, and what goes wrong.
public struct Acquisition: Sendable, Codable, Equatable {
    /// The CT that goes with a PET.
    public struct Tomography: Sendable, Codable, Equatable {
        /// Columns and rows.
        public var columns = 256
        /// Distance between columns and between rows, mm.
        public var spacing = 500.0 / 256
        /// Distance between slices, mm.
        public var sliceSpacing = 3.0
        /// Standard deviation of the noise in the middle of an average trunk, Hounsfield units.
        public var noise = 14.0
        /// How much contrast medium the blood holds: 0 none, 1 a portal venous phase.
        public var contrast = 0.0
        /// Whether the slices are those of the PET, each pixel the mean over a PET voxel, for training.
        public var isOnPETGrid = false
    }

    /// Columns and rows of the PET.
    public var columns = 168
    /// Distance between columns and between rows, mm.
    public var spacing = 4.07283
    /// Distance between slices, mm.
    public var sliceSpacing = 3.0
    /// Full width at half maximum of the point spread, mm.
    public var pointSpreadMm = 5.5
    /// Standard deviation of the noise at SUV 1 in the middle of an average trunk, in voxels of the reference grid.
    public var noise = 0.2
    /// Full width at half maximum of the noise's grain, as a share of the point spread's.
    public var grain = 0.95
    /// What the scanner shows for a true SUV of 1.
    public var calibration = 1.0
    /// Activity that scatter correction leaves, or takes too much of, as a share of the surroundings.
    public var scatter = 0.0
    /// How far the diaphragm moves while the PET is acquired, mm.
    public var respirationMm = 0.0
    /// By how much the diaphragm stands lower (positive: towards the feet) on CT than on PET, mm.
    public var diaphragmOffsetMm = 0.0
    /// By how much the patient lay elsewhere during the CT, mm along x and y.
    public var motionMm: [Double] = [0, 0]
    /// By how much the head was turned aside between CT and PET, mm at the vertex.
    public var headMotionMm = 0.0
    /// Radius within which the CT sees: beyond it there is none, and the PET's attenuation is not corrected.
    public var truncationRadiusMm: Double?
    /// The highest and lowest slices, millimetres above the floor of a man of 1.75 m.
    public var heights: ClosedRange<Double> = 660...1759
    /// The CT.
    public var ct = Tomography()

    /// The scan of tests and demonstrations: an average scanner on which nothing goes wrong.
    public static func reference(_ tracer: Tracer) -> Acquisition {
        var acquisition = Acquisition()
        acquisition.noise = usualNoise(tracer)
        return acquisition
    }

    /// Noise at SUV 1: gallium is given in less activity and decays sooner than fluorine; FDG in more than PSMA ligands.
    private static func usualNoise(_ tracer: Tracer) -> Double {
        switch tracer {
        case .ga68PSMA11, .ga68PSMA617: 0.24
        case .f18DCFPyL, .f18PSMA1007, .f18RhPSMA7: 0.18
        case .f18FDG: 0.13
        }
    }

    /// Distance from one bed position to the next, slices: some 130 mm.
    var bedStep: Int { max(Int((129 / sliceSpacing).rounded()), 8) }

    /// Seconds at each bed position.
    static let bedSeconds = 180

    /// The bed in which a slice was acquired, from 0 at the thighs.
    func bed(ofSlice slice: Int) -> Int { slice / bedStep }

    /// Standard deviation of the point spread, mm.
    var pointSpreadSigma: Float { Float(pointSpreadMm) / 2.354_82 }
}

extension Acquisition {
    /// Grids of the scanners of the published collections and of others: columns, spacing, distance of slices (mm).
    private static let grids: [(columns: Int, spacing: Double, sliceSpacing: Double)] = [
        (168, 4.07283, 3), (168, 4.07283, 5), (200, 4.07283, 2.027), (128, 5.46875, 3.27), (192, 3.64583, 3.27),
        (256, 2.73438, 3.27), (144, 4, 4), (256, 2.036, 3), (128, 5.3, 3.4),
    ]

    /// Draws a scanner, a protocol and its mishaps.
    public init(seed: UInt64, tracer: Tracer) {
        var random = SeededGenerator(seed: seed, stream: "acquisition/\(tracer.rawValue)")
        self = .reference(tracer)
        (columns, spacing, sliceSpacing) = Self.grids[random.index(below: Self.grids.count)]
        pointSpreadMm = max(random.uniform(4, 8), spacing * 0.95)
        noise *= random.logNormal(mean: 1.35, sd: 0.55)
        grain = random.uniform(0.8, 1.3)
        calibration = 1 + random.bounded(sd: 0.05)
        scatter = random.uniform(-0.01, 0.035)
        respirationMm = random.uniform(3, 16)
        diaphragmOffsetMm = random.bounded(mean: 4, sd: 7)
        motionMm = [random.bounded(sd: 1.5), random.bounded(sd: 1.5)]
        headMotionMm = random.chance(0.3) ? random.bounded(sd: 6) : 0
        truncationRadiusMm = random.chance(0.85) ? 250 : nil
        let top = random.chance(0.35) ? 1759 : random.uniform(1590, 1680)
        heights = random.uniform(660, 760)...top
        ct = Tomography(random: &random)
    }
}

extension Acquisition.Tomography {
    fileprivate init(random: inout SeededGenerator) {
        let isDiagnostic = random.chance(0.45)
        contrast = isDiagnostic ? random.uniform(0.5, 1.2) : 0
        noise = isDiagnostic ? random.uniform(8, 16) : random.uniform(16, 45)
    }
}
