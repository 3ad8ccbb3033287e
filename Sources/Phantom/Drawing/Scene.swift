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
        /// Index of its site.
        let site: Int
        /// Which structure of the body it belongs to.
        let structure: Structure
    }

    /// A site to be: what its parts have in common.
    struct Site: Sendable {
        let location: AnatomicalLocation
        let laterality: Laterality
        let suv: Float
        /// The structure that its parts are of, where they do not say otherwise.
        let structure: Structure
        var suspicious = false
        /// Local tumour that grows through the capsule (miT3a).
        var isExtracapsular = false
        /// Part of a diffuse marrow involvement (miM1b dmi).
        var isDiffuse = false
    }

    private(set) var parts: [Part] = []
    private(set) var sites: [Site] = []
    /// The couch, which lies still when the body is bent; only CT sees it.
    var table: Loft?
    /// The box of each part, apart, for quick looking up.
    private var boxes: [Bounds] = []

    /// Opens a site and gives its index.
    mutating func addSite(_ site: Site) -> Int {
        sites.append(site)
        return sites.count - 1
    }

    /// Opens a physiologic site and gives its index. Without `structure` it is the usual one of the location.
    mutating func site(
        _ location: AnatomicalLocation, _ laterality: Laterality, suv: Float, _ structure: Structure.Kind? = nil
    ) -> Int {
        let structure = Structure(structure ?? Structure.Kind(location), laterality, ordinal: 1)
        return addSite(Site(location: location, laterality: laterality, suv: suv, structure: structure))
    }

    /// Draws a solid over what is there. Without `suv` it has its site's, without `structure` likewise.
    mutating func draw(
        _ shape: Shape, _ tissue: Tissue, site: Int, suv: Float? = nil, as structure: Structure? = nil
    ) {
        boxes.append(shape.bounds)
        parts.append(
            Part(
                shape: shape, bounds: shape.bounds, tissue: tissue, suv: suv ?? sites[site].suv, site: site,
                structure: structure ?? sites[site].structure))
    }

    /// Draws a bone: cortex with marrow inside.
    /// - Parameter red: how much of the marrow makes blood; the yellow marrow of an old man's shafts takes up little.
    mutating func drawBone(
        _ shape: Shape, site: Int, cortexMm: Float = 2, red: Float = 1, as structure: Structure? = nil
    ) {
        let suv = sites[site].suv * (0.3 + 0.7 * red)
        draw(shape, .cortical, site: site, suv: suv * 0.55, as: structure)
        draw(shape.inset(by: cortexMm), .trabecular, site: site, suv: suv, as: structure)
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
