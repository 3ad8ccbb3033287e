import Anatomy
import Classification

/// A row of the table of miT: the first row that applies decides.
public struct LocalTumourRule: Sendable {
    /// What the rows look at: numbers of suspicious foci, and whether the prostate was removed.
    public struct Findings: Sendable, Equatable {
        /// Whether local tumour is recurrence after prostatectomy.
        public var prostateRemoved = false
        /// In the prostate or its bed.
        public var inProstate = 0
        /// In the seminal vesicles.
        public var inSeminalVesicle = 0
        /// In the bladder or the rectum.
        public var inAdjacentOrgan = 0

        /// Whether there is a tumour that could invade its surroundings.
        public var hasLocalTumour: Bool { inProstate + inSeminalVesicle > 0 }
    }

    /// The category that the row gives.
    public let category: MiTNM.T
    /// Where the row comes from.
    public let source: String
    /// Whether the row applies.
    public let applies: @Sendable (Findings) -> Bool

    /// The rows, in order of precedence; the last applies always.
    ///
    /// miT3a (extracapsular extension) has no row: it is a matter of the capsule's outline, which a location does not
    /// tell.
    public static let table: [LocalTumourRule] = [
        LocalTumourRule(category: .miTr, source: "PROMISE V1 table 1: local recurrence after radical prostatectomy") {
            $0.prostateRemoved && $0.hasLocalTumour
        },
        LocalTumourRule(category: .miT4, source: "PROMISE V1 table 1: tumour invading rectum, bladder …") {
            !$0.prostateRemoved && $0.inAdjacentOrgan > 0 && $0.hasLocalTumour
        },
        LocalTumourRule(category: .miT3b, source: "PROMISE V1 table 1: tumour invading seminal vesicles") {
            !$0.prostateRemoved && $0.inSeminalVesicle > 0
        },
        LocalTumourRule(category: .miT2m, source: "PROMISE V2: organ-confined, multifocal") {
            !$0.prostateRemoved && $0.inProstate >= 2
        },
        LocalTumourRule(category: .miT2u, source: "PROMISE V2: organ-confined, unifocal") {
            !$0.prostateRemoved && $0.inProstate == 1
        },
        LocalTumourRule(category: .miT0, source: "PROMISE V1 table 1: no local tumour") { _ in true },
    ]

    /// The category of findings.
    public static func category(of findings: Findings) -> MiTNM.T {
        // The last row applies always.
        table.first { $0.applies(findings) }?.category ?? .miT0
    }
}

extension StagingRules {
    func localTumour(_ evidence: StagingEvidence) -> (category: MiTNM.T, notes: [String]) {
        let (removed, statusNote) = prostateRemoved(evidence)
        let findings = LocalTumourRule.Findings(
            prostateRemoved: removed, inProstate: evidence.count(.prostate) + evidence.count(.tumourBed),
            inSeminalVesicle: evidence.count(.seminalVesicle), inAdjacentOrgan: evidence.count(.adjacentOrgan))
        let category = LocalTumourRule.category(of: findings)
        var notes = [statusNote].compactMap { $0 }
        if !findings.hasLocalTumour {
            notes += evidence.foci(.adjacentOrgan).map {
                "\($0.noteName) is suspicious without a local tumour that could invade there; it is not staged."
            }
        } else if removed && findings.inAdjacentOrgan > 0 {
            notes.append("Suspicious uptake in bladder or rectum is counted with the local recurrence (miTr).")
        }
        if category == .miT3b && findings.inProstate == 0 {
            notes.append("miT3b rests on a seminal vesicle alone: no suspicious focus in the prostate.")
        }
        if category == .miT4 {
            notes.append("miT4 rests on uptake in bladder or rectum, of which urine or normal uptake may be the cause.")
        }
        if prostate == .unknown && !removed && findings.inProstate > 0 {
            notes.append("The prostate is taken to be there, not known; after prostatectomy it would be miTr.")
        }
        if category == .miT2u || category == .miT2m {
            notes.append("Extracapsular extension (miT3a) is not judged.")
        }
        return (category, notes)
    }

    /// Whether local tumour counts as recurrence, and what to say about it.
    private func prostateRemoved(_ evidence: StagingEvidence) -> (removed: Bool, note: String?) {
        switch prostate {
        case .removed: return (true, nil)
        case .present:
            let contradicted = evidence.count(.tumourBed) > 0
            return (false, contradicted ? "A focus named prostatic bed is counted in the prostate." : nil)
        case .unknown: break
        }
        guard evidence.count(.prostate) == 0 else {
            let contradicted = evidence.count(.tumourBed) > 0
            let note = "Foci are named prostate as well as prostatic bed; the prostate is taken to be present."
            return (false, contradicted ? note : nil)
        }
        // Where suspicious foci do not tell, others may: normal uptake too is named prostate or prostatic bed.
        let named = Set(evidence.all.map(\.verdict.location))
        let bed = evidence.count(.tumourBed) > 0 || (named.contains(.prostaticBed) && !named.contains(.prostate))
        let local = evidence.count(.tumourBed) + evidence.count(.seminalVesicle) > 0
        let note = "Prostatectomy is inferred from uptake in the prostatic bed, not known."
        return (bed, bed && local ? note : nil)
    }
}
