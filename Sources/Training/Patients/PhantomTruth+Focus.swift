import Detection
import Phantom

extension PhantomTruth {
    /// The site a focus belongs to: the lesion in which it is hottest, else one that covers at least three tenths of it,
    /// else the site of most of its voxels.
    ///
    /// By its share alone a lesion smaller than the point spread would be lost to its background, since the focus is as
    /// large as the point spread.
    /// - Returns: nil where nothing was drawn under it.
    public func site(of focus: CandidateFocus) -> Site? {
        if let hottest = self.site(atVoxel: focus.peakVoxel), hottest.suspicious { return hottest }
        var counts: [UInt16: Int] = [:]
        for voxel in focus.voxels where labels[Int(voxel)] > 0 { counts[labels[Int(voxel)], default: 0] += 1 }
        let ranked = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        func site(_ label: UInt16) -> Site { sites[Int(label) - 1] }
        let lesion = ranked.first { site($0.key).suspicious && $0.value * 10 >= focus.voxels.count * 3 }
        return (lesion ?? ranked.first).map { site($0.key) }
    }

    /// Which of the sites are hit by a scan's foci: a site that some focus touches which belongs to it, or to a lesion as it
    /// does itself. A lesion that is part of a focus of normal uptake is not hit.
    /// - Returns: one value for each site.
    public func isHit(by foci: [CandidateFocus]) -> [Bool] {
        var hit = [Bool](repeating: false, count: sites.count)
        for focus in foci {
            guard let owner = site(of: focus) else { continue }
            for label in Set(focus.voxels.map { labels[Int($0)] }) where label > 0 {
                let site = sites[Int(label) - 1]
                if site.id == owner.id || (site.suspicious && owner.suspicious) { hit[Int(label) - 1] = true }
            }
        }
        return hit
    }
}
