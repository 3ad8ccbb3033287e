import Archive
import Foundation

/// `status`: how the node is, at a glance.
package struct ShowStatus: ControlCommand {
    package static let name = "status"

    /// A destination, whether it answers, and what waits for it.
    package struct Destination: Codable, Sendable {
        /// Its configured name.
        package let name: String
        /// Since when it does not answer, and when it is called next; nil where nothing is known against it.
        package let outage: Reachability.Outage?
        /// What waits for it; nil where nothing does.
        package let queue: DeliveryQueue?
    }

    /// The disk of the state directory, in bytes.
    package struct Disk: Codable, Sendable {
        /// All of it.
        package let total: Int
        /// What is free.
        package let free: Int
        /// The free space below which nothing is received.
        package let reserve: Int
        /// What was received and is held.
        package let inputs: Int
        /// What was found and is held.
        package let results: Int
    }

    /// What was received of late.
    package struct Received: Codable, Sendable {
        /// In the last full or begun minutes.
        package let minutes: Int
        /// How much.
        package let amount: Throughput.Amount
    }

    /// Our certificate.
    package struct Certificate: Codable, Sendable {
        /// Its subject.
        package let subject: String
        /// When it ends.
        package let validUntil: Date
        /// What has to be done soon; nil where there is time.
        package let warning: String?
    }

    /// What there is to tell.
    package struct Answer: Codable, Sendable {
        /// When the node started.
        package let startedAt: Date
        /// The AE titles that it is called by, its own first.
        package let aeTitles: [String]
        /// The port without TLS and that under TLS; nil where there is none.
        package let port, securePort: UInt16?
        /// Our certificate; nil without TLS.
        package let certificate: Certificate?
        /// Open associations, by calling title.
        package let associations: [String: Int]
        /// How many may be open.
        package let maximumAssociations: Int
        /// What was received of late, over several times.
        package let received: [Received]
        /// What happened since the start.
        package let counters: [Counters.Count]
        /// Jobs, by kind and state.
        package let jobs: [String: [String: Int]]
        /// Where results go.
        package let destinations: [Destination]
        /// What waits for destinations that are not configured any more.
        package let orphanedQueues: [DeliveryQueue]
        /// Threads that work no more, though they should.
        package let hungWorkers: [WorkerRoster.Hung]
        /// The disk.
        package let disk: Disk
        /// How many files are in quarantine.
        package let quarantined: Int
    }

    package init() {}

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        guard let reception = node.reception else { throw ControlError.refused("this node receives nothing") }
        let configuration = reception.current.now
        let local = configuration.local
        let queues = try node.archive.deliveryQueues()
        let destinations = node.deliveries.map { delivery in
            Destination(
                name: delivery.destination.name, outage: delivery.reachability.outage,
                queue: queues.first { $0.destination == delivery.destination.name })
        }
        return Answer(
            startedAt: reception.startedAt, aeTitles: ([local.aeTitle] + local.furtherAETitles).map(\.description),
            port: node.ports.plain, securePort: node.ports.secure, certificate: Certificate(configuration),
            associations: reception.open.counts, maximumAssociations: local.maximumAssociations,
            received: [1, 10, 60].map {
                Received(minutes: $0, amount: reception.throughput.last(minutes: $0, at: .now))
            },
            counters: reception.counters.all, jobs: try node.archive.jobCounts(), destinations: destinations,
            orphanedQueues: queues.filter { queue in !destinations.contains { $0.name == queue.destination } },
            hungWorkers: node.roster.hung(), disk: try disk(of: node.archive, reserveMiB: local.reserveMiB),
            quarantined: try node.archive.quarantineCount())
    }

    private func disk(of archive: Archive, reserveMiB: Int) throws -> Disk {
        let held = try archive.holdings().bytes
        return Disk(
            total: try archive.diskBytes(), free: try archive.availableBytes(), reserve: reserveMiB << 20,
            inputs: held[.inputs] ?? 0, results: held[.results] ?? 0)
    }
}

extension ShowStatus.Certificate {
    fileprivate init?(_ configuration: NodeConfiguration) {
        guard let certificate = configuration.credentials?.certificate else { return nil }
        self.init(
            subject: certificate.subject, validUntil: certificate.validUntil,
            warning: certificate.warning(now: Date()))
    }
}
