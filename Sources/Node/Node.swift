import Archive
import DICOMNetwork
import Foundation
import Logging

/// A running node: listener, archive, and the threads that close, read and deliver.
public final class Node: Sendable {
    /// The archive, for those who show its state.
    public let archive: Archive
    private let listener: Listener
    private let workers: [Worker]
    private let process: ReadingProcess
    private let renewal: CertificateRenewal?
    private let control: ControlServer
    private let audit: Audit
    private let counts: SourceCounts

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
        let audit = try Audit(configuration, log: log)
        self.audit = audit
        let bell = Bell()
        let feeds = Feeds()
        let process = ReadingProcess(executable: executable, settings: configuration.reading)
        self.archive = archive
        self.process = process

        let querying = Querying(configuration, archive: archive, audit: audit, log: log)
        var services = Listener.Services()
        services.query = querying
        services.retrieve = querying
        let committing = Committing(configuration: configuration, archive: archive, bell: bell, log: log)
        services.commitment = committing
        let deliveries = configuration.destinations.map {
            Delivery(archive: archive, destination: $0, peer: configuration.reach($0), audit: audit, log: log)
        }
        let confirmations = deliveries.compactMap(\.confirmation)
        if !confirmations.isEmpty {
            services.commitmentOutcome = ConfirmationReports(confirmations: confirmations, bell: bell, log: log)
        }
        let reception = Reception(configuration, archive: archive, feeds: feeds, bell: bell, audit: audit, log: log)
        listener = try Listener(configuration.listening, service: reception, services: services)

        for warning in configuration.warnings { log.warning("configuration: \(warning)") }
        let counts = SourceCounts(configuration, audit: audit, log: log)
        self.counts = counts
        let closing = Closing(
            archive: archive, feeds: feeds, rule: CompletionRule(configuration.completion),
            routing: Routing(
                archive: archive, rules: RoutingRules(configuration),
                probe: TracerProbe(executable: executable, children: process.children), log: log),
            counts: counts, bell: bell, log: log)
        let reading = ReadingWork(
            archive: archive, process: process, destinations: configuration.destinations.map(\.name), bell: bell,
            audit: audit, log: log)
        let jobs = JobWorkers(archive: archive, bell: bell, log: log)
        let commitments = Set(configuration.peers.map(\.aeTitle)).sorted().map { title in
            jobs.worker("commit \(title)", .commit, destination: title.description) {
                try committing.doNext(for: title)
            }
        }
        let retention = Retention(
            archive: archive, feeds: feeds, policy: configuration.retention,
            reserveBytes: configuration.local.reserveMiB << 20, log: log)
        control = try ControlServer(
            stateDirectory: configuration.local.stateDirectory,
            node: ControlledNode(
                archive: archive, bell: bell, deliveries: deliveries, reception: reception, listener: listener),
            log: log)
        renewal = configuration.credentials.map { CertificateRenewal($0, audit: audit, log: log) }
        workers =
            [renewal?.worker].compactMap(\.self) + [
                jobs.worker("close", .close, closing.doNext), jobs.worker("read", .read, reading.doNext),
                jobs.worker(for: retention),
            ]
            + commitments + deliveries.map(jobs.worker(for:))
        log.info(
            "node is ready",
            metadata: [
                "title": "\(configuration.local.aeTitle)", "port": "\(listener.port)",
                "TLS port": "\(listener.securePort.map(String.init) ?? "none")",
            ])
    }

    /// The port the node listens on without TLS; 0 where there is none.
    public var port: UInt16 { listener.port }
    /// The port the node listens on under TLS; nil where there is none.
    public var securePort: UInt16? { listener.securePort }

    /// Reads certificates, key and revocation list again; new associations use what they hold.
    ///
    /// This happens by itself, seconds after the files have changed.
    public func renewCertificates() { renewal?.ask() }

    /// Stops: no new associations, open ones end within the time given, a reading in hand goes back to waiting.
    ///
    /// A delivery in hand may go on for that time too. One that hangs longer is left where it is; its job is taken up
    /// again at the next start.
    public func stop(graceSeconds: Double) {
        let deadline = DispatchTime.now() + graceSeconds
        control.stop(until: .now() + 2)
        workers.forEach { $0.stop() }
        process.children.endAll()
        counts.stop()
        listener.stop(graceSeconds: graceSeconds)
        workers.forEach { $0.join(until: max(deadline, .now() + 0.5)) }
        audit.stop(until: max(deadline, .now() + 0.5))
        try? archive.close()
    }
}
