import Archive
import DICOM
import Foundation
import Logging
import Reading
import Reporting

/// Follows rejection notes: takes what they name out of use, and takes back what was made of it.
struct Rejecting: Sendable {
    let archive: Archive
    let probe: NoteProbe
    let bell: Bell
    let log: Logger

    /// Brings a study in accord with the notes that are here. What is done already is not done again.
    /// - Throws: `ReadingFailure` where the node is being stopped.
    func settle(_ study: UID) throws {
        for instance in try archive.unreadNotes(ofStudy: study) { try take(instance, of: study) }
        let spoilt = Dictionary(
            try archive.rejectedSeries(ofStudy: study).filter(\.title.spoilsResults)
                .map { ($0.seriesInstanceUID, $0.title) }, uniquingKeysWith: { max($0, $1) })
        guard !spoilt.isEmpty else { return }
        let results = Dictionary(grouping: try archive.results(ofStudy: study), by: \.revision)
        for (_, made) in results.sorted(by: { $0.key < $1.key }) {
            guard let title = Self.title(for: made, spoilt) else { continue }
            let standing = made.filter { $0.sopInstanceUID != nil && !$0.isWithdrawn && $0.kind != Archive.withdrawal }
            if !standing.isEmpty { try withdraw(standing, title, of: study) }
        }
    }

    private func take(_ instance: StoredInstance, of study: UID) throws {
        let about: Logger.Metadata = ["study": "\(study)", "note": "\(instance.sopInstanceUID)"]
        let note: RejectionNote?
        do throws(ReadingFailure) {
            note = try probe.note(inFile: instance.path, by: archive.incomingPath())
        } catch {
            if probe.children.isEnding { throw error }
            log.warning("a Key Object Selection cannot be read, and rejects nothing: \(error)", metadata: about)
            note = nil
        }
        guard let note else { return try archive.passOver(note: instance.sopInstanceUID, now: Date()) }
        let studies = try archive.reject(note, now: Date())
        log.notice(
            "\(note.instances.count) instances rejected, of \(studies.count) studies here: \(note.title.code.meaning)",
            metadata: about)
    }

    /// Why what was made of a revision cannot stand: a series that was read has rejected instances.
    private static func title(
        for results: [StoredResult], _ spoilt: [UID: RejectionNote.Title]
    ) -> RejectionNote.Title? {
        let documents = results.filter { $0.kind == "reading" }.compactMap { result in
            try? JSONDecoder().decode(
                SeriesRead.self, from: Data(contentsOf: URL(fileURLWithPath: result.path)))
        }
        return documents.flatMap { [$0.petSeriesInstanceUID, $0.ctSeriesInstanceUID] }.compactMap { $0 }
            .compactMap { spoilt[$0] }.max()
    }

    /// What `reading.json` says of its input; of whatever version.
    private struct SeriesRead: Decodable {
        let petSeriesInstanceUID: UID?
        let ctSeriesInstanceUID: UID?
    }

    private func withdraw(_ results: [StoredResult], _ title: RejectionNote.Title, of study: UID) throws {
        let note = try WithdrawalNote(
            of: results.map { try DICOMFile(path: $0.path, extent: .header).dataSet }, title: title, createdAt: .now)
        let path = archive.incomingPath()
        try note.dataSet.write(to: path)
        let incoming = IncomingResult(
            kind: Archive.withdrawal, path: path, sopClassUID: .keyObjectSelectionDocumentStorage,
            sopInstanceUID: note.sopInstanceUID)
        let told = try archive.withdraw(
            results, by: incoming, reason: "an image was rejected: \(title.code.meaning)", now: Date())
        log.notice(
            "\(results.count) results of revision \(results[0].revision) withdrawn: \(title.code.meaning)",
            metadata: ["study": "\(study)", "told": "\(told.joined(separator: ", "))"])
        bell.ring()
    }
}
