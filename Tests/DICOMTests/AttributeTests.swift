import CDCMTK
import DICOM
import Testing

@Suite struct AttributeTests {
    @Test func keywordsAndRepresentationsAreTheDictionarys() {
        for attribute in Attribute.all {
            let tag = attribute.tag
            let keyword = cd_dictionary_keyword(tag.group, tag.element).map { String(cString: $0) }
            let vr = cd_dictionary_vr(tag.group, tag.element).map { String(cString: $0) }
            #expect(keyword == attribute.keyword, "\(tag)")
            // DCMTK writes the ambiguous representations in lower case: US or SS, OB or OW.
            let allowed = ["xs": ["US", "SS"], "px": ["OB", "OW"], "ox": ["OB", "OW"]][vr ?? ""] ?? [vr ?? ""]
            #expect(allowed.contains(attribute.vr.rawValue), "\(attribute.keyword): \(vr ?? "none")")
        }
    }
}
