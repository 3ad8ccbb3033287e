/// A molecular imaging TNM stage of prostate cancer (PROMISE), in the wording of both editions.
public struct MiTNM: Sendable, Equatable, Codable {
    /// An edition of the PROMISE criteria.
    public enum Edition: String, Sendable, Codable {
        /// PROMISE, J Nucl Med 2018;59:469.
        case v1 = "PROMISE V1"
        /// PROMISE V2, Eur Urol 2023;83:405.
        case v2 = "PROMISE V2"
    }
    /// Local tumour.
    public enum T: String, Sendable, Codable, CaseIterable {
        case miT0, miT2u, miT2m, miT3a, miT3b, miT4, miTr
    }
    /// Pelvic lymph nodes, V2 wording.
    public enum N: String, Sendable, Codable, CaseIterable {
        case miN0, miN1, miN2
    }
    /// Pelvic lymph nodes, V1 wording.
    public enum NV1: String, Sendable, Codable, CaseIterable {
        case miN0, miN1a, miN1b
    }
    /// Distant metastases.
    public enum M: String, Sendable, Codable, CaseIterable {
        case miM0, miM1a, miM1b, miM1c
    }
    /// Pattern of bone metastases.
    public enum BonePattern: String, Sendable, Codable, CaseIterable {
        case uni, oligo, diss, dmi
    }

    /// The edition whose rules gave `miT`, `miN` and `miM`.
    public let edition: Edition
    /// Local tumour.
    public let miT: T
    /// Pelvic nodes by V2.
    public let miN: N
    /// Pelvic nodes by V1.
    public let miNV1: NV1
    /// The highest category of distant metastases.
    public let miM: M
    /// Every category of distant metastases present, ascending; empty for miM0.
    public let miMCategories: [M]
    /// The bone pattern; nil without bone metastases.
    public let miMPattern: BonePattern?

    /// Makes a stage.
    public init(edition: Edition, miT: T, miN: N, miNV1: NV1, miMCategories: [M], miMPattern: BonePattern?) {
        self.edition = edition
        self.miT = miT
        self.miN = miN
        self.miNV1 = miNV1
        self.miMCategories = miMCategories
        self.miM = miMCategories.last ?? .miM0
        self.miMPattern = miMPattern
    }
}
