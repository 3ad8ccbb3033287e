/// The choices of miTNM staging that sources leave open or settle differently.
///
/// `docs/science/staging.md` gives the reasons. Everything else is in the tables `StagingSite.table`,
/// `LocalTumourRule.table`, `NodeRule.table` and `BonePatternRule.table`.
public struct StagingRules: Sendable, Equatable {
    /// How a common iliac node counts.
    public enum CommonIliac: String, Sendable, Codable, CaseIterable {
        /// As a pelvic node: miN.
        case pelvic
        /// As an extrapelvic node: miM1a. In the TNM of AJCC and UICC, regional nodes lie below the bifurcation of the
        /// common iliac arteries.
        case extrapelvic
    }

    /// What counts as one pelvic node region.
    public enum NodeRegions: String, Sendable, Codable, CaseIterable {
        /// A paired station is two regions, left and right.
        case bySide = "by-side"
        /// A station is one region, whatever the side.
        case byStation = "by-station"

        /// The other way.
        var other: NodeRegions { self == .bySide ? .byStation : .bySide }
    }

    /// Whether the patient has his prostate.
    public enum Prostate: String, Sendable, Codable, CaseIterable {
        case present
        /// After radical prostatectomy: local tumour is recurrence.
        case removed
        /// Inferred from the locations of the foci.
        case unknown
    }

    /// When bone metastases count as diffuse marrow involvement: both limits must be reached.
    public struct DiffuseMarrow: Sendable, Equatable, Codable {
        /// Least total volume of the suspicious bone foci, in millilitres.
        public var minimumVolumeMl: Double
        /// Least number of different bone locations among them.
        public var minimumSites: Int

        /// Makes a criterion.
        public init(minimumVolumeMl: Double = 500, minimumSites: Int = 4) {
            self.minimumVolumeMl = minimumVolumeMl
            self.minimumSites = minimumSites
        }
    }

    /// How a common iliac node counts.
    public var commonIliac: CommonIliac
    /// What counts as one pelvic node region.
    public var nodeRegions: NodeRegions
    /// Whether the patient has his prostate.
    public var prostate: Prostate
    /// When bone metastases count as diffuse marrow involvement.
    public var diffuseMarrow: DiffuseMarrow

    /// Makes rules; the defaults are those of the product.
    public init(
        commonIliac: CommonIliac = .pelvic, nodeRegions: NodeRegions = .bySide, prostate: Prostate = .unknown,
        diffuseMarrow: DiffuseMarrow = DiffuseMarrow()
    ) {
        self.commonIliac = commonIliac
        self.nodeRegions = nodeRegions
        self.prostate = prostate
        self.diffuseMarrow = diffuseMarrow
    }

    /// What a site chose otherwise than the product does, in words of the configuration: said in every stage, and part of
    /// what UIDs of objects derive from.
    public var departures: [String] {
        let usual = StagingRules()
        return (commonIliac == usual.commonIliac ? [] : ["common iliac nodes \(commonIliac.rawValue)"])
            + (nodeRegions == usual.nodeRegions ? [] : ["node regions \(nodeRegions.rawValue)"])
    }
}
