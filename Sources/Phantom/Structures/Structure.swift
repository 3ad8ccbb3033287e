import Anatomy

/// One named structure of the drawn body: an organ, a vessel, a single bone.
///
/// Finer than `AnatomicalLocation`, which has the sites that a report names: vertebrae and ribs are numbered here, walls
/// and contents of hollow organs are apart. A study's organ map (`PhantomTruth.structures`) holds `number`s.
public struct Structure: Sendable, Hashable {
    /// What it is.
    public let kind: Kind
    /// On which side; midline for what is unpaired.
    public let side: Laterality
    /// Counted from the head for vertebrae and ribs, from 1; 0 for what is not counted.
    public let ordinal: Int

    /// A structure; of a paired kind one side must be given.
    public init(_ kind: Kind, _ side: Laterality = .midline, ordinal: Int = 0) {
        self.kind = kind
        self.side = kind.isPaired ? side : .midline
        self.ordinal = kind.count > 1 ? ordinal : 0
    }

    /// Every structure, in the order of their numbers.
    public static let all: [Structure] = Kind.allCases.flatMap { kind in
        (kind.count > 1 ? Array(1...kind.count) : [0]).flatMap { ordinal in
            (kind.isPaired ? [Laterality.left, .right] : [.midline]).map { Structure(kind, $0, ordinal: ordinal) }
        }
    }

    private static let numbers = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, UInt8($0 + 1)) })

    /// Its place in `all`, counted from 1; 0 in an organ map is the air around the body.
    public var number: UInt8 { Self.numbers[self]! }

    /// Such as `rib 7 left`.
    public var name: String {
        [kind.rawValue, ordinal > 0 ? String(ordinal) : "", side == .midline ? "" : side.rawValue]
            .filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension Structure {
    /// Kinds of structures, from the head to the feet.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case skin, fat, muscle
        case brain, cerebellum
        case cerebrospinalFluid = "cerebrospinal fluid"
        case eye
        case lacrimalGland = "lacrimal gland"
        case parotidGland = "parotid gland"
        case submandibularGland = "submandibular gland"
        case sublingualGland = "sublingual gland"
        case tonsil, larynx, thyroid, airway, oesophagus
        case lung, myocardium
        case heartBlood = "blood of the heart"
        case aorta
        case venaCava = "vena cava"
        case pulmonaryVessel = "pulmonary vessel"
        case carotidArtery = "carotid artery"
        case jugularVein = "jugular vein"
        case subclavianVessel = "subclavian vessel"
        case portalVein = "portal vein"
        case renalVessel = "renal vessel"
        case iliacArtery = "iliac artery"
        case iliacVein = "iliac vein"
        case femoralVessel = "femoral vessel"
        case liver, gallbladder, spleen, pancreas
        case adrenalGland = "adrenal gland"
        case kidney
        case renalPelvis = "renal pelvis"
        case ureter
        case bladderWall = "bladder wall"
        case urine
        case stomachWall = "stomach wall"
        case stomachContents = "stomach contents"
        case duodenum, jejunum, ileum
        case smallBowelContents = "small bowel contents"
        case colonWall = "colon wall"
        case colonContents = "colon contents"
        case rectum, prostate
        case prostaticBed = "prostatic bed"
        case seminalVesicle = "seminal vesicle"
        case testis
        case cervicalGanglion = "cervical ganglion"
        case coeliacGanglion = "coeliac ganglion"
        case sacralGanglion = "sacral ganglion"
        case brownFat = "brown fat"
        case psoas
        case skull, mandible
        case cervicalVertebra = "cervical vertebra"
        case thoracicVertebra = "thoracic vertebra"
        case lumbarVertebra = "lumbar vertebra"
        case disc
        case spinalCord = "spinal cord"
        case rib
        case costalCartilage = "costal cartilage"
        case sternum, clavicle, scapula, humerus
        case forearm = "bones of the forearm"
        case hipBone = "hip bone"
        case sacrum, femur
        case hipProsthesis = "hip prosthesis"
        case focus

        /// How many of it lie below one another.
        public var count: Int {
            switch self {
            case .cervicalVertebra: 7
            case .thoracicVertebra, .rib: 12
            case .lumbarVertebra: 5
            default: 1
            }
        }

        /// Whether there is one on each side.
        public var isPaired: Bool {
            switch self {
            case .eye, .lacrimalGland, .parotidGland, .submandibularGland, .lung, .carotidArtery, .jugularVein,
                .subclavianVessel, .renalVessel, .iliacArtery, .iliacVein, .femoralVessel, .adrenalGland, .kidney,
                .renalPelvis, .ureter, .seminalVesicle, .testis, .cervicalGanglion, .coeliacGanglion, .sacralGanglion,
                .psoas, .rib, .clavicle, .scapula, .humerus, .forearm, .hipBone, .femur, .hipProsthesis:
                true
            default: false
            }
        }

        /// What is usually drawn for a site of the reading contract.
        init(_ location: AnatomicalLocation) {
            self = Self.ofLocation[location] ?? .focus
        }

        private static let ofLocation: [AnatomicalLocation: Kind] = [
            .brain: .brain, .lacrimalGland: .lacrimalGland, .parotidGland: .parotidGland,
            .submandibularGland: .submandibularGland, .pharynx: .tonsil, .thyroid: .thyroid, .heart: .heartBlood,
            .bloodVessel: .aorta, .lung: .lung, .liver: .liver, .gallbladder: .gallbladder, .spleen: .spleen,
            .pancreas: .pancreas, .adrenalGland: .adrenalGland, .kidney: .kidney, .ureter: .ureter,
            .urinaryBladder: .urine, .stomach: .stomachWall, .smallBowel: .ileum, .colon: .colonWall,
            .rectum: .rectum, .prostate: .prostate, .prostaticBed: .prostaticBed, .seminalVesicle: .seminalVesicle,
            .testis: .testis, .ganglion: .coeliacGanglion, .muscle: .muscle, .softTissue: .fat, .brownFat: .brownFat,
            .skull: .skull, .cervicalSpine: .cervicalVertebra, .thoracicSpine: .thoracicVertebra,
            .lumbarSpine: .lumbarVertebra, .sacrum: .sacrum, .pelvicBone: .hipBone, .rib: .rib, .sternum: .sternum,
            .clavicle: .clavicle, .scapula: .scapula, .humerus: .humerus, .femur: .femur,
        ]
    }
}
