import DICOM
import Testing

@Suite struct RejectionNoteTests {
    private func document(_ code: CodedConcept, instances: [String] = ["1.2.3", "1.2.4"]) -> DataSet {
        var series = DataSet()
        series.set(
            .referencedSOPSequence,
            instances.map { uid in
                var item = DataSet()
                item.set(.referencedSOPInstanceUID, UID(uid)!)
                return item
            })
        var study = DataSet()
        study.set(.referencedSeriesSequence, [series])
        var document = DataSet()
        document.set(.sopClassUID, .keyObjectSelectionDocumentStorage)
        document.set(.sopInstanceUID, UID("1.2.9")!)
        document.set(.conceptNameCodeSequence, code)
        document.set(.currentRequestedProcedureEvidenceSequence, [study])
        return document
    }

    @Test(arguments: RejectionNote.Title.allCases)
    func aTitleOfRejectionMakesANote(title: RejectionNote.Title) throws {
        let note = try #require(RejectionNote(document(title.code)))
        #expect(note.title == title)
        #expect(note.sopInstanceUID == UID("1.2.9"))
        #expect(note.instances == [UID("1.2.3"), UID("1.2.4")])
    }

    @Test func otherSelectionsRejectNothing() {
        #expect(RejectionNote(document(CodedConcept("113000", "DCM", "Of Interest"))) == nil)
        #expect(RejectionNote(document(CodedConcept("113001", "99X", "Rejected for Quality Reasons"))) == nil)
        #expect(RejectionNote(document(RejectionNote.Title.quality.code, instances: [])) == nil)
        var other = document(RejectionNote.Title.quality.code)
        other.set(.sopClassUID, .comprehensive3DSRStorage)
        #expect(RejectionNote(other) == nil)
    }
}
