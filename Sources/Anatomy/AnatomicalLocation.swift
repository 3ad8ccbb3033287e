import DICOM

/// A site in the body where uptake is named: the location ids of the reading contract.
///
/// The raw value is the id written to `reading.json`; the SNOMED CT code is in `AnatomicalLocation+Codes.swift`.
public enum AnatomicalLocation: String, Sendable, Hashable, Codable, CaseIterable {
    case brain
    case lacrimalGland = "lacrimal-gland"
    case parotidGland = "parotid-gland"
    case submandibularGland = "submandibular-gland"
    case pharynx
    case thyroid
    case heart
    case bloodVessel = "blood-vessel"
    case lung
    case liver
    case gallbladder
    case spleen
    case pancreas
    case adrenalGland = "adrenal-gland"
    case kidney
    case ureter
    case urinaryBladder = "urinary-bladder"
    case stomach
    case smallBowel = "small-bowel"
    case colon
    case rectum
    case prostate
    case prostaticBed = "prostatic-bed"
    case seminalVesicle = "seminal-vesicle"
    case testis
    case ganglion
    case muscle
    case softTissue = "soft-tissue"
    case brownFat = "brown-fat"

    case cervicalNode = "lymph-node.cervical"
    case supraclavicularNode = "lymph-node.supraclavicular"
    case axillaryNode = "lymph-node.axillary"
    case mediastinalNode = "lymph-node.mediastinal"
    case hilarNode = "lymph-node.hilar"
    case retroperitonealNode = "lymph-node.retroperitoneal"
    case commonIliacNode = "lymph-node.common-iliac"
    case internalIliacNode = "lymph-node.internal-iliac"
    case externalIliacNode = "lymph-node.external-iliac"
    case obturatorNode = "lymph-node.obturator"
    case presacralNode = "lymph-node.presacral"
    case mesorectalNode = "lymph-node.mesorectal"
    case inguinalNode = "lymph-node.inguinal"

    case skull = "bone.skull"
    case cervicalSpine = "bone.cervical-spine"
    case thoracicSpine = "bone.thoracic-spine"
    case lumbarSpine = "bone.lumbar-spine"
    case sacrum = "bone.sacrum"
    case pelvicBone = "bone.pelvis"
    case rib = "bone.rib"
    case sternum = "bone.sternum"
    case clavicle = "bone.clavicle"
    case scapula = "bone.scapula"
    case humerus = "bone.humerus"
    case femur = "bone.femur"

    /// The id of the reading contract.
    public var id: String { rawValue }

    /// What kind of tissue a location is; sites of one group are near misses of each other.
    public enum Group: String, Sendable, Hashable, Codable, CaseIterable {
        /// An organ or another soft tissue.
        case organ
        /// A lymph node station.
        case lymphNode
        /// A bone.
        case bone
    }

    /// The group of this location.
    public var group: Group {
        if rawValue.hasPrefix("lymph-node.") { return .lymphNode }
        return rawValue.hasPrefix("bone.") ? .bone : .organ
    }
}

/// On which side of the patient a focus lies.
public enum Laterality: String, Sendable, Hashable, Codable, CaseIterable {
    case left, right, midline
}
