import Archive
import DICOM
import Imaging
import Logging

/// Gathers the facts of a study in the archive and asks the rules.
struct Routing: Sendable {
    let archive: Archive
    let current: CurrentConfiguration
    let child: ChildCommand
    let log: Logger

    /// What is to become of a study.
    func plan(ofStudy uid: UID, _ instances: [StoredInstance]) throws -> ReadingPlan {
        let rules = RoutingRules(current.now)
        guard !rules.rules.isEmpty else { return rules.decide(Self.nothing).plan }
        let facts = StudyFacts(
            sourceAETitles: instances.sourceAETitles,
            studyDescription: try archive.study(uid)?.studyDescription ?? "",
            series: try archive.series(ofStudy: uid), tracer: rules.asksForTracer ? try tracer(of: instances, uid) : nil
        )
        return rules.decide(facts).plan
    }

    private static let nothing = StudyFacts(sourceAETitles: [], studyDescription: "", series: [], tracer: nil)

    /// The tracer, where a rule asks for it. A header that kills its reader leaves it unknown, as one that does not tell.
    private func tracer(of instances: [StoredInstance], _ uid: UID) throws -> Tracer? {
        guard let bearer = instances.tracerBearer else { return nil }
        do throws(ReadingFailure) {
            return try child.tracer(ofFile: bearer.path)
        } catch {
            // A node that is stopping comes back to this study.
            if child.children.isEnding { throw error }
            log.warning("the tracer is taken for unknown: \(error)", metadata: ["study": "\(uid)"])
            return nil
        }
    }
}
