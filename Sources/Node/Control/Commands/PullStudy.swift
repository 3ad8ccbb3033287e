import Auditing
import DICOM
import DICOMNetwork
import Foundation

/// `pull find`: which studies a source has.
package struct FindStudies: ControlCommand {
    package static let name = "pull find"

    /// The name of the source.
    package let source: String
    /// Which studies.
    package let search: StudySearch

    /// What the source has, latest first.
    package struct Answer: Codable, Sendable {
        /// The studies.
        package let studies: [SourceStudy]
    }

    package init(_ search: StudySearch, at source: String) { (self.search, self.source) = (search, source) }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        let (retrieving, source) = try node.source(source)
        return Answer(studies: try search.studies(of: retrieving.inquiry(of: source)))
    }
}

/// `pull`: the node retrieves a study, or a series of it, from a source, as it takes what is sent to it.
package struct PullStudy: ControlCommand {
    package static let name = "pull"

    /// The name of the source.
    package let source: String
    /// Study Instance UID.
    package let study: UID
    /// Series Instance UID; nil for the whole study.
    package let series: UID?

    /// What there is of it now.
    package struct Answer: Codable, Sendable {
        /// Instances that the node holds of the study, or series.
        package let held: Int
    }

    package init(_ study: UID, series: UID? = nil, from source: String) {
        (self.study, self.series, self.source) = (study, series, source)
    }

    /// How long it may take at most, in seconds.
    private static let limit = 43_200.0

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        let (retrieving, source) = try node.source(source)
        var search = StudySearch()
        search.studyInstanceUID = study
        guard let found = try search.studies(of: retrieving.inquiry(of: source), limit: 2).first else {
            throw ControlError.refused("\(source.name) has no study \(study)")
        }
        let audited = AuditedStudy(
            studyInstanceUID: study.description, patientID: found.patientID, patientName: "",
            accessionNumber: found.accessionNumber)
        try withoutActuallyEscaping(progress) { progress in
            let teller = Teller(progress)
            try retrieving.retrieve(
                RetrievalSubject(uid: study, series: series, study: audited), from: source, limit: Self.limit,
                goesOn: { teller.isHeard }, progress: { teller.tell("study \(study): \($0.text)") })
        }
        let held = try held(in: node)
        if series == nil, let expected = found.expectedCounts?.instances, held < expected {
            throw ControlError.refused("study \(study) is not complete: \(held) of \(expected) instances are here")
        }
        return Answer(held: held)
    }

    private func held(in node: ControlledNode) throws -> Int {
        try node.archive.instances(ofStudy: study).count { series == nil || $0.seriesInstanceUID == series }
    }
}

/// Tells whoever asked how far it is, often enough that a hang-up is noticed, and seldom enough to cost nothing.
private final class Teller {
    private let progress: (String) throws -> Void
    private var text = "asked"
    private var told = ContinuousClock.now
    private var isGone = false

    init(_ progress: @escaping (String) throws -> Void) { self.progress = progress }

    /// Whether somebody still listens; asked several times a second.
    var isHeard: Bool {
        if ContinuousClock.now - told > .seconds(2) { say() }
        return !isGone
    }

    /// Tells at most five times a second.
    func tell(_ text: String) {
        self.text = text
        if ContinuousClock.now - told > .milliseconds(200) { say() }
    }

    private func say() {
        told = .now
        do { try progress(text) } catch { isGone = true }
    }
}

extension RetrieveProgress {
    /// So many of all.
    package var text: String { "\(completed + warned + failed) of \(completed + warned + failed + remaining)" }
}

extension ControlledNode {
    /// A source, by its name, and who retrieves from it.
    fileprivate func source(_ name: String) throws -> (Retrieving, NodeConfiguration.Source) {
        guard let retrieving else { throw ControlError.refused("this node retrieves nothing") }
        guard let source = retrieving.configuration.sources.first(where: { $0.name == name }) else {
            throw ControlError.refused(
                "the node's configuration has no [[source]] named \(name); reload it after a change")
        }
        return (retrieving, source)
    }
}
