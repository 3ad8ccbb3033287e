import Archive
import DICOMNetwork
import Foundation
import Logging

/// A running node: listener, archive, and the threads that close, read and deliver.
public final class Node: Sendable {
    /// The archive, for those who show its state.
    public let archive: Archive
    let current: CurrentConfiguration
    let deliveries: Deliveries
    let commitments: CommitmentWorkers
    let counts: SourceCounts
    let fetching: Fetching
    /// The threads that work.
    package let roster = WorkerRoster()
    let renewal: CertificateRenewal?
    let log: Logger
    private let listener: Listener
    private let workers: [Worker]
    private let process: ReadingProcess
    private let control: ControlServer
    private let audit: Audit
    private let retrieving: Retrieving

    /// Starts a node.
    /// - Parameters:
    ///   - executable: the program that reads studies (`uptake`, called as `uptake read …`).
    ///   - log: told what happens, without patients' names.
    /// - Throws: `ArchiveError`, `NetworkError`, `TLSFilesError` or `ControlError` where the state directory, a port, a
    ///   certificate or the control socket is not to be had.
    public init(_ configuration: NodeConfiguration, executable: String, log: Logger) throws {
        var configuration = configuration
        try configuration.readCertificates()
        let archive = try Archive.open(directory: configuration.local.stateDirectory)
        try archive.endInterruptedFetching(now: Date())
        let audit = try Audit(configuration, log: log)
        let bell = Bell()
        let feeds = Feeds()
        let process = ReadingProcess(
            executable: executable, settings: configuration.reading, report: configuration.report)
        let current = CurrentConfiguration(configuration)
        let jobs = JobWorkers(archive: archive, bell: bell, log: log)
        let deliveries = Deliveries(archive: archive, audit: audit, jobs: jobs, log: log)
        (self.archive, self.audit, self.process, self.log) = (archive, audit, process, log)
        (self.current, self.deliveries) = (current, deliveries)

        let committing = Committing(current: current, archive: archive, bell: bell, log: log)
        commitments = CommitmentWorkers(committing, jobs: jobs)
        let child = ChildCommand(executable: executable, children: process.children)
        let querying = Querying(
            current, archive: archive, conversion: child.conversion(in: archive), audit: audit, log: log)
        let services = Listener.Services(
            query: querying, retrieve: querying, commitment: committing,
            commitmentOutcome: ConfirmationReports(
                confirmations: deliveries.all.compactMap(\.confirmation), bell: bell, log: log))
        let intake = Intake(current, archive: archive, feeds: feeds, bell: bell, audit: audit, log: log)
        let reception = Reception(current, intake: intake, audit: audit, log: log)
        listener = try Listener(configuration.listening, service: reception, services: services)

        for warning in configuration.warnings { log.warning("configuration: \(warning)") }
        let retrieving = Retrieving(current, intake: intake, audit: audit)
        self.retrieving = retrieving
        fetching = Fetching(archive: archive, current: current, retrieving: retrieving, bell: bell, log: log)
        let counts = SourceCounts(configuration, audit: audit, log: log)
        self.counts = counts
        let closing = Closing(
            archive: archive, feeds: feeds, rule: CompletionRule(configuration.completion),
            routing: Routing(archive: archive, current: current, child: child, log: log),
            counts: counts,
            rejecting: Rejecting(archive: archive, child: child, bell: bell, log: log),
            fetching: fetching, bell: bell, log: log)
        let reading = ReadingWork(
            archive: archive, process: process, destinations: current.now.destinations, bell: bell,
            audit: audit, log: log)
        let retention = Retention(
            archive: archive, feeds: feeds, policy: configuration.retention,
            reserveBytes: configuration.local.reserveMiB << 20, audit: audit, log: log)
        renewal = configuration.credentials.map { CertificateRenewal($0, audit: audit, log: log) }
        control = try ControlServer(
            stateDirectory: configuration.local.stateDirectory,
            node: ControlledNode(
                archive: archive, bell: bell, deliveries: deliveries.all, fetching: fetching, retrieving: retrieving,
                reception: reception, roster: roster, listener: listener),
            log: log)
        workers =
            [renewal?.worker].compactMap(\.self) + [
                jobs.worker("close", .close, closing.doNext), jobs.worker("read", .read, reading.doNext),
                jobs.worker(for: fetching), jobs.worker(for: retention),
                jobs.worker(
                    for: OverdueAlarm(
                        archive: archive, afterHours: configuration.local.alarmAfterHours, bell: bell, log: log)),
            ]
        roster.watch { [workers, audit] in workers + [audit.worker] }
        roster.watch { [deliveries] in deliveries.workers }
        roster.watch { [commitments] in commitments.all }
        follow(configuration)
        tellReady(configuration.local.aeTitle)
    }

    private func tellReady(_ title: AETitle) {
        log.info(
            "node is ready",
            metadata: [
                "title": "\(title)", "port": "\(port)", "TLS port": "\(securePort.map(String.init) ?? "none")",
            ])
    }

    /// The port the node listens on without TLS; 0 where there is none.
    public var port: UInt16 { listener.port }
    /// The port the node listens on under TLS; nil where there is none.
    public var securePort: UInt16? { listener.securePort }

    /// Calls the node as a peer would, with a C-ECHO.
    /// - Throws: where it does not answer. Under TLS alone it has to trust its own certificate for that.
    public func checkItself() throws(NetworkError) {
        _ = try VerificationSCU.echo(current.now.ourselves(port: port, securePort: securePort))
    }

    /// Stops: no new associations, open ones end within the time given, a reading in hand goes back to waiting.
    ///
    /// A delivery in hand may go on for that time too. One that hangs longer is left where it is; its job is taken up
    /// again at the next start.
    public func stop(graceSeconds: Double) {
        let deadline = DispatchTime.now() + graceSeconds
        retrieving.stop()
        counts.stop()
        control.stop(until: .now() + 2)
        workers.forEach { $0.stop() }
        deliveries.stop()
        commitments.stop()
        process.children.endAll()
        listener.stop(graceSeconds: graceSeconds)
        let end = max(deadline, .now() + 0.5)
        workers.forEach { $0.join(until: end) }
        deliveries.join(until: end)
        commitments.join(until: end)
        audit.stop(until: max(deadline, .now() + 0.5))
        try? archive.close()
    }
}
