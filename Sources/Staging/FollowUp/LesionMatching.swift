import Classification
import Detection
import Imaging

/// The judged foci of a scan, with the grid of their voxels.
public struct ScanFindings: Sendable {
    /// Every candidate focus with its judgement.
    public let foci: [ClassifiedFocus]
    /// The grid of the PET.
    public let geometry: VolumeGeometry

    /// Gathers findings.
    public init(foci: [ClassifiedFocus], geometry: VolumeGeometry) { (self.foci, self.geometry) = (foci, geometry) }
}

/// Finds which lesions of two scans are the same (`docs/science/follow-up.md`).
///
/// Two foci are as far apart as their nearest voxel centres, once the scans are laid over each other, and lesions within each
/// other are not apart: what grew is still the same lesion, however far its middle has moved. The nearest pairs are matched first, each focus once. What is left
/// over belongs to a lesion that it touches: one that has split, or several that have merged.
public struct LesionMatching: Sendable {
    /// Lesions farther apart are not the same (millimetres). Our choice: what a rigid fit of a bent body leaves.
    public var maximumGapMm = 10.0
    /// Foci no farther apart touch (millimetres).
    public var touchingGapMm = 5.0

    /// The published settings.
    public init() {}

    /// What became of every lesion of either scan: the present ones in the order of their foci, then those that are gone.
    /// - Parameter transform: takes a point of the present scan to its place in the earlier one.
    public func changes(
        from earlier: ScanFindings, to present: ScanFindings, by transform: RigidTransform
    ) -> [LesionChange] {
        let now = present.foci.map { PlacedFocus($0, present.geometry, transform) }
        let before = earlier.foci.map { PlacedFocus($0, earlier.geometry, .identity) }
        let links = links(now.filter(\.isLesion), before.filter(\.isLesion))
        let arrived = now.filter(\.isLesion).map { focus in
            let partners = links.filter { $0.now == focus.id }.map(\.before).sorted()
            return partners.isEmpty
                ? arrival(focus, before.filter { !$0.isLesion }, earlier.geometry)
                : LesionChange(fate: .persisting, focusID: focus.id, earlierFocusIDs: partners)
        }
        let continued = Set(links.map(\.before))
        let gone = before.filter { $0.isLesion && !continued.contains($0.id) }.map { focus in
            departure(focus, now.filter { !$0.isLesion }, present.geometry, transform.inverse)
        }
        return arrived + gone
    }

    private struct Link {
        let now: Int
        let before: Int
    }

    private func links(_ now: [PlacedFocus], _ before: [PlacedFocus]) -> [Link] {
        let pairs = now.flatMap { focus in
            before.compactMap { other in
                let gap = focus.isNested(with: other) ? 0 : focus.gap(to: other, within: maximumGapMm)
                return gap.map { (gap: $0, link: Link(now: focus.id, before: other.id)) }
            }
        }.sorted { ($0.gap, $0.link.now, $0.link.before) < ($1.gap, $1.link.now, $1.link.before) }
        var (usedNow, usedBefore): (Set<Int>, Set<Int>) = ([], [])
        var result: [Link] = []
        for (_, link) in pairs where !usedNow.contains(link.now) && !usedBefore.contains(link.before) {
            result.append(link)
            usedNow.insert(link.now)
            usedBefore.insert(link.before)
        }
        for (gap, link) in pairs
        where gap <= touchingGapMm && (!usedNow.contains(link.now) || !usedBefore.contains(link.before)) {
            result.append(link)
        }
        return result
    }

    /// By surfaces alone: what lies deep within an organ that took up tracer before is no focus that was there before.
    private func arrival(
        _ focus: PlacedFocus, _ unsuspicious: [PlacedFocus], _ earlier: VolumeGeometry
    ) -> LesionChange {
        guard earlier.contains(focus.centre) else {
            return LesionChange(fate: .notInEarlierView, focusID: focus.id, earlierFocusIDs: [])
        }
        let known = unsuspicious.filter { focus.gap(to: $0, within: touchingGapMm) != nil }.map(\.id).sorted()
        return LesionChange(fate: known.isEmpty ? .new : .newlySuspicious, focusID: focus.id, earlierFocusIDs: known)
    }

    private func departure(
        _ focus: PlacedFocus, _ unsuspicious: [PlacedFocus], _ present: VolumeGeometry, _ back: RigidTransform
    ) -> LesionChange {
        let left = unsuspicious.first { focus.gap(to: $0, within: touchingGapMm) != nil }
        let fate: LesionChange.Fate =
            if !present.contains(back(focus.centre)) { .notInView } else {
                left == nil ? .vanished : .noLongerSuspicious
            }
        return LesionChange(fate: fate, focusID: left?.id, earlierFocusIDs: [focus.id])
    }
}
