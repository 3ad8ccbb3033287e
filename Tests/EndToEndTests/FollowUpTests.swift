import Archive
import DICOM
import Foundation
import Testing

/// A study and an earlier one of its patient, by the whole node and offline.
@Suite struct FollowUpTests {
    /// An earlier PET/CT of a study's patient.
    private func earlier(than study: Study, in folder: Scratch) throws -> Study {
        let data = try DICOMFile(path: study.pet[0]).dataSet
        let patient = try #require(data.string(.patientID))
        let date = try #require(data.string(.studyDate).flatMap(Int.init))
        return try Material.edited(study, named: "earlier", in: folder.path) {
            $0.set(.patientID, patient)
            // The same day of the year before.
            $0.set(.studyDate, "\(date - 10_000)")
        }
    }

    private struct Document: Decodable {
        struct Comparison: Decodable {
            struct Lesion: Decodable { let fate: String }
            let earlierStudyInstanceUID, recip: String?
            let changeMl: Double
            let lesions: [Lesion]
        }
        let comparison: Comparison?
    }

    private func document(_ path: String) throws -> Document {
        try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func aStudyIsComparedWithTheEarlierOneInTheArchive() throws {
        let study = try Material.pelvis
        let folder = try Scratch("earlier")
        let earlier = try earlier(than: study, in: folder)
        let node = try ServedNode()
        try node.send(earlier.files)
        try node.waitUntilDone(earlier.uid)
        try node.send(study.files)
        try node.waitUntilDone(study.uid)
        let readings = try node.look { archive in
            try [earlier, study].map { try archive.results(ofStudy: $0.uid).first { $0.kind == "reading" }!.path }
        }
        #expect(try document(readings[0]).comparison == nil)
        let comparison = try #require(try document(readings[1]).comparison)
        #expect(comparison.earlierStudyInstanceUID == earlier.uid.description)
        // The very same images: nothing has changed.
        #expect(comparison.lesions.allSatisfy { $0.fate == "persisting" })
        #expect(abs(comparison.changeMl) < 0.01)
        #expect(comparison.recip == (comparison.lesions.isEmpty ? nil : "RECIP-SD"))
    }

    @Test func aStudyIsComparedOffline() throws {
        let study = try Material.pelvis
        let folder = try Scratch("earlier")
        let earlier = try earlier(than: study, in: folder)
        let made = try Child.run(
            Place.uptake,
            [
                "read", "--input", study.folder, "--previous", earlier.folder, "--output", folder.path + "/out",
            ], seconds: 120)
        #expect(made.status == 0, "\(made)")
        let comparison = try #require(try document(folder.path + "/out/reading.json").comparison)
        #expect(comparison.earlierStudyInstanceUID == earlier.uid.description)
    }
}
