import Anatomy
import Foundation

/// Places the planned lesions in the drawn anatomy: nodes beside their vessels, others inside their organ or bone.
extension PatientDrawing {
    mutating func draw(_ plan: DiseasePlan) {
        if let suv = plan.diffuseMarrowSUV { drawDiffuseMarrow(Float(suv)) }
        var placed: [(point: Point, radius: Float)] = []
        for (index, lesion) in plan.lesions.enumerated() {
            var random = SeededGenerator(seed: seed, stream: "lesion/\(index)")
            let radius = Float(lesion.diameterMm / 2)
            let placement = LesionPlacement(lesion, radius: radius, in: scene, landmarks)
            guard let point = placement.place(apartFrom: placed, &random) else { continue }
            placed.append((point, radius))
            draw(lesion, at: point, radius: radius, &random)
        }
    }

    private mutating func draw(
        _ lesion: Disease.Lesion, at point: Point, radius: Float, _ random: inout SeededGenerator
    ) {
        let below = scene.part(at: point)
        let suv = Recovery.drawn(
            shown: Float(lesion.suvMax), background: below?.suv ?? 0, recovery: Recovery.ball(radius: radius))
        let site = scene.addSite(
            Scene.Site(
                location: lesion.location, laterality: lesion.laterality, suv: min(suv, 150),
                structure: Structure(.focus),
                suspicious: lesion.suspicious, isExtracapsular: lesion.isExtracapsular))
        let clump = IrregularShape(isNode: lesion.location.group == .lymphNode, using: &random)
        let tissue = tissue(lesion, below)
        scene.draw(clump.shape(at: point, radius: radius), tissue, site: site)
        if radius > 10, lesion.suspicious { drawNecrosis(tissue, site, at: point, radius: radius, &random) }
    }

    /// Large tumours die in the middle: a core, off centre, that takes up little.
    private mutating func drawNecrosis(
        _ tissue: Tissue, _ site: Int, at point: Point, radius: Float, _ random: inout SeededGenerator
    ) {
        guard random.chance(min(Double(radius - 8) / 20, 0.75)) else { return }
        let away = Point(Float(random.normal()), Float(random.normal()), Float(random.normal())) * (radius * 0.15)
        let core = IrregularShape(isNode: false, using: &random)
            .shape(at: point + away, radius: radius * Float(random.uniform(0.3, 0.62)))
        let dead = Tissue(hu: tissue.hu * 0.5, layer: .lesion, over: .lesion)
        let share = Float(random.uniform(0.15, 0.5))
        scene.draw(core, dead, site: site, suv: scene.sites[site].suv * share)
    }

    private func tissue(_ lesion: Disease.Lesion, _ below: Scene.Part?) -> Tissue {
        switch lesion.location.group {
        case .lymphNode:
            return Tissue(
                hu: 45, layer: .lesion, over: LesionPlacement.nodeSurroundings(lesion.location).union(.vessel))
        case .bone: return Tissue(hu: lesion.suspicious ? 650 : 320, layer: .lesion, over: .bone)
        case .organ:
            let layer = below?.tissue.layer ?? .organ
            var over: Tissue.Layer = layer == .lung ? [.lung, .vessel] : [layer]
            if lesion.isExtracapsular || lesion.location == .prostaticBed { over.formUnion([.cavity, .muscle, .fat]) }
            // A tumour parts the bundles of a muscle, or fills the fat between them.
            if lesion.location == .muscle { over.insert(.fat) }
            return Tissue(hu: layer == .lung ? 35 : (below?.tissue.hu ?? 40) - 5, layer: .lesion, over: over)
        }
    }

    /// Turns the marrow of spine, pelvis, ribs and thighs into disease.
    private mutating func drawDiffuseMarrow(_ suv: Float) {
        let involved: Set<AnatomicalLocation> = [
            .thoracicSpine, .lumbarSpine, .sacrum, .pelvicBone, .rib, .sternum, .femur,
        ]
        var random = SeededGenerator(seed: seed, stream: "diffuse-marrow")
        for (index, site) in scene.sites.enumerated() where involved.contains(site.location) {
            let marrow = scene.parts.filter { $0.site == index && $0.tissue.hu == Tissue.trabecular.hu }
            let disease = scene.addSite(
                Scene.Site(
                    location: site.location, laterality: site.laterality, suv: suv, structure: site.structure,
                    suspicious: true, isDiffuse: true))
            for part in marrow {
                // Patchy: each bone its own share.
                let share = Float(random.logNormal(mean: 1, sd: 0.4))
                scene.draw(
                    part.shape, Tissue(hu: 380, layer: .bone, over: .bone), site: disease, suv: suv * share,
                    as: part.structure)
            }
        }
    }
}
