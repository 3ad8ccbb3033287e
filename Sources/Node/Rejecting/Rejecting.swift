import Archive
import DICOM
import Foundation
import Logging
import Reading
import Reporting

/// A note that could not be looked at, for a reason that is not its own: its study is not closed without it.
struct UnsettledNote: Error, CustomStringConvertible {
    let note: UID
    let reason: String
    var description: String { "the Key Object Selection \(note) could not be looked at: \(reason)" }
}

/// Follows rejection notes: takes what they name out of use, and takes back what was made of it.
struct Rejecting: Sendable {
    let archive: Archive
    let child: ChildCommand
    let bell: Bell
    let log: Logger

    /// Brings a study in accord with the notes that are here. What is done already is not done again.
    /// - Throws: `ReadingFailure` where the node is being stopped, `UnsettledNote` where what a note says is not known yet.
    func settle(_ study: UID) throws {
        for instance in try archive.unreadNotes(ofStudy: study) { try take(instance, of: study) }
        let spoilt = try archive.rejectedInstances(ofStudy: study).filter(\.title.spoilsResults)
        let gone = try withdrawResults(of: study, madeOf: spoilt)
        if !gone.isEmpty { try readLaterStudiesAnew(than: study, without: gone) }
    }

    /// Takes back what was made of rejected instances.
    /// - Returns: the rejected instances, and what is taken back, now or before.
    private func withdrawResults(of study: UID, madeOf spoilt: [RejectedInstance]) throws -> Set<UID> {
        let results = Dictionary(grouping: try archive.results(ofStudy: study), by: \.revision)
        var gone = Set(spoilt.map(\.sopInstanceUID))
        for (revision, made) in results.sorted(by: { $0.key < $1.key }) {
            let objects = made.filter { $0.sopInstanceUID != nil && $0.kind != Archive.withdrawal }
            let members = Set(try archive.instances(ofStudy: study, revision: revision).map(\.sopInstanceUID))
            let title: RejectionNote.Title?
            if members.isEmpty {
                let evidence = try evidence(of: objects)
                title = try archive.rejectionTitles(of: evidence).filter(\.spoilsResults).max()
                if title != nil { gone.formUnion(evidence) }
            } else {
                title = Self.title(for: made, spoilt.filter { members.contains($0.sopInstanceUID) })
            }
            let standing = objects.filter { !$0.isWithdrawn }
            if let title, !standing.isEmpty { try withdraw(standing, title, of: study) }
            gone.formUnion(objects.filter { $0.isWithdrawn || title != nil }.compactMap(\.sopInstanceUID))
        }
        return gone
    }

    /// The images that were read, by the report: retention may remove them before they are rejected.
    private func evidence(of objects: [StoredResult]) throws -> [UID] {
        guard let report = objects.first(where: { $0.kind == "report" }) else { return [] }
        return try DICOMFile(path: report.path, extent: .header).dataSet
            .instances(in: .currentRequestedProcedureEvidenceSequence)
    }

    private func take(_ instance: StoredInstance, of study: UID) throws {
        let about: Logger.Metadata = ["study": "\(study)", "note": "\(instance.sopInstanceUID)"]
        let note: RejectionNote?
        do throws(ReadingFailure) {
            note = try child.note(inFile: instance.path, by: archive.incomingPath())
        } catch {
            if child.children.isEnding { throw error }
            if error.isPassing { throw UnsettledNote(note: instance.sopInstanceUID, reason: error.description) }
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
        for results: [StoredResult], _ spoilt: [RejectedInstance]
    ) -> RejectionNote.Title? {
        let documents = results.filter { $0.kind == "reading" }.compactMap { result in
            try? JSONDecoder().decode(
                SeriesRead.self, from: Data(contentsOf: URL(fileURLWithPath: result.path)))
        }
        let read = Set(documents.flatMap { [$0.petSeriesInstanceUID, $0.ctSeriesInstanceUID] }.compactMap { $0 })
        return spoilt.filter { read.contains($0.seriesInstanceUID) }.map(\.title).max()
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
