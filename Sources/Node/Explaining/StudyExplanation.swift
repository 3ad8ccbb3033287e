import Archive
import DICOM
import Foundation
import Imaging

/// What the node makes of a study, and why: whether it is complete, which rule decides, which series are read.
public struct StudyExplanation: Sendable, Codable {
    /// Which series the reading takes.
    public struct Selection: Sendable, Codable {
        /// A series that the reading does not take.
        public struct NotUsed: Sendable, Codable {
            /// Its number, description, modality and size.
            public let series: String
            /// Why not.
            public let reason: String
        }

        /// The PET; nil where none can be read.
        public let pet: String?
        /// The CT; nil where none fits.
        public let ct: String?
        /// Why no PET can be read.
        public let refusal: Refusal?
        /// The PET and CT series that are not read.
        public let notUsed: [NotUsed]
        /// What a reader must know of the choice.
        public let warnings: [String]
        /// How the tracer is known, or why it is not.
        public let tracer: String
    }

    /// Whether the study is complete by now, apart from associations that are open.
    public struct Completeness: Sendable, Codable {
        /// What the rule of completion says.
        public enum State: String, Sendable, Codable {
            case complete, waiting, incomplete
        }

        /// What the rule of completion says.
        public let state: State
        /// What speaks for its being complete, what it waits for, or what it lacks.
        public let text: String
        /// What it would be closed without.
        public let notes: [String]
    }

    /// How it was closed last.
    public struct Closing: Sendable, Codable {
        /// The revision, with its signal and its plan.
        public let revision: StudyRevision
        /// How far it is.
        public let status: StudyStatus
        /// Why, where that is not the plain case.
        public let reason: String?

        /// Makes one.
        public init(revision: StudyRevision, status: StudyStatus, reason: String?) {
            (self.revision, self.status, self.reason) = (revision, status, reason)
        }
    }

    /// The study.
    public let studyInstanceUID: UID
    /// How many images there are of each modality.
    public let images: [String: Int]
    /// Whether it is complete.
    public let completeness: Completeness
    /// How it was closed last; nil where it never was.
    public let closing: Closing?
    /// What was ordered from a source for it.
    public let fetches: [Job]
    /// What the rules decide by the configuration as it is now.
    public let decision: RoutingDecision
    /// Which series the reading takes.
    public let selection: Selection

    /// Explains a study.
    /// - Parameters:
    ///   - content: its images, by header.
    ///   - facts: what rules may ask; their tracer is determined here.
    ///   - fetches: its jobs to fetch.
    ///   - now: the present moment.
    public init(
        _ content: StudyContent, _ evidence: CompletionEvidence, _ facts: StudyFacts,
        configuration: NodeConfiguration, closing: Closing?, fetches: [Job] = [], now: Date
    ) {
        var evidence = evidence
        if let begun = evidence.firstReceivedAt, let fetch = configuration.fetch {
            evidence.pendingFetch = FetchPolicy(fetch).pending(fetches, since: begun)
        }
        self.fetches = fetches
        studyInstanceUID = content.studyInstanceUID
        images = Dictionary(grouping: evidence.instances, by: \.modality).mapValues(\.count)
        completeness = Completeness(CompletionRule(configuration.completion).judge(evidence, now: now))
        self.closing = closing
        let bearer = evidence.instances.tracerBearer.flatMap { bearer in
            content.series.lazy.flatMap(\.instances).first { $0.header.uid(.sopInstanceUID) == bearer.sopInstanceUID }
        }
        let tracer = bearer.map { TracerDetermination(header: $0.header) }
        var facts = facts
        facts.tracer = tracer?.tracer
        decision = RoutingRules(configuration).decide(facts)
        selection = Selection(content, tracer: tracer?.explanation ?? "there is no PET to tell it")
    }
}

extension StudyExplanation.Completeness {
    fileprivate init(_ judgement: CompletionRule.Judgement) {
        switch judgement {
        case .complete(let completion):
            (state, text, notes) = (.complete, completion.signal, completion.notes)
        case .wait(_, let reason): (state, text, notes) = (.waiting, reason, [])
        case .incomplete(let reason): (state, text, notes) = (.incomplete, reason, [])
        }
    }
}

extension StudyExplanation.Selection {
    fileprivate init(_ content: StudyContent, tracer: String) {
        var rejected: [SeriesSelection.Rejected] = []
        var (chosen, refusal): (SeriesSelection?, Refusal?)
        do throws(Refusal) {
            chosen = try SeriesSelection(content, rejecting: &rejected)
        } catch {
            refusal = error
        }
        pet = chosen?.pet.content.name
        ct = chosen?.ct.map { "\($0.content.name), covers \(Int(($0.coverage * 100).rounded())) % of the PET" }
        self.refusal = refusal
        notUsed = rejected.map { NotUsed(series: $0.content.name, reason: $0.refusal.reason) }
        warnings = chosen?.warnings ?? []
        self.tracer = tracer
    }
}
