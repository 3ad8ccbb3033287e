/// The change in the volume of all lesions.
public struct VolumeChange: Sendable, Equatable {
    /// Of the earlier scan, millilitres.
    public let earlierMl: Double
    /// Of the present scan, millilitres.
    public let presentMl: Double

    /// States a change.
    public init(earlierMl: Double, presentMl: Double) { (self.earlierMl, self.presentMl) = (earlierMl, presentMl) }

    /// The change in those lesions whose places both scans show: what was not scanned has not gone.
    /// - Parameters:
    ///   - earlier: millilitres of each lesion of the earlier scan, by its focus.
    ///   - present: of the present scan.
    public init(from earlier: [Int: Double], to present: [Int: Double], inBoth changes: [LesionChange]) {
        let unseenNow = Set(changes.filter { $0.fate == .notInView }.flatMap(\.earlierFocusIDs))
        let unseenBefore = Set(changes.filter { $0.fate == .notInEarlierView }.compactMap(\.focusID))
        func sum(_ volumes: [Int: Double], without unseen: Set<Int>) -> Double {
            volumes.filter { !unseen.contains($0.key) }.map(\.value).sorted().reduce(0, +)
        }
        self.init(earlierMl: sum(earlier, without: unseenNow), presentMl: sum(present, without: unseenBefore))
    }

    /// Millilitres; positive for growth.
    public var changeMl: Double { presentMl - earlierMl }
    /// Per cent of the earlier volume; nil where that was nothing.
    public var changePercent: Double? { earlierMl > 0 ? changeMl / earlierMl * 100 : nil }
}

/// Response Evaluation Criteria in PSMA PET/CT, edition 1.0 (Gafita A et al., J Nucl Med 2022;63:1651–1658).
public enum RECIP: String, Sendable, Codable, CaseIterable {
    /// No uptake left.
    case completeResponse = "RECIP-CR"
    /// At least 30 % less volume, and no new lesion.
    case partialResponse = "RECIP-PR"
    /// Neither.
    case stableDisease = "RECIP-SD"
    /// At least 20 % more volume, and a new lesion.
    case progressiveDisease = "RECIP-PD"

    /// Judges a change.
    ///
    /// The criteria say nothing of patients who had no lesion before. New lesions where there were none count as progression
    /// (our choice); none then and none now is no response.
    /// - Parameters:
    ///   - hasNewLesion: whether there is uptake where there was none.
    ///   - isWhole: whether both scans show the places of all lesions; where they do not nobody knows that no uptake is left.
    /// - Returns: nil where there was no lesion either time.
    public static func assess(_ volume: VolumeChange, hasNewLesion: Bool, isWhole: Bool = true) -> RECIP? {
        guard volume.presentMl > 0 else {
            return volume.earlierMl > 0 ? (isWhole ? .completeResponse : .partialResponse) : nil
        }
        let percent = volume.changePercent ?? .infinity
        if percent >= 20, hasNewLesion { return .progressiveDisease }
        if percent <= -30, !hasNewLesion { return .partialResponse }
        return .stableDisease
    }

    /// What the response can be where nobody knows whether a lesion is new, nor whether both scans show the same parts of the
    /// body: one where that makes no difference, none where there was no lesion either time.
    public static func possible(_ volume: VolumeChange) -> [RECIP] {
        let judged = [false, true].flatMap { isNew in
            [false, true].map { assess(volume, hasNewLesion: isNew, isWhole: $0) }
        }
        return allCases.filter(judged.contains)
    }
}
