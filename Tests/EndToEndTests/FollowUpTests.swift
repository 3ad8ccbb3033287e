import Archive
import DICOM
import Foundation
import Testing

/// What `reading.json` says of a comparison.
struct ComparedReading: Decodable {
    struct Comparison: Decodable {
        struct Lesion: Decodable { let fate: String }
        let earlierStudyInstanceUID, earlierReport, recip: String?
        let earlierLesionCount: Int
        let changeMl: Double
        let lesions: [Lesion]
    }
    let comparison: Comparison?

    init(_ path: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

/// A study and an earlier one of its patient, by the whole node and offline.
@Suite struct FollowUpTests {
    @Test func aStudyIsComparedWithTheEarlierOneInTheArchive() throws {
        let study = try Material.pelvis
        let folder = try Scratch("earlier")
        let earlier = try Material.earlier(than: study, in: folder.path)
        let node = try ServedNode()
        try node.send(earlier.files)
        try node.waitUntilDone(earlier.uid)
        try node.send(study.files)
        try node.waitUntilDone(study.uid)
        let readings = try node.look { archive in
            try [earlier, study].map { try archive.results(ofStudy: $0.uid).first { $0.kind == "reading" }!.path }
        }
        #expect(try ComparedReading(readings[0]).comparison == nil)
        let comparison = try #require(try ComparedReading(readings[1]).comparison)
        #expect(comparison.earlierStudyInstanceUID == earlier.uid.description)
        // The very same images: nothing has changed.
        #expect(comparison.lesions.allSatisfy { $0.fate == "persisting" })
        #expect(abs(comparison.changeMl) < 0.01)
        #expect(comparison.recip == (comparison.lesions.isEmpty ? nil : "RECIP-SD"))
    }

    @Test func aStudyIsComparedOffline() throws {
        let study = try Material.pelvis
        let folder = try Scratch("earlier")
        let earlier = try Material.earlier(than: study, in: folder.path)
        let made = try Child.run(
            Place.uptake,
            [
                "read", "--input", study.folder, "--previous", earlier.folder, "--output", folder.path + "/out",
            ], seconds: 120)
        #expect(made.status == 0, "\(made)")
        let comparison = try #require(try ComparedReading(folder.path + "/out/reading.json").comparison)
        #expect(comparison.earlierStudyInstanceUID == earlier.uid.description)
    }

    /// Another node read the earlier study, and all that came of it is the report.
    @Test func aStudyIsComparedWithAReportWhereThereAreNoImages() throws {
        let study = try Material.pelvis
        let folder = try Scratch("earlier")
        let earlier = try Material.earlier(than: study, in: folder.path)
        let made = try Child.run(
            Place.uptake, ["read", "--input", earlier.folder, "--output", folder.path + "/out"], seconds: 120)
        #expect(made.status == 0, "\(made)")
        let report = folder.path + "/out/report.dcm"
        // One that states no volume, of a later day, is told of in the log and passed over.
        var broken = try DICOMFile(path: report).dataSet
        broken.set(.sopInstanceUID, UID.derived(from: ["broken"]))
        broken.set(.contentSequence, [])
        try broken.write(to: folder.path + "/broken.dcm")

        let node = try ServedNode()
        try node.send([report, folder.path + "/broken.dcm"])
        try node.send(study.files)
        try node.waitUntilDone(study.uid)
        let results = try node.look { try $0.results(ofStudy: study.uid) }
        let comparison = try #require(
            try ComparedReading(results.first { $0.kind == "reading" }!.path).comparison)
        #expect(comparison.earlierStudyInstanceUID == earlier.uid.description)
        let uid = try #require(try DICOMFile(path: report).dataSet.uid(.sopInstanceUID))
        #expect(comparison.earlierReport == uid.description)
        #expect(comparison.lesions.isEmpty && abs(comparison.changeMl) < 0.001)
        #expect(node.process.errors.contains("nothing is compared with the report"), "\(node.process.errors)")
        let document = try DICOMFile(path: results.first { $0.kind == "report" }!.path).dataSet
        let evidence = document.items(.pertinentOtherEvidenceSequence).flatMap { $0.items(.referencedSeriesSequence) }
            .flatMap { $0.items(.referencedSOPSequence) }
        #expect(evidence.map { $0.uid(.referencedSOPInstanceUID) } == [uid])
    }
}
