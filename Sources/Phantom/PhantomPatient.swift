import Anatomy
import Imaging

/// A digital patient, drawn in code from a seed: no data file, and the same voxels every time.
///
/// Male, from the vertex to the middle of the thighs. Stature, girth, spine, organs, uptake and disease vary with the
/// seed; `docs/science/phantoms.md` tells what is drawn, and from which figures.
public struct PhantomPatient: Sendable {
    /// What everything is drawn from.
    public let seed: UInt64
    /// The radiopharmaceutical.
    public let tracer: Tracer
    /// Whether the prostate is there, or was removed.
    public let hasProstate: Bool
    /// Whether a CT comes with the PET.
    public let includesCT: Bool
    /// 1 for the patient's first PET/CT; later ones have other studies, dates and noise.
    public let examination: Int

    let habitus: Habitus
    let scene: Scene

    /// Draws a patient.
    /// - Parameters:
    ///   - seed: any number; another seed is another patient.
    ///   - tracer: sets uptake, noise and the kind of disease.
    ///   - disease: what to draw beside the normal.
    ///   - hasProstate: nil lets the seed decide (two of three patients still have it).
    ///   - armsUp: nil lets the seed decide (four of five hold them above the head).
    ///   - isVeryLarge: whether he is far heavier than any that the seed would draw, some 140 kg.
    ///   - includesCT: whether the data sets and files have a CT series.
    ///   - examination: 2, 3 … for the same patient twelve, twenty-four … weeks later. A lesion keeps place and shape
    ///     as long as it keeps its place in the list.
    public init(
        seed: UInt64, tracer: Tracer = .ga68PSMA11, disease: Disease = .typical, hasProstate: Bool? = nil,
        armsUp: Bool? = nil, isVeryLarge: Bool = false, includesCT: Bool = true, examination: Int = 1
    ) {
        self.seed = seed
        self.tracer = tracer
        self.includesCT = includesCT
        self.examination = examination
        var condition = PatientCondition(seed: seed, tracer: tracer)
        if let hasProstate { condition.hasProstate = hasProstate }
        self.hasProstate = condition.hasProstate
        habitus = Habitus(seed: seed, armsUp: armsUp, isVeryLarge: isVeryLarge)
        let plan = DiseasePlan(disease, seed: seed, tracer: tracer, hasProstate: condition.hasProstate)
        var drawing = PatientDrawing(
            seed: seed, tracer: tracer, habitus: habitus, condition: condition, sink: plan.sink)
        drawing.draw(plan)
        scene = drawing.scene
    }

    /// Body weight, kg.
    public var weightKg: Double { habitus.weightKg }

    /// Body height, m.
    public var heightM: Double { (habitus.stature * 100).rounded() / 100 }

    /// Whether the arms lie above the head.
    package var holdsArmsUp: Bool { habitus.arms == .raised }

    /// What noise is drawn from.
    var noiseSeed: UInt64 { seed &+ UInt64(examination - 1) &* 0x9E37_79B9_7F4A_7C15 }

    /// The lesions as drawn, before any scan.
    package var drawnLesions: [(location: AnatomicalLocation, laterality: Laterality)] {
        scene.sites.filter(\.suspicious).map { ($0.location, $0.laterality) }
    }

    /// The benign look-alikes as drawn, before any scan. What belongs to the anatomy, such as ganglia, is not among them.
    package var drawnPitfalls: [(location: AnatomicalLocation, laterality: Laterality)] {
        scene.sites.filter { !$0.suspicious && $0.structure == Structure(.focus) }.map { ($0.location, $0.laterality) }
    }

    /// How many sites of a location the anatomy has, before any scan.
    package func drawnSites(_ location: AnatomicalLocation) -> Int {
        scene.sites.count { $0.location == location && !$0.suspicious && $0.structure != Structure(.focus) }
    }

    /// The stage of the lesions as drawn, before any scan; nil for ¹⁸F-FDG.
    package var drawnStage: PhantomTruth.Stage? { stage(of: scene.sites) }

    /// The stage of some of the sites drawn; nil for ¹⁸F-FDG.
    func stage(of sites: [Scene.Site]) -> PhantomTruth.Stage? {
        tracer.target == .psma ? PhantomTruth.Stage(sites.filter(\.suspicious), hasProstate: hasProstate) : nil
    }

    /// SUV drawn at a location, mean of its sites.
    package func drawnSUV(_ location: AnatomicalLocation) -> Double {
        let values = scene.sites.filter { $0.location == location && !$0.suspicious }.map { Double($0.suv) }
        return values.reduce(0, +) / Double(max(values.count, 1))
    }
}
