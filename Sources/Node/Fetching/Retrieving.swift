import Archive
import Auditing
import DICOM
import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// Asks the sources of the configuration, and retrieves from them into the node, as SCU of Query/Retrieve.
final class Retrieving: Sendable {
    private let current: CurrentConfiguration
    private let intake: Intake
    let audit: Audit
    private let isStopping = Atomic(false)
    private let retrievals = Atomic<UInt64>(0)

    init(_ current: CurrentConfiguration, intake: Intake, audit: Audit) {
        (self.current, self.intake, self.audit) = (current, intake, audit)
    }

    /// What is in force at this moment.
    var configuration: NodeConfiguration { current.now }

    /// Ends what is in hand; nothing is asked any more.
    func stop() { isStopping.store(true, ordering: .releasing) }

    /// Whether the node is not being stopped.
    var goesOn: Bool { !isStopping.load(ordering: .acquiring) }

    /// How a source is asked, on the record.
    /// - Parameter limit: how long one question may take, in seconds, its association apart.
    func inquiry(of source: NodeConfiguration.Source, limit: Double = 60) -> Inquiry {
        let peer = configuration.reach(source)
        return Inquiry(
            at: peer, goesOn: bounded(limit) { true }, asked: { [audit] in audit.asked($0, at: peer, failure: $1) })
    }

    /// Retrieves from a source into the node.
    /// - Parameters:
    ///   - isStaged: whether nothing is taken in before all has come; without effect on C-MOVE, by which the source sends
    ///     to our listener.
    ///   - limit: how long it may take, in seconds.
    /// - Throws: `NetworkError`, or `FetchError` where anything is missing or was refused.
    func retrieve(
        _ subject: RetrievalSubject, from source: NodeConfiguration.Source, isStaged: Bool = false, limit: Double,
        goesOn: @escaping () -> Bool = { true }, progress: @escaping (RetrieveProgress) -> Void = { _ in }
    ) throws {
        let peer = configuration.reach(source)
        let goesOn = bounded(limit, goesOn)
        switch source.method {
        case .move: try move(subject, peer, goesOn, progress)
        case .get: try get(subject, peer, isStaged: isStaged, goesOn, progress)
        }
    }

    /// While `body` retrieves a study, nothing of another patient is taken in under its UID.
    func awaiting<T>(_ study: UID, of patient: PatientIdentity, _ body: () throws -> T) rethrows -> T {
        try intake.awaiting(study, of: patient, body)
    }

    private func bounded(_ seconds: Double, _ goesOn: @escaping () -> Bool) -> () -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        return { [self] in
            Pulse.beat()
            return self.goesOn && .now < end && goesOn()
        }
    }

    private func get(
        _ subject: RetrievalSubject, _ peer: Peer, isStaged: Bool, _ goesOn: @escaping () -> Bool,
        _ progress: @escaping (RetrieveProgress) -> Void
    ) throws {
        let sender = Sender(peer, retrieval: retrievals.add(1, ordering: .relaxed).oldValue)
        defer { intake.end(sender) }
        let study = subject.study.studyInstanceUID
        guard isStaged else {
            let receiver = IntakeReceiver(intake, from: sender, study: subject.uid)
            let retrieved = try QueryRetrieveSCU.get(
                subject.identifier, from: peer, receiver: receiver, goesOn: goesOn, progress: progress)
            return try require(retrieved, receiver.firstRefusal, peer, study)
        }
        let receiver = StagingReceiver(intake, from: sender)
        let retrieved = try QueryRetrieveSCU.get(
            subject.identifier, from: peer, receiver: receiver, goesOn: goesOn, progress: progress)
        try require(retrieved, receiver.firstRefusal, peer, study)
        try receiver.handOver(study: subject.uid)
        try require(retrieved, receiver.firstRefusal, peer, study)
    }

    private func move(
        _ subject: RetrievalSubject, _ peer: Peer, _ goesOn: @escaping () -> Bool,
        _ progress: @escaping (RetrieveProgress) -> Void
    ) throws {
        try audit.moving(subject.study, from: peer) {
            let moved = try QueryRetrieveSCU.move(
                subject.identifier, to: configuration.local.aeTitle, from: peer, goesOn: goesOn, progress: progress)
            try require(moved, nil, peer, subject.study.studyInstanceUID)
        }
    }

    private func require(_ retrieved: Retrieved, _ refusal: String?, _ peer: Peer, _ study: String) throws {
        if let refusal { throw FetchError.incomplete(peer, study, refusal) }
        guard retrieved.isComplete else {
            throw FetchError.incomplete(peer, study, "it answered \(retrieved.description)")
        }
    }
}

/// What is retrieved: a study, or a series of it.
struct RetrievalSubject: Sendable {
    /// Study Instance UID.
    let uid: UID
    /// Series Instance UID; nil for all series.
    var series: UID?
    /// The study, in audit messages.
    let study: AuditedStudy

    /// The identifier of a C-GET or C-MOVE (PS3.4 section C.4.2.1.4.1).
    var identifier: DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, series == nil ? "STUDY" : "SERIES")
        identifier.set(.studyInstanceUID, uid)
        if let series { identifier.set(.seriesInstanceUID, series) }
        return identifier
    }
}
