/// What spoke for a study's being complete.
public enum CompletionSignal: String, Sendable, Codable, CaseIterable {
    /// Nothing came for the quiet period.
    case quietPeriod = "quiet period"
    /// The sender asked for storage commitment of everything that is here.
    case storageCommitment = "storage commitment request"
    /// A deadline passed: something is missing, or images never ceased to come.
    case deadline
    /// Number of Slices (0054,0081) is met by every PET series that states it.
    case numberOfSlices = "Number of Slices"
    /// No PET series has a gap in its positions.
    case slicePositions = "slice positions"
    /// Images in Acquisition (0020,1002) is met by every acquisition that states it.
    case imagesInAcquisition = "Images in Acquisition"
    /// The source counts no more images in any of the series.
    case sourceCounts = "counts of the source"
    /// The PET has its CT.
    case partner = "PET with CT"
}

/// Something that a study is known, or believed, to lack.
public struct CompletionDeficit: Sendable, Equatable, Codable {
    /// What is missing, in words.
    public let text: String
    /// Whether the images themselves say so beyond doubt. What is only believed is waited for as a partner is, and never
    /// keeps a study from being read.
    public let isCertain: Bool

    static func certain(_ text: String) -> CompletionDeficit { .init(text: text, isCertain: true) }
    static func believed(_ text: String) -> CompletionDeficit { .init(text: text, isCertain: false) }
}

extension CompletionRule {
    /// Why a study is closed.
    public struct Completion: Sendable, Equatable, Codable {
        /// What spoke for it, the signal that decided first.
        public let signals: [CompletionSignal]
        /// What it is closed without; empty where nothing is known to be missing.
        public let notes: [String]

        /// Makes one.
        public init(signals: [CompletionSignal], notes: [String] = []) { (self.signals, self.notes) = (signals, notes) }

        /// The signals, as the revision records them.
        public var signal: String { signals.map(\.rawValue).joined(separator: ", ") }
        /// The notes in one line; nil where there is none.
        public var note: String? { notes.isEmpty ? nil : notes.joined(separator: "; ") }
    }

    /// What is to be done with a study whose closing is due.
    public enum Judgement: Sendable, Equatable {
        /// Close it.
        case complete(Completion)
        /// Look again later.
        case wait(seconds: Double, reason: String)
        /// Give up waiting and say what is missing.
        case incomplete(reason: String)
    }
}
