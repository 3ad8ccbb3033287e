import Archive
import DICOM
import Foundation
import Reading
import Reporting

/// What a demonstration's study led to: the reading at the node, the objects at the PACS.
struct DemoResults {
    /// The reading.
    let reading: ReadingDocument
    /// The DICOM objects at the PACS: what they are, and the file.
    let delivered: [(kind: String, path: String)]
    /// The summary picture at the node.
    let summary: String

    /// Gathers the results; nil while anything is still to come.
    /// - Throws: `Failure` where the study was declined.
    init?(_ archive: Archive, pacs: DemoPACS) throws {
        guard let study = try archive.studies().first else { return nil }
        let results = try archive.results(ofStudy: study.studyInstanceUID)
        guard let json = results.first(where: { $0.kind == "reading" }) else { return nil }
        reading = try JSONDecoder().decode(
            ReadingDocument.self, from: Data(contentsOf: URL(fileURLWithPath: json.path)))
        if let declined = reading.declined { throw Failure("the study was declined: \(declined.reason)") }
        guard let picture = results.first(where: { $0.kind == "summary" }) else { return nil }
        summary = picture.path
        let arrived = pacs.files
        let objects = results.filter { $0.sopInstanceUID != nil }
        delivered = objects.compactMap { object in arrived[object.sopInstanceUID!].map { (object.kind, $0) } }
        // Without a lesion there is nothing to outline or to select.
        let isAnySuspicious = reading.foci.contains(where: \.suspicious)
        let expected = isAnySuspicious ? Set(ReportObject.allCases) : ReportObject.withoutLesions
        let made = objects.compactMap { ReportObject(resultName: $0.kind) }
        guard delivered.count == objects.count, expected.isSubset(of: made) else { return nil }
        guard try archive.jobs(states: [.waiting, .running]).isEmpty else { return nil }
    }
}

/// The demonstration's last words.
struct DemoReport {
    let results: DemoResults
    let folder: String

    /// Checks what came to the PACS and prints the conclusion.
    func print() throws {
        for (kind, path) in results.delivered {
            let object = try DICOMFile(path: path, extent: .header).dataSet
            guard object.uid(.studyInstanceUID) == results.reading.studyInstanceUID else {
                throw Failure("the \(kind) at the PACS belongs to another study")
            }
        }
        let picture = folder + "/summary.png"
        try? FileManager.default.removeItem(atPath: picture)
        try FileManager.default.copyItem(atPath: results.summary, toPath: picture)
        Swift.print(table)
        for (kind, path) in results.delivered { Swift.print("\(kind) at the PACS: \(path)") }
        Swift.print("picture: \(picture)")
    }

    private var table: String {
        let header = ["", "location", "side", "SUVmax", "SUVmean", "ml", "P(susp.)"]
        let lesions = results.reading.foci.filter(\.suspicious)
        let rows = lesions.enumerated().map { index, focus in
            [
                String(format: "L%02d", index + 1), focus.location.id.displayName, focus.location.laterality.rawValue,
                String(format: "%.1f", focus.suvMax), String(format: "%.1f", focus.suvMean),
                String(format: "%.2f", focus.volumeMl), String(format: "%.2f", focus.suspiciousProbability),
            ]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max()! }
        let lines = ([header] + rows).map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column < 3 ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
        let stage =
            results.reading.stage.map { "stage (\($0.edition.rawValue)): \($0.miTNM.description)" }
            ?? "no miTNM stage for FDG"
        let warnings = results.reading.warnings.map { "note: \($0)" }
        return
            (["", "\(lesions.count) suspicious of \(results.reading.foci.count) foci"] + lines + ["", stage] + warnings
            + [""])
            .joined(separator: "\n")
    }
}
