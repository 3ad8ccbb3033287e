import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// Asks sources how many images they have of a study that is about to be closed.
///
/// A source that does not answer costs a study no more than its limit, and is then left alone for a while, as all studies
/// are closed by one thread.
package final class SourceCounts: Sendable {
    private typealias Asked = (source: NodeConfiguration.Source, peer: Peer)
    private let sources = Mutex<[Asked]>([])
    private let audit: Audit?
    private let log: Logger
    private let isStopping = Atomic(false)
    /// Until when a source is not asked, by its name.
    private let silent = Mutex<[String: Date]>([:])
    /// How long a source that did not answer is left alone, in seconds.
    private static let pauseSeconds = 60.0

    /// Takes the sources of a configuration that are to be asked.
    package init(_ configuration: NodeConfiguration, audit: Audit? = nil, log: Logger) {
        (self.audit, self.log) = (audit, log)
        follow(configuration)
    }

    /// Asks the sources of a configuration from now on.
    func follow(_ configuration: NodeConfiguration) {
        let asked: [Asked] = configuration.sources.filter { !$0.countsFor.isEmpty }.map { source in
            let seconds = UInt32(source.answerSeconds.rounded(.up))
            let timeouts = Peer.Timeouts(connectSeconds: seconds, acseSeconds: seconds, dimseSeconds: seconds)
            return (source, configuration.reach(source, timeouts: timeouts))
        }
        sources.withLock { $0 = asked }
    }

    /// Ends a question in hand, and asks no more.
    package func stop() { isStopping.store(true, ordering: .releasing) }

    /// How many images the senders' sources count in each PET and CT series that is here; empty where none tells.
    package func counts(ofStudy uid: UID, _ instances: [StoredInstance], now: Date = Date()) -> [UID: Int] {
        let senders = Set(instances.sourceAETitles)
        let series = Set(instances.filter { ["PT", "CT"].contains($0.modality) }.map(\.seriesInstanceUID))
        var counts: [UID: Int] = [:]
        for (source, peer) in sources.withLock({ $0 })
        where !senders.isDisjoint(with: source.countsFor.map(\.description)) {
            guard silent.withLock({ ($0[source.name] ?? .distantPast) <= now }) else { continue }
            do {
                let found = try self.counts(uid, series, by: inquiry(source, peer))
                counts.merge(found) { max($0, $1) }
            } catch {
                silent.withLock { $0[source.name] = now.addingTimeInterval(Self.pauseSeconds) }
                log.warning(
                    "a source does not say how many images it has, and is not waited for: \(error)",
                    metadata: ["source": "\(source.name)", "study": "\(uid)"])
            }
        }
        return counts
    }

    private func counts(_ study: UID, _ series: Set<UID>, by inquiry: Inquiry) throws -> [UID: Int] {
        let known = try SourceSeries.all(ofStudy: study, by: inquiry).filter { series.contains($0.seriesInstanceUID) }
        return Dictionary(
            try known.map { ($0.seriesInstanceUID, try $0.count(ofStudy: study, by: inquiry)) },
            uniquingKeysWith: max)
    }

    private func inquiry(_ source: NodeConfiguration.Source, _ peer: Peer) -> Inquiry {
        let end = ContinuousClock.now + .seconds(source.answerSeconds)
        return Inquiry(
            at: peer, goesOn: { [self] in !isStopping.load(ordering: .acquiring) && .now < end },
            asked: { [audit] in audit?.asked($0, at: peer, failure: $1) })
    }
}
