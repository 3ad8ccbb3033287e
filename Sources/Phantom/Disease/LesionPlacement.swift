import Anatomy
import Foundation

/// Finds where a lesion can lie: a node beside the vessel of its station, another lesion within its organ or bone.
struct LesionPlacement {
    private let lesion: Disease.Lesion
    private let radius: Float
    private let scene: Scene
    private let landmarks: Landmarks
    /// The courses of a node's station; empty for other lesions.
    private let courses: [(tube: Tube, from: Double, to: Double)]
    /// The solids of the organ of a lesion that is no node.
    private let solids: [Shape]

    init(_ lesion: Disease.Lesion, radius: Float, in scene: Scene, _ landmarks: Landmarks) {
        self.lesion = lesion
        self.radius = radius
        self.scene = scene
        self.landmarks = landmarks
        courses = Self.stations(lesion).compactMap { station in
            landmarks.courses[station.course].map { ($0, station.from, station.to) }
        }
        let home = scene.sites.firstIndex { Self.isHome($0, lesion) }
        // Air within an organ (bubbles of gas) is no place for a tumour; the lung is nothing else.
        solids = scene.parts.filter { $0.site == home && ($0.tissue.hu > -300 || lesion.location == .lung) }
            .map(\.shape)
    }

    /// A place for the lesion's middle, clear of other lesions; nil where the anatomy has none.
    func place(apartFrom others: [(point: Point, radius: Float)], _ random: inout SeededGenerator) -> Point? {
        var reserve: (point: Point, home: Int)?
        for _ in 0..<300 {
            guard let point = candidate(&random) else { return nil }
            let isFree = others.allSatisfy { length($0.point - point) > $0.radius + radius + 5 }
            guard isFree, isOnSide(point), isHome(at: point) else { continue }
            let reach = radius * 0.8
            let around = [
                Point(reach, 0, 0), Point(-reach, 0, 0), Point(0, reach, 0), Point(0, -reach, 0),
                Point(0, 0, reach), Point(0, 0, -reach),
            ]
            let home = around.filter { isHome(at: point + $0) }.count
            if home >= 5 { return point }
            // Thin bones hold no whole lesion: the best place found will do.
            if home > reserve?.home ?? -1 { reserve = (point, home) }
        }
        return reserve?.point
    }

    /// The tissue in which nodes lie; those of the hilum reach into the lung.
    static func nodeSurroundings(_ location: AnatomicalLocation) -> Tissue.Layer {
        location == .hilarNode ? Tissue.Layer.connective.union(.lung) : .connective
    }

    private func candidate(_ random: inout SeededGenerator) -> Point? {
        if lesion.location.group == .lymphNode {
            guard !courses.isEmpty else { return nil }
            let course = courses[random.index(below: courses.count)]
            let knot = course.tube.knot(at: Float(random.uniform(course.from, course.to)))
            let away = Point(Float(random.normal()), Float(random.normal()), Float(random.normal()) * 0.3)
            return knot.point + away * ((knot.radius + radius + Float(random.uniform(0, 4))) / max(length(away), 0.1))
        }
        // A random solid of the organ, then a random point in it: ribs and vertebrae come up alike.
        guard !solids.isEmpty else { return nil }
        let shape = solids[random.index(below: solids.count)]
        if case .tube(let tube) = shape { return tube.knot(at: Float(random.uniform(0.05, 0.95))).point }
        let box = shape.bounds
        let share = Point(Float(random.unit()), Float(random.unit()), Float(random.unit()))
        return box.low + (box.high - box.low) * share
    }

    /// In the prostate a lesion of one side keeps off the midline, and all keep off the front.
    private func isOnSide(_ point: Point) -> Bool {
        let local = lesion.location == .prostate || lesion.location == .prostaticBed
        guard local, let gland = landmarks.prostate else { return true }
        let offset = (point - gland.center) / gland.semiAxes
        guard offset.y > -0.25 else { return false }
        switch lesion.laterality {
        case .left: return offset.x > 0.25
        case .right: return offset.x < -0.25
        case .midline: return abs(offset.x) < 0.4
        }
    }

    /// Whether the lesion may lie at a point: nodes in connective tissue, others in their own organ on their own side.
    private func isHome(at point: Point) -> Bool {
        guard let part = scene.part(at: point) else { return false }
        if lesion.location.group == .lymphNode {
            return Self.nodeSurroundings(lesion.location).contains(part.tissue.layer)
        }
        return Self.isHome(scene.sites[part.site], lesion)
    }

    private static func isHome(_ site: Scene.Site, _ lesion: Disease.Lesion) -> Bool {
        site.location == lesion.location
            && (site.laterality == lesion.laterality || site.laterality == .midline || lesion.laterality == .midline)
    }

    /// Where nodes of a station lie: courses by name, with the stretch of each as shares of its length.
    private static func stations(_ lesion: Disease.Lesion) -> [(course: String, from: Double, to: Double)] {
        let side = lesion.laterality == .midline ? "left" : lesion.laterality.rawValue
        switch lesion.location {
        case .cervicalNode: return [("jugular/\(side)", 0.45, 0.85)]
        case .supraclavicularNode: return [("supraclavicular/\(side)", 0, 1)]
        case .axillaryNode: return [("axillary/\(side)", 0, 1)]
        case .mediastinalNode: return [("trachea", 0.55, 1), ("aorta-arch", 0.35, 0.75)]
        case .hilarNode: return [("bronchus/\(side)", 0.6, 1)]
        case .retroperitonealNode: return [("aorta", 0.15, 0.95), ("aorta", 0.15, 0.95), ("vena-cava", 0.05, 0.5)]
        case .commonIliacNode: return [("common-iliac/\(side)", 0.25, 0.9)]
        case .internalIliacNode: return [("internal-iliac/\(side)", 0.3, 1)]
        case .externalIliacNode: return [("external-iliac/\(side)", 0.3, 0.95)]
        case .obturatorNode: return [("obturator/\(side)", 0.1, 0.9)]
        case .presacralNode: return [("presacral", 0.1, 0.9)]
        case .mesorectalNode: return [("rectum", 0.1, 0.85)]
        case .inguinalNode: return [("inguinal/\(side)", 0, 1)]
        default: return []
        }
    }
}
