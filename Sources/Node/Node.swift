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

    /// Starts a node.
    /// - Parameters:
    ///   - executable: the program that reads studies (`uptake`, called as `uptake read …`).
    ///   - log: told what happens, without patients' names.
    /// - Throws: `ArchiveError` or `NetworkError` where the state directory or the port is not to be had.
    public init(_ configuration: NodeConfiguration, executable: String, log: Logger) throws {
        let archive = try Archive.open(directory: configuration.local.stateDirectory)
        let bell = Bell()
        let feeds = Feeds()
        let process = ReadingProcess(executable: executable, settings: configuration.reading)
        self.archive = archive
        self.process = process

        var listening = Listener.Configuration()
        listening.address = configuration.local.address
        listening.port = configuration.local.port
        listening.maximumAssociations = UInt32(configuration.local.maximumAssociations)
        listener = try Listener(
            listening, service: Reception(configuration, archive: archive, feeds: feeds, bell: bell, log: log))

        let completion = configuration.completion
        let closing = Closing(
            archive: archive, feeds: feeds,
            rule: CompletionRule(
                incompleteAfterSeconds: completion.incompleteAfterSeconds,
                recheckSeconds: min(completion.quietPeriodSeconds, 30)),
            bell: bell, log: log)
        let reading = ReadingWork(
            archive: archive, process: process, destinations: configuration.destinations.map(\.name), bell: bell,
            log: log)
        let deliveries = configuration.destinations.map {
            Delivery(archive: archive, destination: $0, callingAETitle: configuration.local.aeTitle, log: log)
        }
        let close = Worker(
            name: "close", bell: bell, log: log, nextDue: { try archive.nextDue(kinds: [.close]) }, work: closing.doNext
        )
        let read = Worker(
            name: "read", bell: bell, log: log, nextDue: { try archive.nextDue(kinds: [.read]) }, work: reading.doNext)
        workers =
            [close, read]
            + deliveries.map { delivery in
                Worker(
                    name: "deliver \(delivery.destination.name)", bell: bell, log: log,
                    nextDue: {
                        try archive.oldestWaitingJob(kind: .deliver, destination: delivery.destination.name)?.progress
                            .due
                    }, work: delivery.doNext)
            }
        log.info(
            "node is ready",
            metadata: ["title": "\(configuration.local.aeTitle)", "port": "\(listener.port)"])
    }

    /// The port the node listens on.
    public var port: UInt16 { listener.port }

    /// Stops: no new associations, open ones end within the time given, jobs in hand return to waiting.
    public func stop(graceSeconds: Double) {
        listener.stop(graceSeconds: graceSeconds)
        workers.forEach { $0.stop() }
        process.children.endAll()
        workers.forEach { $0.join() }
        try? archive.close()
    }
}
