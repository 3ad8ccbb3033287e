import DICOM
import Foundation
import OtherPrograms
import Reporting
import Testing

/// The objects that show the summary page, and the selection of slices, as programs of others read them.
@Suite struct PageObjectTests {
    /// What `Tests/Judges/page_objects.py` prints.
    private struct Found: Decodable {
        struct Picture: Decodable { let sha256, name: String }
        struct Document: Decodable { let type, beginning: String }
        struct Keys: Decodable {
            let title, description: String
            let references: [[String]]
        }
        let picture: Picture
        let document: Document
        let keys: Keys?
    }

    private static let studies: [SyntheticStudy] = [.awkward, .turned, .clear]

    @Test func pydicomAndHighdicomReadThemBack() throws {
        let written = try Self.studies.map(WrittenStudy.init)
        let found: [Found] = try WrittenStudy.decode("page_objects.py", written.map(\.folder.path))
        for (written, found) in zip(written, found) {
            let study = written.study
            let page = SummaryPage(reading: study.reading, pet: study.suv)
            #expect(found.picture.sha256 == SHA256Digest(of: page.pixels()).description)
            #expect(found.picture.name == study.identity.readable)
            #expect(found.document.type == "application/pdf" && found.document.beginning == "%PDF-")
            try expect(found.keys, in: study)
        }
    }

    private func expect(_ keys: Found.Keys?, in study: SyntheticStudy) throws {
        guard !study.reading.lesions.isEmpty else {
            #expect(keys == nil)
            return
        }
        let keys = try #require(keys)
        #expect(keys.title == "113000")
        let pet = study.pet
        let expected = study.reading.lesions.map { lesion in
            pet.sopInstanceUIDs[study.geometry.voxel(at: lesion.focus.peakVoxel).k].description
        }
        var once: [String] = []
        for uid in expected where !once.contains(uid) { once.append(uid) }
        let series = [pet.studyInstanceUID, pet.seriesInstanceUID].map(\.description)
        #expect(keys.references == once.map { series + [$0] })
        #expect(keys.description.contains("L01 "))
    }

    /// A viewer of another maker shows the page as it was drawn.
    @Test func dcmj2pnmRendersThePage() throws {
        let written = try WrittenStudy(.awkward)
        let picture = written.folder.path + "/page.ppm"
        let program = try Program("dcmj2pnm", ["+op", written.folder.path + "/capture.dcm", picture])
        try #require(program.status == 0, "\(program.output)")
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: picture)))
        let pixels = SummaryPage(reading: written.study.reading, pet: written.study.suv).pixels()
        #expect(Array(bytes.suffix(pixels.count)) == pixels)
    }

    /// The document's letters are letters, which can be searched and copied, and none of them is the patient's.
    @Test func theDocumentHasTheTextOfThePage() throws {
        let written = try WrittenStudy(.awkward)
        let document = written.folder.path + "/page.pdf"
        let taken = try Program("dcm2pdf", [written.folder.path + "/document.dcm", document])
        try #require(taken.status == 0, "\(taken.output)")
        let text = try Program("pdftotext", ["-layout", document, "-"]).output
        #expect(!text.contains("Since "), "there is nothing to compare with")
        for words in [
            "68Ga-PSMA-11 PET/CT", "miT2u N1 M1a M1b(oligo)", "PROMISE V2", "Research use only", "Common iliac",
            "Reference SUVmean: blood pool 1.5, liver 5.2", "PSMA-TV", "Uptake time 25 min is unusual",
        ] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
        #expect(!text.contains("Wang") && !text.contains("PAT-0042"))
    }

    /// What has changed stands on the page, and the new lesions are marked.
    @Test(arguments: [true, false]) func theDocumentTellsTheChange(registered: Bool) throws {
        let reading = ComparisonReportTests.compared(registered: registered)
        let page = SummaryPage(reading: reading, pet: SyntheticStudy.awkward.suv)
        let report = try Report(
            of: reading, page: page, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt,
            options: ReportOptions(objects: [.encapsulatedPDF]))
        let folder = try TemporaryFolder()
        let (object, document) = (folder.path + "/document.dcm", folder.path + "/page.pdf")
        try #require(report[.encapsulatedPDF]).write(to: object)
        try #require(try Program("dcm2pdf", [object, document]).status == 0)
        let text = try Program("pdftotext", ["-layout", document, "-"]).output
        let volume = reading.lesionVolumeMl
        let figures = String(format: "PSMA-TV %.1f \u{2192} %.1f ml (+100 %%)", volume / 2, volume)
        #expect(text.contains(figures), "\(text)")
        let isMarked = text.components(separatedBy: .newlines).count { $0.contains(/\bnew\b/) }
        if registered {
            #expect(text.contains("Progressive disease (RECIP-PD)"))
            #expect(text.contains("Since 2025-01-01: 5 new, 1 persisting, 1 vanished"))
            // Each in its row, all in the sentence, and what the mark means in the legend.
            #expect(isMarked == 7, "\(text)")
        } else {
            #expect(text.contains("Since 2025-01-01: 2 lesions then, 6 now; not matched") && isMarked == 0, "\(text)")
        }
    }
}
