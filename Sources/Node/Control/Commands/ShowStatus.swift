import Archive
import Foundation

/// `status`: how the node is, at a glance.
package struct ShowStatus: ControlCommand {
    package static let name = "status"

    /// A destination and whether it answers.
    package struct Destination: Codable, Sendable {
        /// Its configured name.
        package let name: String
        /// Since when it does not answer, and when it is called next; nil where nothing is known against it.
        package let outage: Reachability.Outage?
    }

    /// What there is to tell.
    package struct Answer: Codable, Sendable {
        /// When the node started.
        package let startedAt: Date
        /// The AE titles that it is called by, its own first.
        package let aeTitles: [String]
        /// The port without TLS and that under TLS; nil where there is none.
        package let port, securePort: UInt16?
        /// Open associations, by calling title.
        package let associations: [String: Int]
        /// How many may be open.
        package let maximumAssociations: Int
        /// What happened since the start.
        package let counters: [Counters.Count]
        /// Jobs, by kind and state.
        package let jobs: [String: [String: Int]]
        /// Where results go.
        package let destinations: [Destination]
        /// Free space on the disk, and the reserve below which nothing is received, in bytes.
        package let freeBytes, reserveBytes: Int
    }

    package init() {}

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        guard let reception = node.reception else { throw ControlError.refused("this node receives nothing") }
        let local = reception.configuration.local
        return Answer(
            startedAt: reception.startedAt, aeTitles: ([local.aeTitle] + local.furtherAETitles).map(\.description),
            port: node.ports.plain, securePort: node.ports.secure, associations: reception.open.all,
            maximumAssociations: local.maximumAssociations, counters: reception.counters.all,
            jobs: try node.archive.jobCounts(),
            destinations: node.deliveries.map {
                Destination(name: $0.destination.name, outage: $0.reachability.outage)
            },
            freeBytes: try node.archive.availableBytes(), reserveBytes: local.reserveMiB << 20)
    }
}
