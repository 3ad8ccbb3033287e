import Anatomy
import Imaging

/// Draws one patient: the whole anatomy in the order in which parts cover each other.
///
/// Every organ draws its variation from its own named stream of the seed.
struct PatientDrawing {
    let seed: UInt64
    let tracer: Tracer
    let habitus: Habitus
    let uptake: PhysiologicUptake
    let condition: PatientCondition
    var scene = Scene()
    /// Vessels, spine and other courses along which lesions are placed later.
    var landmarks = Landmarks()

    init(seed: UInt64, tracer: Tracer, habitus: Habitus, condition: PatientCondition, sink: Float = 1) {
        self.seed = seed
        self.tracer = tracer
        self.habitus = habitus
        self.condition = condition
        uptake = PhysiologicUptake(tracer: tracer, seed: seed, sink: sink)
        drawBody()
        drawAirways()
        drawSkeleton()
        drawHead()
        drawHeart()
        drawUpperAbdomen()
        drawBowel()
        drawVessels()
        drawUrinaryTract()
        drawPelvicOrgans()
        drawGanglia()
    }

    /// The stream of an organ.
    func random(_ name: String) -> SeededGenerator { SeededGenerator(seed: seed, stream: "anatomy/\(name)") }

    /// Left and right with the sign of x.
    static let sides: [(laterality: Laterality, mirror: Float)] = [(.left, 1), (.right, -1)]

    /// A tube through template points: x (mirrored), y, height, radius.
    func tube(_ points: [(Float, Float, Float, Float)], mirror: Float = 1, spacing: Float = 6) -> Tube {
        Tube(through: points.map { habitus.knot($0.0 * mirror, $0.1, $0.2, $0.3) }, spacing: spacing)
    }

    /// An ellipsoid at a template point, its place and size varied by `random`.
    func ellipsoid(
        _ x: Float, _ y: Float, _ height: Float, _ semiAxes: Point, tilt: Point = .zero, mirror: Float = 1,
        shiftMm: Double = 2, sizeShare: Double = 0.08, wobble: Float = 0.06, using random: inout SeededGenerator
    ) -> Ellipsoid {
        let shift = Point(
            Float(random.bounded(sd: shiftMm)), Float(random.bounded(sd: shiftMm)), Float(random.bounded(sd: shiftMm)))
        let size = Float(1 + random.bounded(sd: sizeShare))
        let phase = Point(
            Float(random.uniform(0, 6.28)), Float(random.uniform(0, 6.28)), Float(random.uniform(0, 6.28)))
        return Ellipsoid(
            habitus.point(x * mirror, y, height) + shift, semiAxes * (size * habitus.width(at: height)),
            tilt: Point(tilt.x, tilt.y * mirror, tilt.z * mirror), wobble: wobble, phase: phase)
    }
}

/// Courses and regions that the placing of lesions needs, in the patient.
struct Landmarks: Sendable {
    /// Vessels and other guides by name; `external-iliac/left` and the like.
    var courses: [String: Tube] = [:]
    /// Parts of the prostate (or of its bed) where tumour grows.
    var prostate: Ellipsoid?
}
