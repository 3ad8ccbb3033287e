import Anatomy
import Imaging

/// What a phantom patient really has: every site drawn, diseased or not.
public struct PhantomTruth: Codable, Sendable, Equatable {
    /// One site of uptake: an organ, a stretch of one, or a lesion.
    public struct Site: Codable, Sendable, Equatable {
        /// `L01` and on for suspicious lesions, `P01` and on for everything physiologic or benign.
        public let id: String
        /// Where it lies.
        public let location: AnatomicalLocation
        /// On which side.
        public let laterality: Laterality
        /// Whether it is disease.
        public let suspicious: Bool
        /// Middle of what was drawn, LPS mm; moved to the nearest drawn voxel where the middle lies outside (a rib).
        public let centroid: PatientPoint
        /// Volume drawn, ml.
        public let volumeMl: Double
        /// SUVbw drawn, before point spread and noise.
        public let suvTrue: Double
        /// Highest SUVbw of its voxels on the PET as it is, with point spread and noise.
        public let suvMax: Double
        /// Whether it can be seen: it has a summit of its own, no mere slope of something brighter beside it, of at least
        /// 1.5 times the blood pool and twice its surroundings, and three standard deviations of the noise above them.
        public let detectable: Bool
    }

    /// The stage that the drawn lesions amount to, spelled as in `reading.json`.
    public struct Stage: Codable, Sendable, Equatable {
        /// Local tumour.
        public let miT: String
        /// Pelvic nodes, PROMISE V2 wording.
        public let miN: String
        /// Pelvic nodes, PROMISE V1 wording.
        public let miNV1: String
        /// The highest category of distant metastases.
        public let miM: String
        /// Pattern of bone metastases; nil without any.
        public let miMPattern: String?
    }

    /// SUVbw drawn in the organs that findings are compared with.
    public struct Reference: Codable, Sendable, Equatable {
        /// Aorta.
        public let bloodPool: Double
        /// Liver.
        public let liver: Double
        /// Spleen.
        public let spleen: Double
        /// Parotid gland, mean of both sides.
        public let parotid: Double
    }

    /// The seed.
    public let seed: UInt64
    /// The tracer.
    public let tracer: Tracer
    /// Whether the prostate is there.
    public let hasProstate: Bool
    /// The stage; nil for ¹⁸F-FDG.
    public let stage: Stage?
    /// Reference organs.
    public let reference: Reference
    /// All sites; `labels` counts them from 1.
    public let sites: [Site]
    /// For each PET voxel (column fastest, then row, then slice) the index into `sites` plus one; 0 is outside of the
    /// body. Not written to `truth.json`, and empty after reading it back.
    public var labels: [UInt16] = []
    /// The organ map: for each PET voxel the `number` of the structure seen there, 0 outside of the body. Foci are
    /// numbered as foci. Not written to `truth.json` either.
    public var structures: [UInt8] = []

    /// The suspicious sites.
    public var lesions: [Site] { sites.filter(\.suspicious) }

    /// The site of a PET voxel by its place in the linear array; nil outside of the body.
    public func site(atVoxel index: Int) -> Site? { labels[index] == 0 ? nil : sites[Int(labels[index]) - 1] }

    private enum CodingKeys: String, CodingKey {
        case seed, tracer, hasProstate, stage, reference, sites
    }
}
