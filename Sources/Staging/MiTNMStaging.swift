import Anatomy
import Classification
import Imaging

/// A stage with what its reader must know.
public struct StagingResult: Sendable, Equatable {
    /// The stage.
    public let stage: MiTNM
    /// The pelvic node regions with suspicious uptake, in the order of the template.
    public let pelvicRegions: [NodeRegion]
    /// What was assumed or left out, in plain sentences.
    public let notes: [String]
}

extension StagingRules {
    /// Stages prostate cancer by miTNM from the suspicious foci.
    ///
    /// The order of the foci does not matter. Foci that are not suspicious serve only to tell whether the prostate is
    /// there. Sources and choices: `docs/science/staging.md`.
    /// - Returns: nil for a tracer that does not show PSMA, to which miTNM does not apply.
    public func stage(_ foci: [ClassifiedFocus], tracer: Tracer) -> StagingResult? {
        guard tracer.target == .psma else { return nil }
        let evidence = StagingEvidence(foci)
        let local = localTumour(evidence)
        let nodes = pelvicNodes(evidence)
        let distant = metastases(evidence)
        let stage = MiTNM(
            edition: .v2, miT: local.category, miN: nodes.rule.miN, miNV1: nodes.rule.miNV1,
            miMCategories: distant.categories, miMPattern: distant.pattern)
        return StagingResult(
            stage: stage, pelvicRegions: nodes.regions,
            notes: departureNotes + local.notes + nodes.notes + distant.notes)
    }

    /// Whoever compares stages of two sites must know by which rules each was found, also where they come out alike.
    private var departureNotes: [String] {
        departures.isEmpty ? [] : ["Staged by rules that this site has chosen: \(departures.joined(separator: ", "))."]
    }
}

/// The foci sorted by what they mean for the stage.
struct StagingEvidence {
    /// Every focus, suspicious or not, in ascending order of its number.
    let all: [ClassifiedFocus]
    /// The suspicious foci, in ascending order of their number, by role.
    private let suspicious: [StagingSite.Role: [ClassifiedFocus]]

    init(_ foci: [ClassifiedFocus]) {
        all = foci.sorted { $0.id < $1.id }
        suspicious = Dictionary(grouping: all.filter(\.verdict.suspicious)) {
            StagingSite.of($0.verdict.location).role
        }
    }

    /// The suspicious foci of some roles, role by role.
    func foci(_ roles: StagingSite.Role...) -> [ClassifiedFocus] { roles.flatMap { suspicious[$0] ?? [] } }

    /// The number of suspicious foci of a role.
    func count(_ role: StagingSite.Role) -> Int { suspicious[role]?.count ?? 0 }
}

extension ClassifiedFocus {
    /// How notes name a focus: "Focus 3 (left kidney)".
    var noteName: String {
        let side = verdict.laterality == .midline ? "" : verdict.laterality.displayName + " "
        let name = verdict.location.displayName
        return "Focus \(id) (\(side)\(side.isEmpty ? name : name.lowercased()))"
    }
}
