import DICOM
import Foundation

/// A file in the state directory, and when it came.
struct FoundFile {
    let path: String
    let digest: String
    let ending: String
    let size: Int
    let time: Date
}

/// A file among the results, and what it is.
struct FoundResult {
    let file: FoundFile
    let identity: ResultIdentity

    /// When it was made, by the clock of the site.
    var moment: DateTime { identity.createdAt ?? DateTime(locally: file.time) }
    /// Whether it takes other results back.
    var isWithdrawal: Bool { identity.kind == Archive.withdrawal }
}

/// The results of one reading of a study, found by the moment that they share.
struct RebuiltRevision {
    /// When they were made.
    let moment: DateTime
    /// The results, notes of ours about them included.
    var results: [FoundResult]

    /// Why the study was not read, where it was declined.
    var declined: String? { results.compactMap(\.identity.declined).first }

    /// The revisions that results of a study tell of, first to last.
    ///
    /// The objects of one reading bear one moment. A `reading.json` bears none: it goes with the objects that were written
    /// next to it, at most one to a reading, and makes a revision of its own where there are none. A rejection note goes
    /// with what it names.
    static func all(of results: [FoundResult]) -> [RebuiltRevision] {
        let objects = results.filter { $0.identity.object != nil && !$0.isWithdrawal }
        var revisions = Dictionary(grouping: objects, by: \.moment)
            .map { RebuiltRevision(moment: $0, results: $1) }.sorted { $0.moment < $1.moment }
        var documents = results.filter { $0.identity.object == nil }
        for index in revisions.indices {
            let written = revisions[index].results.map(\.file.time).max()!
            guard
                let nearest = documents.indices.min(by: {
                    documents[$0].file.distance(to: written) < documents[$1].file.distance(to: written)
                })
            else { break }
            revisions[index].results.append(documents.remove(at: nearest))
        }
        revisions += documents.map { RebuiltRevision(moment: $0.moment, results: [$0]) }
        revisions.sort { $0.moment < $1.moment }
        for note in results where note.isWithdrawal {
            let named = Set(note.identity.withdrawn)
            let index = revisions.lastIndex {
                $0.results.contains { $0.identity.object.map { named.contains($0.sopInstanceUID) } == true }
            }
            guard let index = index ?? revisions.indices.last else {
                revisions.append(RebuiltRevision(moment: note.moment, results: [note]))
                continue
            }
            revisions[index].results.append(note)
        }
        return revisions
    }
}

extension FoundFile {
    fileprivate func distance(to moment: Date) -> Double { abs(time.timeIntervalSince(moment)) }
}

extension DateTime {
    /// A moment by the clock of the site.
    fileprivate init(locally moment: Date) {
        let offset = TimeZone.current.secondsFromGMT(for: moment)
        self.init(seconds: moment.timeIntervalSince1970 + Double(offset))
    }
}
