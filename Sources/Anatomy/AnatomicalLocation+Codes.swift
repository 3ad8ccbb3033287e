import DICOM

/// The one table of names and SNOMED CT codes of the sites.
///
/// Sources of the codes: the context groups of PS3.16, read as pydicom 3.0.2's concept dictionaries: CID 4030 and 4031
/// (anatomy imaged), 4209 (lacrimal gland), 6300 (seminal vesicle), 7151 (segmentation property types, which includes
/// 7154, 7160, 7166 and 7167), 7304 (bony pelvis), 7600 (lymph nodes) and 7710 (muscle). Meanings are worded as there.
/// Two come from elsewhere: the mapping of the AAPM TG-263 structure names to SNOMED CT in the HL7 CodeX Radiation
/// Therapy guide. Every departure from a literal match is noted at its row.
extension AnatomicalLocation {
    /// The SNOMED CT concept, for Finding Site (363698007) and Anatomic Region Sequence.
    public var code: CodedConcept {
        let row = row
        return CodedConcept(row.sct, "SCT", row.meaning)
    }

    /// The English name in reports, such as "External iliac lymph node".
    public var displayName: String { row.name }

    /// A line of the table: English name, SNOMED CT code, Code Meaning.
    private typealias Row = (name: String, sct: String, meaning: String)

    private var row: Row {
        switch group {
        case .organ: organRow
        case .lymphNode: lymphNodeRow
        case .bone: boneRow
        }
    }

    private var organRow: Row {
        switch self {
        case .brain: ("Brain", "12738006", "Brain")
        case .lacrimalGland: ("Lacrimal gland", "13561001", "Lacrimal gland")
        case .parotidGland: ("Parotid gland", "45289007", "Parotid gland")
        case .submandibularGland: ("Submandibular gland", "54019009", "Submandibular gland")
        case .pharynx: ("Pharynx", "54066008", "Pharynx")
        case .thyroid: ("Thyroid", "69748006", "Thyroid")
        case .heart: ("Heart", "80891009", "Heart")
        case .bloodVessel: ("Blood vessel", "59820001", "Blood Vessel")
        case .lung: ("Lung", "39607008", "Lung")
        case .liver: ("Liver", "10200004", "Liver")
        case .gallbladder: ("Gallbladder", "28231008", "Gallbladder")
        case .spleen: ("Spleen", "78961009", "Spleen")
        case .pancreas: ("Pancreas", "15776009", "Pancreas")
        case .adrenalGland: ("Adrenal gland", "23451007", "Adrenal gland")
        case .kidney: ("Kidney", "64033007", "Kidney")
        case .ureter: ("Ureter", "87953007", "Ureter")
        case .urinaryBladder: ("Urinary bladder", "89837001", "Bladder")
        case .stomach: ("Stomach", "69695003", "Stomach")
        case .smallBowel: ("Small bowel", "30315005", "Small intestine")
        case .colon: ("Colon", "71854001", "Colon")
        case .rectum: ("Rectum", "34402009", "Rectum")
        case .prostate: ("Prostate", "41216001", "Prostate")
        // No context group has the prostatic bed; the CodeX mapping codes TG-263's ProstateBed so.
        case .prostaticBed: ("Prostatic bed", "1162492000", "Tumor bed")
        case .seminalVesicle: ("Seminal vesicle", "64739004", "Seminal Vesicle")
        case .testis: ("Testis", "40689003", "Testis")
        // No context group has ganglia; what shows uptake are ganglia of the autonomic nerves (CID 7167).
        case .ganglion: ("Ganglion", "53520000", "Autonomic nerve")
        case .muscle: ("Muscle", "127954009", "Skeletal muscle")
        case .softTissue: ("Soft tissue", "87784001", "Soft tissue")
        // No context group tells brown fat from other fat (CID 7166).
        case .brownFat: ("Brown fat", "55603005", "Fat")
        default: preconditionFailure("\(rawValue) is not an organ")
        }
    }

    private var lymphNodeRow: Row {
        switch self {
        case .cervicalNode: ("Cervical lymph node", "81105003", "cervical lymph node")
        case .supraclavicularNode: ("Supraclavicular lymph node", "76838003", "supraclavicular lymph node")
        case .axillaryNode: ("Axillary lymph node", "68171009", "Axillary lymph node")
        case .mediastinalNode: ("Mediastinal lymph node", "62683002", "mediastinal lymph node")
        case .hilarNode: ("Hilar lymph node", "53074004", "hilar lymph node")
        case .retroperitonealNode: ("Retroperitoneal lymph node", "91394001", "retroperitoneal lymph node")
        // CID 7600 has only parts of the station (medial, lateral …); the CodeX mapping has the group.
        case .commonIliacNode: ("Common iliac lymph node", "245295006", "Common iliac lymph node group")
        // Hypogastric is the older name of internal iliac.
        case .internalIliacNode: ("Internal iliac lymph node", "69255009", "hypogastric lymph node")
        case .externalIliacNode: ("External iliac lymph node", "65349008", "external iliac lymph node")
        case .obturatorNode: ("Obturator lymph node", "36086000", "obturator lymph node")
        // SNOMED CT has no presacral node (remarked in the DICOM correction item CP-2602); sacral is its nearest.
        case .presacralNode: ("Presacral lymph node", "79926007", "sacral lymph node")
        // The nodes of the mesorectum lie beside the rectum.
        case .mesorectalNode: ("Mesorectal lymph node", "21875007", "pararectal lymph node")
        case .inguinalNode: ("Inguinal lymph node", "8928004", "inguinal lymph node")
        default: preconditionFailure("\(rawValue) is not a lymph node station")
        }
    }

    private var boneRow: Row {
        switch self {
        case .skull: ("Skull", "89546000", "Skull")
        case .cervicalSpine: ("Cervical spine", "122494005", "Cervical spine")
        case .thoracicSpine: ("Thoracic spine", "122495006", "Thoracic spine")
        case .lumbarSpine: ("Lumbar spine", "122496007", "Lumbar spine")
        case .sacrum: ("Sacrum", "54735007", "Sacrum")
        // The bony pelvis (CID 7304), not the region of that name (816092008).
        case .pelvicBone: ("Pelvic bone", "118645006", "Pelvis")
        case .rib: ("Rib", "113197003", "Rib")
        case .sternum: ("Sternum", "56873002", "Sternum")
        case .clavicle: ("Clavicle", "51299004", "Clavicle")
        case .scapula: ("Scapula", "79601000", "Scapula")
        case .humerus: ("Humerus", "85050009", "Humerus")
        case .femur: ("Femur", "71341001", "Femur")
        default: preconditionFailure("\(rawValue) is not a bone")
        }
    }
}

extension Laterality {
    /// The SNOMED CT concept for Laterality (272741003), from CID 244; nil at the midline, for which that group has no
    /// value: leave the modifier out.
    public var code: CodedConcept? {
        switch self {
        case .left: CodedConcept("7771000", "SCT", "Left")
        case .right: CodedConcept("24028007", "SCT", "Right")
        case .midline: nil
        }
    }

    /// The English name in reports, in lower case.
    public var displayName: String { rawValue }
}
