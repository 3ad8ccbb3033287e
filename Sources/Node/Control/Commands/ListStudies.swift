import Archive
import DICOM
import Foundation

/// A study as operators need it: how far it is and what it waits for, without who the patient is.
package struct StudyState: Codable, Sendable {
    /// Study Instance UID.
    package let studyInstanceUID: UID
    /// Study Date, as written.
    package let studyDate: String
    /// Accession Number.
    package let accessionNumber: String
    /// The modalities of its series.
    package let modalities: [String]
    /// How many series and instances.
    package let seriesCount, instanceCount: Int
    /// When its last instance came.
    package let lastReceivedAt: Date
    /// How far it is.
    package let status: StudyStatus
    /// Why, where that is not the plain case.
    package let reason: String?
    /// The last revision; nil before the first closing.
    package let revision: Int?
    /// The signals that closed it.
    package let closingSignal: String?
    /// What it waits for, or lacks: the jobs of the last revision that are not done.
    package let pending: [Job]

    init(_ study: StudySummary, _ jobs: [Job]) {
        (studyInstanceUID, studyDate, accessionNumber) =
            (study.studyInstanceUID, study.studyDate, study.accessionNumber)
        (modalities, seriesCount, instanceCount) = (study.modalities, study.seriesCount, study.instanceCount)
        (lastReceivedAt, status, reason) = (study.lastReceivedAt, study.status, study.reason)
        (revision, closingSignal) = (study.revision, study.closingSignal)
        pending = jobs.filter { job in
            [.waiting, .running, .failed].contains(job.progress.state)
                && (job.revision == nil || job.revision == study.revision)
        }
    }
}

/// `studies list`: the studies, those that received last in front.
package struct ListStudies: ControlCommand {
    package static let name = "studies list"

    /// In these states; all, if there are none.
    package let states: Set<StudyStatus>
    /// How many of them, 1 to `ListLimit.most`.
    package let limit: Int

    package init(states: Set<StudyStatus>, limit: Int) {
        (self.states, self.limit) = (states, limit)
    }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> [StudyState] {
        try answer(from: node.archive)
    }

    /// The same from an index without a node.
    package func answer(from archive: Archive) throws -> [StudyState] {
        let all = Set(StudyStatus.allCases)
        return try archive.studies(in: states.isEmpty ? all : states, limit: ListLimit.kept(limit))
            .map { study in StudyState(study, try archive.jobs(ofStudy: study.studyInstanceUID)) }
    }
}

/// `studies show`: everything about one study.
package struct ShowStudy: ControlCommand {
    package static let name = "studies show"

    /// Which.
    package let studyInstanceUID: UID

    /// One study.
    package struct Answer: Codable, Sendable {
        /// How far it is.
        package let state: StudyState
        /// How it was closed, each time.
        package let revisions: [StudyRevision]
        /// What was found, and who has it.
        package let results: [StoredResult]
    }

    package init(_ studyInstanceUID: UID) { self.studyInstanceUID = studyInstanceUID }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        try answer(from: node.archive)
    }

    /// The same from an index without a node.
    package func answer(from archive: Archive) throws -> Answer {
        guard let study = try archive.study(studyInstanceUID) else {
            throw ArchiveError.unknown("study \(studyInstanceUID); uptake studies lists them")
        }
        return Answer(
            state: StudyState(study, try archive.jobs(ofStudy: studyInstanceUID)),
            revisions: try archive.revisions(ofStudy: studyInstanceUID),
            results: try archive.results(ofStudy: studyInstanceUID))
    }
}
