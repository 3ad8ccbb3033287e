import Anatomy

/// All that is drawn of a patient: parts in the order of drawing, a later one over an earlier, and the sites they form.
struct Scene: Sendable {
    /// One solid.
    struct Part: Sendable {
        let shape: Shape
        let bounds: Bounds
        let tissue: Tissue
        /// SUV before any blur.
        let suv: Float
        /// Index of its site; nil for what is no site (the table).
        let site: Int?
    }

    /// A site to be: what its parts have in common.
    struct Site: Sendable {
        let location: AnatomicalLocation
        let laterality: Laterality
        let suv: Float
        var suspicious = false
        /// Local tumour that grows through the capsule (miT3a).
        var isExtracapsular = false
        /// Part of a diffuse marrow involvement (miM1b dmi).
        var isDiffuse = false
    }

    private(set) var parts: [Part] = []
    private(set) var sites: [Site] = []
    /// The box of each part, apart, for quick looking up.
    private var boxes: [Bounds] = []

    /// Opens a site and gives its index.
    mutating func addSite(_ site: Site) -> Int {
        sites.append(site)
        return sites.count - 1
    }

    /// Opens a physiologic site and gives its index.
    mutating func site(_ location: AnatomicalLocation, _ laterality: Laterality, suv: Float) -> Int {
        addSite(Site(location: location, laterality: laterality, suv: suv))
    }

    /// Draws a solid over what is there. Without `suv` it has its site's.
    mutating func draw(_ shape: Shape, _ tissue: Tissue, site: Int?, suv: Float? = nil) {
        let value = suv ?? site.map { sites[$0].suv } ?? 0
        boxes.append(shape.bounds)
        parts.append(Part(shape: shape, bounds: shape.bounds, tissue: tissue, suv: value, site: site))
    }

    /// Draws a bone: cortex with marrow inside.
    mutating func drawBone(_ shape: Shape, site: Int, cortexMm: Float = 2) {
        draw(shape, .cortical, site: site, suv: sites[site].suv * 0.7)
        draw(shape.inset(by: cortexMm), .trabecular, site: site)
    }

    /// What one sees at a point when all is drawn; nil outside the body.
    func part(at point: Point) -> Part? {
        var top: Int?
        var layer = Tissue.Layer.air
        // By index: a copy of every part would cost more than the geometry.
        for index in boxes.indices where boxes[index].contains(point) {
            if parts[index].tissue.over.contains(layer), parts[index].shape.contains(point) {
                top = index
                layer = parts[index].tissue.layer
            }
        }
        return top.map { parts[$0] }
    }
}
