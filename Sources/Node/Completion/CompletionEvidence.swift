import Archive
import DICOM
import Foundation

/// Everything on which the completion of a study is judged, time and configuration apart.
public struct CompletionEvidence: Sendable {
    /// What is stored of the study.
    public var instances: [StoredInstance]
    /// Whether an association that brought some of it is still open.
    public var isFed = false
    /// When the first instance since the last revision came; nil for the first of `instances`.
    public var firstReceivedAt: Date?
    /// What requests for storage commitment say of it.
    public var commitment: CommitmentHint?
    /// What a source counts; a series that it was not asked about is left out.
    public var counted: [CountedSeries] = []
    /// What is being fetched for it.
    public var pendingFetch: PendingFetch?

    /// Something that is being fetched for a study.
    public struct PendingFetch: Sendable, Equatable {
        /// What, and from where, in words.
        public let text: String
        /// How long it is waited for.
        public let until: Date

        /// Makes one.
        public init(text: String, until: Date) { (self.text, self.until) = (text, until) }
    }

    /// Evidence of instances alone.
    public init(_ instances: [StoredInstance]) { self.instances = instances }

    /// What is still being fetched when it is closed, for its notes.
    var unfetched: [String] { pendingFetch.map { [$0.text] } ?? [] }

    var lastReceivedAt: Date? { instances.map(\.receivedAt).max() }

    /// Whether a peer has asked for commitment of all that is here, and all that it named is here.
    var isCommittedWhole: Bool {
        commitment.map { $0.missingInstances == 0 && $0.namedInstances == instances.count } ?? false
    }
}

/// What the evidence shows to be there and to be missing.
struct StudyCompleteness {
    private(set) var deficits: [CompletionDeficit] = []
    private(set) var signals: [CompletionSignal] = []
    /// Series that a source has and of which nothing is here, in words.
    private(set) var absentSeries: [String] = []
    /// What a PET without a CT, or a CT without a PET, has to wait for; nil where both are there or neither.
    let missingPartner: String?

    init(_ evidence: CompletionEvidence) {
        let pets = evidence.instances.filter(\.isPETImage)
        let frames = Set(pets.compactMap(\.frameOfReferenceUID))
        let cts = evidence.instances.filter { $0.isCTVolumeImage && (frames.isEmpty || $0.lies(in: frames)) }
        let hasPET = !pets.isEmpty || evidence.instances.contains { $0.modality == "PT" }
        missingPartner = hasPET ? (cts.isEmpty ? "CT" : nil) : (cts.isEmpty ? nil : "PET")

        let petSeries = Self.series(pets)
        note(.numberOfSlices, petSeries.compactMap(\.countOfSlices))
        note(.slicePositions, petSeries.compactMap(\.gap).map { $0.map(CompletionDeficit.certain) })
        noteCounts(evidence)
        // A diagnostic CT may have gaps by intention; of one that was made with the PET they are worth a wait.
        let paired = cts.filter { $0.lies(in: frames) }
        deficits += Self.series(paired).compactMap { $0.gap ?? nil }.map(CompletionDeficit.believed)
        note(.imagesInAcquisition, Self.acquisitions(pets + paired))
        if let missing = evidence.commitment?.missingInstances, missing > 0 {
            deficits.append(.believed("\(missing) instances named in a storage commitment request are not here"))
        }
        if hasPET, missingPartner == nil { signals.append(.partner) }
    }

    /// Takes up what each of several series says: nil that it is whole, a deficit that it is not.
    private mutating func note(_ signal: CompletionSignal, _ findings: [CompletionDeficit?]) {
        let missing = findings.compactMap { $0 }
        deficits += missing
        if !findings.isEmpty, missing.isEmpty { signals.append(signal) }
    }

    private mutating func noteCounts(_ evidence: CompletionEvidence) {
        let held = Self.series(evidence.instances), names = Set(held.map(\.uid))
        absentSeries = evidence.counted.filter { !names.contains($0.uid) && $0.images > 0 }.map {
            "\($0.modality == "PT" ? "PET" : $0.modality) series \($0.uid), of \($0.images) images at the source, is not here"
        }
        let expected = Dictionary(evidence.counted.map { ($0.uid, $0.images) }, uniquingKeysWith: max)
        let findings = held.compactMap { $0.count(against: expected) }
        note(.sourceCounts, absentSeries.isEmpty ? findings : findings.filter { $0 != nil })
    }

    private static func series(_ instances: [StoredInstance]) -> [SeriesCompleteness] {
        Dictionary(grouping: instances, by: \.seriesInstanceUID).sorted { $0.key < $1.key }
            .map { SeriesCompleteness($0.key, $0.value) }
    }

    /// Images in Acquisition (0020,1002) by acquisition. Scanners count there over one reconstruction or over all of them,
    /// so that only fewer images than stated in the whole study are told to be missing.
    private static func acquisitions(_ instances: [StoredInstance]) -> [CompletionDeficit?] {
        struct Acquisition: Hashable { let modality: String, number: Int }
        let acquisitions = Dictionary(grouping: instances.filter { $0.acquisitionNumber != nil }) {
            Acquisition(modality: $0.modality, number: $0.acquisitionNumber!)
        }
        return acquisitions.sorted { ($0.key.modality, $0.key.number) < ($1.key.modality, $1.key.number) }.compactMap {
            let (acquisition, images) = ($0, $1)
            guard let stated = images.compactMap(\.imagesInAcquisition).max(), stated > 0 else { return nil }
            return images.count >= stated
                ? .some(nil)
                : .believed(
                    "\(acquisition.modality) acquisition \(acquisition.number) has \(images.count) of \(stated) images")
        }
    }
}
