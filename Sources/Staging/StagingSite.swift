import Anatomy

/// What a suspicious focus at a location means for the stage: a row of the table of sites.
public struct StagingSite: Sendable, Equatable {
    /// The part that a location plays.
    public enum Role: String, Sendable, CaseIterable {
        /// Tumour within the prostate: miT.
        case prostate
        /// Where the prostate was: miT.
        case tumourBed
        /// miT3b.
        case seminalVesicle
        /// An organ next to the prostate: miT4 beside a local tumour, else not staged.
        case adjacentOrgan
        /// A pelvic node station with a left and a right region: miN.
        case pairedPelvicNode
        /// A pelvic node station that is one region: miN.
        case unpairedPelvicNode
        /// Pelvic or extrapelvic as `StagingRules.commonIliac` says; paired.
        case commonIliacNode
        /// miM1a.
        case extrapelvicNode
        /// miM1b.
        case bone
        /// An organ without ligand uptake or tumours of its own that would explain the focus: miM1c.
        case distantOrgan
        /// Reported, with a note, but not staged: uptake there has likelier causes than prostate cancer.
        case notStaged
    }

    /// The location.
    public let location: AnatomicalLocation
    /// Its part in the stage.
    public let role: Role
    /// Why, in short; `docs/science/staging.md` gives the sources.
    public let reason: String

    /// Every location, each once.
    public static let table: [StagingSite] = local + nodes + bones + otherOrgans

    private static let local = [
        row(.prostate, .prostate, "PROMISE miT2"),
        row(.prostaticBed, .tumourBed, "PROMISE miTr"),
        row(.seminalVesicle, .seminalVesicle, "PROMISE miT3b"),
        row(.urinaryBladder, .adjacentOrgan, "PROMISE miT4: bladder; alone, urine is likelier"),
        row(.rectum, .adjacentOrgan, "PROMISE miT4: rectum; alone, normal uptake is likelier"),
    ]

    private static let nodes = [
        row(.internalIliacNode, .pairedPelvicNode, "PROMISE pelvic template"),
        row(.externalIliacNode, .pairedPelvicNode, "PROMISE pelvic template"),
        row(.obturatorNode, .pairedPelvicNode, "PROMISE pelvic template"),
        row(.commonIliacNode, .commonIliacNode, "pelvic or extrapelvic by rule"),
        row(.presacralNode, .unpairedPelvicNode, "PROMISE pelvic template"),
        row(.mesorectalNode, .unpairedPelvicNode, "PROMISE pelvic template"),
        row(.inguinalNode, .extrapelvicNode, "below the pelvis: PROMISE other extrapelvic"),
        row(.retroperitonealNode, .extrapelvicNode, "PROMISE extrapelvic template"),
        row(.mediastinalNode, .extrapelvicNode, "PROMISE supradiaphragmatic"),
        row(.hilarNode, .extrapelvicNode, "PROMISE supradiaphragmatic"),
        row(.supraclavicularNode, .extrapelvicNode, "PROMISE supradiaphragmatic"),
        row(.cervicalNode, .extrapelvicNode, "PROMISE supradiaphragmatic"),
        row(.axillaryNode, .extrapelvicNode, "PROMISE other extrapelvic"),
    ]

    private static let bones = AnatomicalLocation.allCases.filter { $0.group == .bone }
        .map { row($0, .bone, "PROMISE miM1b") }

    private static let otherOrgans = [
        row(.brain, .distantOrgan, "PROMISE miM1c"),
        row(.lung, .distantOrgan, "PROMISE miM1c"),
        row(.liver, .distantOrgan, "PROMISE miM1c: a known site despite its normal uptake"),
        row(.adrenalGland, .distantOrgan, "PROMISE miM1c"),
        row(.pancreas, .distantOrgan, "PROMISE miM1c"),
        row(.heart, .distantOrgan, "PROMISE miM1c"),
        row(.stomach, .distantOrgan, "PROMISE miM1c"),
        row(.testis, .distantOrgan, "PROMISE miM1c"),
        row(.muscle, .distantOrgan, "PROMISE miM1c"),
        row(.softTissue, .distantOrgan, "PROMISE miM1c"),
        row(.lacrimalGland, .notStaged, "normal uptake of the gland"),
        row(.parotidGland, .notStaged, "normal uptake of the gland"),
        row(.submandibularGland, .notStaged, "normal uptake of the gland"),
        row(.pharynx, .notStaged, "normal uptake of lymphatic tissue and glands"),
        row(.thyroid, .notStaged, "thyroid disease"),
        row(.spleen, .notStaged, "normal uptake of the spleen"),
        row(.kidney, .notStaged, "normal uptake, urine or renal cell carcinoma"),
        row(.ureter, .notStaged, "urine"),
        row(.gallbladder, .notStaged, "bile"),
        row(.smallBowel, .notStaged, "normal uptake of the bowel"),
        row(.colon, .notStaged, "normal uptake of the bowel"),
        row(.ganglion, .notStaged, "normal uptake of ganglia"),
        row(.bloodVessel, .notStaged, "blood pool"),
        row(.brownFat, .notStaged, "active brown fat"),
    ]

    private static func row(_ location: AnatomicalLocation, _ role: Role, _ reason: String) -> StagingSite {
        StagingSite(location: location, role: role, reason: reason)
    }

    private static let byLocation = Dictionary(uniqueKeysWithValues: table.map { ($0.location, $0) })

    /// The row of a location.
    public static func of(_ location: AnatomicalLocation) -> StagingSite {
        guard let site = byLocation[location] else { preconditionFailure("no staging row for \(location.id)") }
        return site
    }
}
