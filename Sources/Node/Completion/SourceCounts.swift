import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// Asks sources how many images they have of a study that is about to be closed.
///
/// A source costs a study no more than its limit, however many questions there are, and one that does not answer is then left
/// alone for a while, as all studies are closed by one thread.
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

    /// The PET and CT series of a study that the senders' sources have, with their images; empty where none tells.
    ///
    /// Those of which nothing is here are told too, unless their source is not to be waited for so long.
    package func series(ofStudy uid: UID, _ instances: [StoredInstance], now: Date = Date()) -> [CountedSeries] {
        let senders = Set(instances.sourceAETitles)
        let held = Set(instances.map(\.seriesInstanceUID))
        var counted: [UID: CountedSeries] = [:]
        for (source, peer) in sources.withLock({ $0 })
        where !senders.isDisjoint(with: source.countsFor.map(\.description)) {
            guard silent.withLock({ ($0[source.name] ?? .distantPast) <= now }) else { continue }
            do {
                let inquiry = inquiry(source, peer)
                let found = try SourceSeries.all(ofStudy: uid, by: inquiry).filter {
                    ["PT", "CT"].contains($0.modality)
                        && (source.waitsForSeries || held.contains($0.seriesInstanceUID))
                }
                for series in found {
                    let count = CountedSeries(series, try series.count(ofStudy: uid, by: inquiry))
                    if count.images > counted[count.uid]?.images ?? 0 { counted[count.uid] = count }
                }
            } catch {
                silent.withLock { $0[source.name] = now.addingTimeInterval(Self.pauseSeconds) }
                log.warning(
                    "a source does not say how many images it has, and is not waited for: \(error)",
                    metadata: ["source": "\(source.name)", "study": "\(uid)"])
            }
        }
        return counted.values.sorted { $0.uid < $1.uid }
    }

    /// Asks within one limit, from now on.
    private func inquiry(_ source: NodeConfiguration.Source, _ peer: Peer) -> Inquiry {
        let end = ContinuousClock.now + .seconds(source.answerSeconds)
        return Inquiry(
            at: peer,
            goesOn: { [self] in
                Pulse.beat()
                return !isStopping.load(ordering: .acquiring) && .now < end
            },
            asked: { [audit] in audit?.asked($0, at: peer, failure: $1) })
    }
}

/// A series of a study, as a source counts it.
public struct CountedSeries: Sendable, Equatable {
    /// Series Instance UID.
    public let uid: UID
    /// Modality.
    public let modality: String
    /// Its images.
    public let images: Int

    /// Counts one.
    public init(uid: UID, modality: String, images: Int) {
        (self.uid, self.modality, self.images) = (uid, modality, images)
    }

    fileprivate init(_ series: SourceSeries, _ images: Int) {
        self.init(uid: series.seriesInstanceUID, modality: series.modality, images: images)
    }
}
