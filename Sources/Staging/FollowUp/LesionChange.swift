/// What became of a lesion between two scans.
public struct LesionChange: Sendable, Equatable {
    /// What became of it. "Suspicious" is what the model says of either scan by itself.
    public enum Fate: String, Sendable, Codable, CaseIterable {
        /// There was no focus at its place.
        case new
        /// It was a lesion before.
        case persisting
        /// There was a focus at its place, which was not judged suspicious.
        case newlySuspicious = "newly-suspicious"
        /// A focus is still at its place, which is not judged suspicious any more.
        case noLongerSuspicious = "no-longer-suspicious"
        /// There is no focus at its place any more.
        case vanished
        /// The earlier scan does not show its place: nobody can say whether it is new.
        case notInEarlierView = "not-in-earlier-view"
        /// The present scan does not show its place.
        case notInView = "not-in-view"
    }

    /// What became of it.
    public let fate: Fate
    /// The focus of the present scan; nil where there is none.
    public let focusID: Int?
    /// The foci of the earlier scan at its place, ascending: several where lesions have merged.
    public let earlierFocusIDs: [Int]

    /// States a change.
    public init(fate: Fate, focusID: Int?, earlierFocusIDs: [Int]) {
        (self.fate, self.focusID, self.earlierFocusIDs) = (fate, focusID, earlierFocusIDs)
    }
}
