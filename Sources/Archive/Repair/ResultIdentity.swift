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

    /// - Returns: nil for what does not tell its study, such as a picture.
    init?(path: String, ending: String) {
        switch ending {
        case "dcm":
            guard let header = try? InstanceHeader(path: path) else { return nil }
            studyInstanceUID = header.studyInstanceUID
            object = (header.sopClassUID, header.sopInstanceUID)
            kind =
                switch header.sopClassUID {
                case .keyObjectSelectionDocumentStorage: Self.kindOfSelection(path)
                case .rtStructureSetStorage: Self.kindOfStructureSet(path)
                case let other: Self.kinds[other] ?? "object"
                }
        case "json":
            guard let data = FileManager.default.contents(atPath: path),
                let text = (try? JSONDecoder().decode(Reading.self, from: data))?.studyInstanceUID,
                let uid = UID(text)
            else { return nil }
            (studyInstanceUID, kind, object) = (uid, "reading", nil)
        default: return nil
        }
    }

    private struct Reading: Decodable {
        let studyInstanceUID: String
    }

    /// A selection "Of Interest" (113000 DCM) shows lesions; one with another title is a rejection note of ours.
    private static func kindOfSelection(_ path: String) -> String {
        let title = try? DICOMFile(path: path, extent: .header).dataSet.code(.conceptNameCodeSequence)
        return title?.value == "113000" ? "keys" : Archive.withdrawal
    }

    /// Those on the PET and on the CT are of one class.
    private static func kindOfStructureSet(_ path: String) -> String {
        let isOnCT = try? DICOMFile(path: path, extent: .header).dataSet.isDrawnOnCT
        return isOnCT == true ? "structures-ct" : "structures"
    }

    private static let kinds: [UID: String] = [
        .comprehensive3DSRStorage: "report", .segmentationStorage: "segmentation",
        .secondaryCaptureImageStorage: "capture", .encapsulatedPDFStorage: "document",
    ]
}
