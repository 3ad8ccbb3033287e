import Anatomy
import DICOM
import Testing

@Suite struct AnatomicalLocationTests {
    /// The ids of the reading contract, written out: scripts rely on them.
    static let contract = [
        "brain", "lacrimal-gland", "parotid-gland", "submandibular-gland", "pharynx", "thyroid", "heart",
        "blood-vessel", "lung", "liver", "gallbladder", "spleen", "pancreas", "adrenal-gland", "kidney", "ureter",
        "urinary-bladder", "stomach", "small-bowel", "colon", "rectum", "prostate", "prostatic-bed",
        "seminal-vesicle", "testis", "ganglion", "muscle", "soft-tissue", "brown-fat", "lymph-node.cervical",
        "lymph-node.supraclavicular", "lymph-node.axillary", "lymph-node.mediastinal", "lymph-node.hilar",
        "lymph-node.retroperitoneal", "lymph-node.common-iliac", "lymph-node.internal-iliac",
        "lymph-node.external-iliac", "lymph-node.obturator", "lymph-node.presacral", "lymph-node.mesorectal",
        "lymph-node.inguinal", "bone.skull", "bone.cervical-spine", "bone.thoracic-spine", "bone.lumbar-spine",
        "bone.sacrum", "bone.pelvis", "bone.rib", "bone.sternum", "bone.clavicle", "bone.scapula", "bone.humerus",
        "bone.femur",
    ]

    @Test func idsAreThoseOfTheContract() {
        #expect(Self.contract.count == 54)
        #expect(AnatomicalLocation.allCases.map(\.id) == Self.contract)
    }

    @Test func groupsFollowTheIds() {
        for location in AnatomicalLocation.allCases {
            let expected: AnatomicalLocation.Group =
                location.id.hasPrefix("lymph-node.") ? .lymphNode : location.id.hasPrefix("bone.") ? .bone : .organ
            #expect(location.group == expected)
        }
        let counts = Dictionary(grouping: AnatomicalLocation.allCases, by: \.group).mapValues(\.count)
        #expect(counts == [.organ: 29, .lymphNode: 13, .bone: 12])
    }

    @Test func lateralitiesAreThoseOfTheContract() {
        #expect(Laterality.allCases.map(\.rawValue) == ["left", "right", "midline"])
    }
}
