import DICOM
import Foundation
import Imaging
import OtherPrograms
import Reporting
import Testing

@Suite struct SummaryPageTests {
    private func page(_ study: SyntheticStudy) -> SummaryPage { SummaryPage(reading: study.reading, pet: study.suv) }

    private static func oneLesion(
        _ identity: SyntheticStudy.Identity = .plain, at voxel: (Int, Int, Int)? = (40, 6, 14)
    ) -> SyntheticStudy {
        SyntheticStudy(
            "one lesion", geometry: SyntheticStudy.axial,
            lesions: voxel.map { [.init(voxels: [$0], location: .rib, laterality: .left)] } ?? [], identity: identity,
            stage: SyntheticStudy.stage)
    }

    @Test func thePictureIsAPNGOfTheStatedSize() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/summary.png"
        try page(.awkward).writePNG(to: path)
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect(number(at: 16) == SummaryPage.width)
        #expect(number(at: 20) == SummaryPage.height)
    }

    @Test func aPathThatCannotBeWrittenIsAnError() {
        do {
            try page(Self.oneLesion()).writePNG(to: "/nonexistent/summary.png")
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.description.contains("/nonexistent/summary.png"))
        }
    }

    @Test func nothingOfThePatientsIdentityIsDrawn() {
        #expect(page(Self.oneLesion(.plain)).pixels() == page(Self.oneLesion(.chinese)).pixels())
    }

    @Test func lesionsAreDrawnInTheColourOfTheirRegion() {
        let bone: [UInt8] = [0, 148, 106]
        func count(_ study: SyntheticStudy) -> Int {
            let pixels = page(study).pixels()
            return stride(from: 0, to: pixels.count, by: 3).count { Array(pixels[$0..<$0 + 3]) == bone }
        }
        let without = count(Self.oneLesion(at: nil))
        #expect(without > 50, "the legend")
        #expect(count(Self.oneLesion()) > without + 100)
    }

    /// The darkest place of a projection, as fractions of its width and height.
    private func darkest(_ plane: ProjectedView.Plane, of volume: Volume<SUVbw>) -> (across: Double, down: Double) {
        let (pixels, width, height) = ProjectedView(plane, of: volume, lesions: []).grey(scale: 2, maximum: 10)
        let place = pixels.indices.min { pixels[$0] < pixels[$1] }!
        return (Double(place % width) / Double(width), Double(place / width) / Double(height))
    }

    @Test func leftIsRightAndTheHeadIsUp() {
        var volume = Volume<SUVbw>(geometry: SyntheticStudy.axial, repeating: 0)
        // To the patient's left, in front, near the head.
        volume[43, 4, 14] = 9
        let coronal = darkest(.coronal, of: volume)
        #expect(coronal.across > 0.85 && coronal.down < 0.15)
        let sagittal = darkest(.sagittal, of: volume)
        #expect(sagittal.across < 0.15 && sagittal.down < 0.15)
    }

    @Test func aStackThatRunsTheOtherWayLooksTheSame() {
        // Rows run to the patient's right and columns to the head: slices then run to the back.
        let geometry = VolumeGeometry(
            columns: 30, rows: 40, columnSpacing: 4, rowSpacing: 3, rowDirection: PatientPoint(-1, 0, 0),
            columnDirection: PatientPoint(0, 0, 1), sliceOrigins: (0..<20).map { PatientPoint(60, Double($0) * 5, 0) },
            frameOfReferenceUID: SyntheticStudy.frameOfReference)
        #expect(geometry.normal == PatientPoint(0, 1, 0))
        var volume = Volume<SUVbw>(geometry: geometry, repeating: 0)
        volume[1, 38, 1] = 9
        let coronal = darkest(.coronal, of: volume)
        #expect(coronal.across > 0.85 && coronal.down < 0.15)
        let sagittal = darkest(.sagittal, of: volume)
        #expect(sagittal.across < 0.15 && sagittal.down < 0.15)
    }

    @Test func unevenSlicesKeepTheirPlaces() {
        let heights = [0.0, 10, 20, 60, 70]
        let geometry = VolumeGeometry(
            columns: 10, rows: 10, columnSpacing: 5, rowSpacing: 5, rowDirection: PatientPoint(1, 0, 0),
            columnDirection: PatientPoint(0, 1, 0), sliceOrigins: heights.map { PatientPoint(0, 0, $0) },
            frameOfReferenceUID: SyntheticStudy.frameOfReference)
        var volume = Volume<SUVbw>(geometry: geometry, repeating: 0)
        volume[5, 5, 3] = 9
        // From the top edge at 75 mm to the slice at 60 mm, of 80 mm in all.
        #expect(abs(darkest(.coronal, of: volume).down - 15.0 / 80) < 0.02)
    }

    /// In the projections, which nothing else in that colour touches.
    @Test func newLesionsAreMarked() throws {
        func marked(_ page: SummaryPage) -> Int {
            let pixels = page.pixels()
            let views = (100..<880).flatMap { y in (30..<610).map { x in (y * SummaryPage.width + x) * 3 } }
            return views.count { pixels[$0] > 160 && pixels[$0 + 1] < 60 && pixels[$0 + 2] < 60 }
        }
        let compared = SummaryPage(reading: ComparisonReportTests.compared(), pet: SyntheticStudy.awkward.suv)
        #expect(marked(page(.awkward)) == 0)
        #expect(marked(compared) > 30)
        if let folder = ProcessInfo.processInfo.environment["UPTAKE_TEST_PICTURES"] {
            try compared.writePNG(to: folder + "/compared.png")
        }
    }

    @Test func aPageFullOfLesionsIsDrawn() throws {
        let study = SyntheticStudy.wholeBody(lesions: 100)
        let pixels = page(study).pixels()
        #expect(pixels.count == SummaryPage.width * SummaryPage.height * 3)
        if let folder = ProcessInfo.processInfo.environment["UPTAKE_TEST_PICTURES"] {
            try page(study).writePNG(to: folder + "/whole-body.png")
            for study in [SyntheticStudy.awkward, .turned, .clear] {
                try page(study).writePNG(to: folder + "/\(study.testDescription).png")
            }
        }
    }
}
