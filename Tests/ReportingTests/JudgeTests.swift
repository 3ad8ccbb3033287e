import DICOM
import Foundation
import Imaging
import Reading
import Reporting
import Testing

/// What programs that nobody here wrote make of the objects.
@Suite struct JudgeTests {
    /// A study and its report as files.
    private struct Written {
        let study: SyntheticStudy
        let report: Report
        let folder: TemporaryFolder
        let files: [String]

        init(_ study: SyntheticStudy) throws {
            self.study = study
            report = try Report(of: study.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
            folder = try TemporaryFolder()
            try study.writePET(to: folder.path + "/pet")
            var files: [String] = []
            for (name, object) in [
                ("sr", report.structuredReport), ("seg", report.segmentation), ("rt", report.structureSet),
            ] {
                guard let object else { continue }
                files.append("\(folder.path)/\(name).dcm")
                try object.write(to: files.last!, transferSyntax: Report.transferSyntax(of: object))
            }
            self.files = files
        }
    }

    static let studies: [SyntheticStudy] =
        [.awkward, .turned, .clear] + (11...14).map { SyntheticStudy.random(seed: $0) }

    @Test(arguments: studies)
    func validatorsFindNothing(study: SyntheticStudy) throws {
        let written = try Written(study)
        for file in written.files {
            let verdict = try Program("dciodvfy", ["-new", file])
            let expected = ["sr": "Comprehensive3DSR", "seg": "Segmentation", "rt": "RTStructureSet"]
            let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
            #expect(verdict.output.contains(expected[name]!), "\(verdict.output)")
            let findings = verdict.output.split(separator: "\n").filter(FalseAlarm.isFinding)
            #expect(findings.isEmpty, "\(name): \(findings.joined(separator: "\n"))")
        }
        let slices = study.pet.headers.indices.map { "\(written.folder.path)/pet/\($0).dcm" }
        let entities = try Program("dcentvfy", slices + written.files)
        let findings = entities.output.split(separator: "\n").filter(FalseAlarm.isFinding)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
        let dump = try Program("dsrdump", ["-Dv", written.files[0]])
        #expect(dump.status == 0, "\(dump.output)")
        #expect(dump.output.contains("Comprehensive 3D SR Document"))
    }

    /// What `Tests/Judges/report_objects.py` prints.
    private struct Found: Decodable {
        struct Number: Decodable {
            let name: String
            let derivation: String?
            let value: Double
            let unit: String
        }
        struct Group: Decodable {
            let identifier, uid, segmentation, finding, site: String
            let segment: Int
            let laterality: String?
            let numbers: [Number]

            func number(_ name: String, _ derivation: String? = nil) -> Double? {
                numbers.first { $0.name == name && $0.derivation == derivation }?.value
            }
        }
        struct Segment: Decodable {
            let label, trackingUID: String
            let slices: [String: [Int]]
        }
        struct Region: Decodable {
            let name, segmentation: String
            let segment: Int
            let volume: Double
            let slices: [String: [Int]]
        }
        struct Recomputed: Decodable { let max, mean, volume: Double }
        let groups: [Group]
        let evaluations: [[String]]
        let segments: [String: Segment]
        let regions: [String: Region]
        let recomputed: [String: Recomputed]
        let patientName: String
    }

    /// Several at once, because the libraries take longer to load than to read.
    private func read(_ written: [Written]) throws -> [Found] {
        let program = try Program.judge(
            "report_objects.py", [String(SyntheticStudy.factor)] + written.map(\.folder.path))
        try #require(program.status == 0, "\(program.output)")
        // Warnings of the libraries may come before the one line of JSON.
        let line = program.output.split(separator: "\n").last { $0.hasPrefix("[{") } ?? ""
        return try JSONDecoder().decode([Found].self, from: Data(line.utf8))
    }

    @Test func highdicomReadsEveryReadingBack() throws {
        let written = try Self.studies.map(Written.init)
        for (written, found) in zip(written, try read(written)) { try expect(found, in: written) }
    }

    private func expect(_ found: Found, in written: Written) throws {
        let study = written.study
        let lesions = study.reading.lesions
        #expect(found.groups.count == lesions.count, "\(study)")
        #expect(found.segments.count == lesions.count)
        #expect(found.regions.count == lesions.count)
        #expect(found.patientName == study.identity.readable)
        for (index, (group, lesion)) in zip(found.groups, lesions).enumerated() {
            let number = String(index + 1)
            let segment = try #require(found.segments[number])
            let region = try #require(found.regions[number])
            let segmentation = written.report.segmentation?.uid(.sopInstanceUID)?.description
            #expect(group.segment == index + 1 && region.segment == index + 1)
            #expect(group.segmentation == segmentation && region.segmentation == segmentation)
            #expect(group.uid == segment.trackingUID)
            #expect(region.name == segment.label && region.name.hasPrefix(group.identifier))
            #expect(group.site == lesion.verdict.location.code.value)
            #expect(group.laterality == lesion.verdict.laterality.code?.value)
            // One mask in all three, voxel for voxel.
            #expect(places(segment.slices, in: study) == lesion.focus.voxels)
            #expect(places(region.slices, in: study) == lesion.focus.voxels)
            try expectFigures(of: lesion, in: group, recomputed: #require(found.recomputed[number]), isFDG: study.isFDG)
        }
    }

    private func expectFigures(
        of lesion: ReadFocus, in group: Found.Group, recomputed: Found.Recomputed, isFDG: Bool
    ) throws {
        let focus = lesion.focus
        func agree(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) <= 1e-6 * abs(b) } ?? false }
        let volume = isFDG ? "126032" : "118565006"
        #expect(agree(group.number("126401", "56851009"), focus.suvMax))
        #expect(agree(group.number("126401", "373098007"), focus.suvMean))
        #expect(agree(group.number("126401", "126031"), focus.suvPeak))
        #expect(agree(group.number(volume), focus.volumeMl))
        #expect(agree(group.number(isFDG ? "126033" : "total-uptake"), focus.totalUptake))
        #expect(agree(group.number("111047"), lesion.verdict.suspiciousProbability * 100))
        #expect(group.numbers.allSatisfy { ["g/ml{SUVbw}", "cm3", "g", "%"].contains($0.unit) })
        // And from the stored values under the segment, to four digits.
        func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 5e-5 * abs(b) }
        #expect(near(recomputed.max, focus.suvMax))
        #expect(near(recomputed.mean, focus.suvMean))
        #expect(near(recomputed.volume, focus.volumeMl))
    }

    /// Places in the volume from places in slices.
    private func places(_ slices: [String: [Int]], in study: SyntheticStudy) -> [Int32] {
        let area = study.geometry.columns * study.geometry.rows
        return study.pet.sopInstanceUIDs.enumerated().flatMap { k, uid in
            (slices[uid.description] ?? []).map { Int32(k * area + $0) }
        }
    }

    @Test func theStageIsCoded() throws {
        let found = try read([Written(.awkward)])[0]
        let coded = found.evaluations.map { "\($0[0])=\($0[1])" }
        for expected in ["miT=miT2u", "miN=miN1", "miN-V1=miN1a", "miM=miM1a", "miM=miM1b", "miM-pattern=miM-oligo"] {
            #expect(coded.contains(expected), "\(coded)")
        }
        #expect(found.evaluations.contains { $0[0] == "121077" && $0[1].contains("miT2u miN1 miM1a+miM1b (oligo)") })
    }

    /// Plastimatch fills contours on an axial, evenly spaced grid only.
    @Test(arguments: [SyntheticStudy.awkward] + (11...14).map { SyntheticStudy.random(seed: $0) })
    func plastimatchFillsTheContoursToTheSameVoxels(study: SyntheticStudy) throws {
        let folder = try Written(study).folder
        let converted = try Program(
            "plastimatch",
            [
                "convert", "--input", folder.path + "/rt.dcm", "--referenced-ct", folder.path + "/pet",
                "--output-prefix", folder.path + "/masks", "--prefix-format", "nrrd",
            ])
        try #require(converted.status == 0, "\(converted.output)")
        let program = try Program.judge("nrrd_masks.py", [folder.path + "/masks"])
        try #require(program.status == 0, "\(program.output)")
        let masks = try JSONDecoder().decode([String: [Int32]].self, from: Data(program.output.utf8))
        #expect(masks.count == study.reading.lesions.count)
        for (index, lesion) in study.reading.lesions.enumerated() {
            let prefix = (index < 9 ? "L0" : "L") + "\(index + 1) "
            let mask = try #require(masks.first { $0.key.hasPrefix(prefix) })
            #expect(mask.value == lesion.focus.voxels, "\(mask.key)")
        }
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
        let written = try Written(study)
        let contours = try #require(written.report.structureSet).items(.roiContourSequence)[0].items(.contourSequence)
        #expect(contours.contains { $0.bytes(.contourData)!.count > 65_534 })
        let found = try read([written])[0]
        #expect(places(found.regions["1"]!.slices, in: study) == study.reading.lesions[0].focus.voxels)
        let verdict = try Program("dciodvfy", ["-new", written.folder.path + "/rt.dcm"])
        #expect(verdict.output.split(separator: "\n").filter(FalseAlarm.isFinding).isEmpty, "\(verdict.output)")
    }
}
