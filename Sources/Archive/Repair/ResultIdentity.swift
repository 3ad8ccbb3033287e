import DICOM
import Foundation

/// What a file among the results is, as far as it says so itself.
struct ResultIdentity {
    /// The study that it was found in.
    let studyInstanceUID: UID
    /// As in `IncomingResult.kind`.
    let kind: String
    /// Its SOP Class and Instance UID; nil for what is no DICOM object.
    let object: (sopClassUID: UID, sopInstanceUID: UID)?
    /// When it was made, by the clock of the site: one moment for all objects of a reading.
    private(set) var createdAt: DateTime?
    /// What it withdraws, if it is a rejection note of ours.
    private(set) var withdrawn: [UID] = []
    /// Why its study was not read, if it says so.
    private(set) var declined: String?

    /// - Returns: nil for what does not tell its study, such as a picture.
    init?(path: String, ending: String) {
        switch ending {
        case "dcm": self.init(object: path)
        case "json": self.init(reading: path)
        default: return nil
        }
    }

    private init?(object path: String) {
        guard let header = try? InstanceHeader(path: path) else { return nil }
        studyInstanceUID = header.studyInstanceUID
        object = (header.sopClassUID, header.sopInstanceUID)
        // Ours, and bounded by the header just read.
        let document = try? DICOMFile(path: path, extent: .header).dataSet
        createdAt = document?.dateTime(.instanceCreationDate, .instanceCreationTime)
        switch header.sopClassUID {
        case .keyObjectSelectionDocumentStorage:
            let note = document.flatMap(RejectionNote.init)
            withdrawn = note?.instances ?? []
            kind = note == nil ? "keys" : Archive.withdrawal
        case .rtStructureSetStorage: kind = document?.isDrawnOnCT == true ? "structures-ct" : "structures"
        case let other: kind = Self.kinds[other] ?? "object"
        }
    }

    private init?(reading path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            let reading = try? JSONDecoder().decode(Reading.self, from: data)
        else { return nil }
        (studyInstanceUID, kind, object) = (reading.studyInstanceUID, "reading", nil)
        declined = reading.declined.map { "\($0.reason) [\($0.code)]" }
    }

    /// What `reading.json` says; of whatever version.
    private struct Reading: Decodable {
        struct Refusal: Decodable { let code: String, reason: String }
        let studyInstanceUID: UID
        let declined: Refusal?
    }

    private static let kinds: [UID: String] = [
        .comprehensive3DSRStorage: "report", .segmentationStorage: "segmentation",
        .secondaryCaptureImageStorage: "capture", .encapsulatedPDFStorage: "document",
    ]
}
