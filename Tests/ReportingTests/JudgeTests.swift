import DICOM
import Foundation
import Imaging
import Reading
import Reporting
import Testing

/// What programs that nobody here wrote make of the objects of studies that are awkward on purpose; `RandomReadingTests`
/// asks them, and more, about studies that chance made so.
@Suite struct JudgeTests {
    static let studies: [SyntheticStudy] = [.awkward, .turned, .clear]

    @Test(arguments: studies)
    func validatorsFindNothing(study: SyntheticStudy) throws {
        let findings = try WrittenStudy(study).findings()
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func highdicomReadsEveryReadingBack() throws {
        let written = try Self.studies.map(WrittenStudy.init)
        for (written, found) in zip(written, try FoundObjects.read(written)) { try found.expect(written) }
    }

    /// One report with an item of every kind, all of PixelMed's rules; `RandomReadingTests` has the rest judged.
    @Test func pixelMedFindsNothing() throws {
        let findings = try WrittenStudy.pixelMedFindings([WrittenStudy(.brief)], by: .java)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func theStageIsCoded() throws {
        let found = try FoundObjects.read([WrittenStudy(.awkward)])[0]
        let coded = found.evaluations.map { "\($0[0])=\($0[1])" }
        for expected in ["miT=miT2u", "miN=miN1", "miN-V1=miN1a", "miM=miM1a", "miM=miM1b", "miM-pattern=miM-oligo"] {
            #expect(coded.contains(expected), "\(coded)")
        }
        #expect(found.evaluations.contains { $0[0] == "121077" && $0[1].contains("miT2u N1 M1a M1b(oligo)") })
    }

    @Test func plastimatchFillsTheContoursToTheSameVoxels() throws {
        let masks = try WrittenStudy.plastimatchMasks([WrittenStudy(.awkward)])
        #expect(masks == [SyntheticStudy.awkward.reading.lesions.map(\.focus.voxels)])
    }

    /// The large contour that Explicit VR could not hold.
    @Test func aContourBeyond64KilobytesIsReadBack() throws {
        let geometry = SyntheticStudy.wide
        // Feathers that hang from one row, with barbs on both sides: corners at every other voxel.
        var feathers: [(Int, Int, Int)] = []
        for j in 0..<geometry.rows {
            for i in 0..<geometry.columns where j == 0 || i % 4 == 0 || (i % 4 != 2 && j % 2 == 0) {
                feathers.append((i, j, 1))
            }
        }
        let study = SyntheticStudy("feathers", geometry: geometry, lesions: [.init(voxels: feathers, location: .liver)])
        let written = try WrittenStudy(study)
        let contours = try #require(written.report.structureSet).items(.roiContourSequence)[0].items(.contourSequence)
        #expect(contours.contains { $0.bytes(.contourData)!.count > 65_534 })
        let found = try FoundObjects.read([written])[0]
        #expect(written.places(found.regions["1"]!.slices) == study.reading.lesions[0].focus.voxels)
        let findings = try written.findings()
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }
}
