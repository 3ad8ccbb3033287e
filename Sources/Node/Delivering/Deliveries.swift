import Archive
import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// The destinations of the configuration in force, each with its thread.
package final class Deliveries: Sendable {
    private struct Running {
        let delivery: Delivery
        let worker: Worker
    }

    private struct State {
        /// In the order of the configuration.
        var running: [Running] = []
        /// Those whose destinations are no more, or others now: they finish what they have in hand.
        var retired: [Running] = []
    }

    private let archive: Archive
    private let audit: Audit?
    private let jobs: JobWorkers
    private let log: Logger
    private let state = Mutex(State())

    init(archive: Archive, audit: Audit?, jobs: JobWorkers, log: Logger) {
        (self.archive, self.audit, self.jobs, self.log) = (archive, audit, jobs, log)
    }

    /// One for each destination.
    var all: [Delivery] { state.withLock { $0.running.map(\.delivery) } }

    /// Their threads, and those that still finish for destinations that were.
    var workers: [Worker] { state.withLock { state in (state.running + state.retired).map(\.worker) } }

    /// Delivers to the destinations of a configuration from now on; those that stay as they were notice nothing.
    func follow(_ configuration: NodeConfiguration) {
        state.withLock { state in
            state.retired.removeAll { $0.worker.hasEnded }
            let before = state.running
            state.running = configuration.destinations.map { destination in
                let peer = configuration.reach(destination)
                let same = before.first { $0.delivery.destination == destination && $0.delivery.peer == peer }
                return same ?? start(destination, peer, after: (before + state.retired).map(\.self))
            }
            let kept = Set(state.running.map { ObjectIdentifier($0.worker) })
            let ended = before.filter { !kept.contains(ObjectIdentifier($0.worker)) }
            ended.forEach { $0.worker.stop() }
            state.retired += ended
        }
    }

    /// One destination has one thread at a time: a new one waits until those before it have ended.
    private func start(
        _ destination: NodeConfiguration.Destination, _ peer: Peer, after others: [Running]
    ) -> Running {
        let delivery = Delivery(archive: archive, destination: destination, peer: peer, audit: audit, log: log)
        let before = others.filter { $0.delivery.destination.name == destination.name }.map(\.worker)
        let worker = jobs.worker(for: delivery) { before.allSatisfy(\.hasEnded) }
        return Running(delivery: delivery, worker: worker)
    }

    /// Asks all to end after what they have in hand.
    func stop() { workers.forEach { $0.stop() } }

    /// Waits for their end, but no longer than to a deadline.
    func join(until deadline: DispatchTime) {
        workers.forEach { $0.join(until: deadline) }
    }
}
