import Anatomy
import Classification

/// A row of the table of bone patterns: the first row that applies decides.
public struct BonePatternRule: Sendable {
    /// What the rows look at.
    public struct Findings: Sendable, Equatable {
        /// Number of suspicious bone foci.
        public var lesions: Int
        /// Whether the criterion of diffuse marrow involvement is met.
        public var diffuse: Bool
    }

    /// The pattern that the row gives.
    public let pattern: MiTNM.BonePattern
    /// Where the row comes from.
    public let source: String
    /// Whether the row applies.
    public let applies: @Sendable (Findings) -> Bool

    /// The rows, in order of precedence.
    public static let table: [BonePatternRule] = [
        BonePatternRule(pattern: .dmi, source: "PROMISE: diffuse marrow involvement; the criterion is our choice") {
            $0.diffuse
        },
        BonePatternRule(pattern: .diss, source: "PROMISE: disseminated, more than three") { $0.lesions > 3 },
        BonePatternRule(pattern: .oligo, source: "PROMISE: oligometastatic, up to three") { $0.lesions > 1 },
        BonePatternRule(pattern: .uni, source: "PROMISE: unifocal") { $0.lesions == 1 },
    ]

    /// The pattern of findings; nil without a lesion.
    public static func pattern(of findings: Findings) -> MiTNM.BonePattern? {
        table.first { $0.applies(findings) }?.pattern
    }
}

extension StagingRules {
    func metastases(_ evidence: StagingEvidence) -> (
        categories: [MiTNM.M], pattern: MiTNM.BonePattern?, notes: [String]
    ) {
        let nodes =
            evidence.count(.extrapelvicNode) + (commonIliac == .extrapelvic ? evidence.count(.commonIliacNode) : 0)
        let bones = evidence.foci(.bone)
        let organs = evidence.foci(.distantOrgan)
        let present: [(MiTNM.M, Bool)] = [(.miM1a, nodes > 0), (.miM1b, !bones.isEmpty), (.miM1c, !organs.isEmpty)]
        let pattern = BonePatternRule.pattern(of: .init(lesions: bones.count, diffuse: isDiffuse(bones)))
        return (present.filter(\.1).map(\.0), pattern, metastasisNotes(evidence, pattern))
    }

    private func isDiffuse(_ bones: [ClassifiedFocus]) -> Bool {
        let volume = bones.reduce(0) { $0 + $1.focus.volumeMl }
        let sites = Set(bones.map(\.verdict.location)).count
        return !bones.isEmpty && volume >= diffuseMarrow.minimumVolumeMl && sites >= diffuseMarrow.minimumSites
    }

    private func metastasisNotes(_ evidence: StagingEvidence, _ pattern: MiTNM.BonePattern?) -> [String] {
        var notes: [String] = []
        if pattern == .dmi {
            notes.append(
                "Diffuse marrow involvement is assumed from at least \(Int(diffuseMarrow.minimumVolumeMl)) mL of suspicious "
                    + "uptake in at least \(diffuseMarrow.minimumSites) bone locations.")
        }
        notes += evidence.foci(.distantOrgan).filter { [.muscle, .softTissue].contains($0.verdict.location) }.map {
            "\($0.noteName) is counted as miM1c; beside a local tumour it could be invasion (miT4)."
        }
        notes += evidence.foci(.notStaged).map {
            "\($0.noteName) is suspicious but not staged: \(StagingSite.of($0.verdict.location).reason) is likelier."
        }
        return notes
    }
}
