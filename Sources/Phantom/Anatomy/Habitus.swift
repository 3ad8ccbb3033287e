import Anatomy
import Foundation

/// The build of one patient, and the way from the anatomical template into the patient.
///
/// The template is a man of 1.75 m: millimetres, x to the left from the midline, y to the back from the middle of the
/// trunk, z from the floor. The patient differs in stature, width, girth and the curves of the spine.
struct Habitus: Sendable {
    /// Where the arms lie.
    enum Arms: Sendable { case raised, besideTrunk, onBelly }

    /// Body height, m.
    let stature: Double
    /// Width of the skeleton against the template.
    let frame: Float
    /// Subcutaneous fat at the waist, mm.
    let fatMm: Float
    /// By how much the fat within pushes the belly's wall forward, mm.
    let bellyMm: Float
    /// Above the head, as protocols ask, or elsewhere.
    let arms: Arms
    /// Body weight, kg.
    let weightKg: Double
    /// Age in years.
    let age: Int
    private let kyphosis: Float
    private let scoliosis: Float
    private let scoliosisPhase: Float
    /// By how much the elbows stand out, left and right, mm.
    private let elbows: (left: Float, right: Float)

    /// Template height of the patient coordinate system's origin, mm above the floor.
    private static let originHeight: Float = 1200
    /// Where the drawing ends below: the middle of the thigh, template mm.
    static let lowest: Float = 660
    /// Where the right dome of the diaphragm stands, template mm.
    static let diaphragm: Float = 1240

    /// - Parameters:
    ///   - armsUp: nil lets the seed decide.
    ///   - isVeryLarge: whether he has 55 to 70 mm of fat under the skin of the waist, twice to three times the usual.
    init(seed: UInt64, armsUp: Bool?, isVeryLarge: Bool = false) {
        var random = SeededGenerator(seed: seed, stream: "habitus")
        stature = random.bounded(mean: 1.75, sd: 0.07)
        frame = Float(random.bounded(mean: 1, sd: 0.04))
        let usualFat = random.logNormal(mean: 21, sd: 11, limit: 2)
        fatMm = Float(isVeryLarge ? 55 + min(usualFat / 4, 15) : usualFat)
        bellyMm = Float(min(max(random.bounded(mean: 0, sd: 9) + Double(fatMm - 21) * 0.7, -14), 45))
        let isRaised = armsUp ?? random.chance(0.8)
        arms = isRaised ? .raised : random.chance(0.6) ? .besideTrunk : .onBelly
        // Lean mass goes with the square of height; a millimetre of fat under the skin weighs about 1.2 kg.
        let lean = 20.3 * stature * stature * Double(frame * frame)
        weightKg = ((lean + 1.2 * Double(fatMm) + 0.3 * Double(bellyMm)) * 10).rounded() / 10
        age = Int(random.bounded(mean: 69, sd: 8))
        kyphosis = Float(random.bounded(sd: 9))
        scoliosis = Float(random.bounded(sd: 5))
        scoliosisPhase = Float(random.uniform(0, 2 * .pi))
        let spread = random.uniform(-10, 60)
        elbows = (Float(spread + random.bounded(sd: 14)), Float(spread + random.bounded(sd: 14)))
    }

    /// Longitudinal scale.
    var length: Float { Float(stature / 1.75) }

    /// The patient's z of a template height.
    func z(_ height: Float) -> Float { (height - Self.originHeight) * length }

    /// Transverse scale: heads differ less than trunks.
    func width(at height: Float) -> Float {
        let trunk = 1 - min(max((height - 1440) / 60, 0), 1)
        return 1 + (frame - 1) * (0.3 + 0.7 * trunk)
    }

    /// By how much the belly's wall stands forward at a height, mm.
    func belly(at height: Float) -> Float {
        let offset = (height - 1070) / 105
        return bellyMm * exp(-offset * offset)
    }

    /// A template point in the patient.
    func point(_ x: Float, _ y: Float, _ height: Float) -> Point {
        let width = width(at: height)
        let shift = shift(at: height)
        return Point(x * width + shift.x, y * width + shift.y, z(height))
    }

    /// A tube's knot at a template point.
    func knot(_ x: Float, _ y: Float, _ height: Float, _ radius: Float) -> Tube.Knot {
        Tube.Knot(point: point(x, y, height), radius: radius * width(at: height))
    }

    /// An axial section at a template point, on the side `mirror` (1 left, −1 right), with `extra` mm all around.
    func section(
        _ height: Float, x: Float = 0, y: Float = 0, _ a: Float, _ b: Float, turn: Float = 0, power: Float = 2,
        mirror: Float = 1, extra: Float = 0
    ) -> Loft.Section {
        let middle = point(x * mirror, y, height)
        let width = width(at: height)
        return Loft.Section(
            z: middle.z, x: middle.x, y: middle.y, a: a * width + extra, b: b * width + extra, turn: turn * mirror,
            power: power)
    }

    /// An arm from the shoulder over elbow and wrist to the hand: x (to its side), y, height, radius of its muscle.
    func armCourse(_ laterality: Laterality) -> [(Float, Float, Float, Float)] {
        let out = laterality == .left ? elbows.left : elbows.right
        let girth = fatMm * 0.6
        return switch arms {
        case .raised:
            [
                (158, 12, 1392, 46), (184 + out * 0.4, 2, 1490, 43), (204 + out, -14, 1650, 38),
                (150 + out * 0.7, -34, 1780, 32), (70 + out * 0.3, -44, 1850, 26),
            ]
        case .besideTrunk:
            [
                (158, 12, 1392, 46), (186 + girth * 0.6, 16, 1270, 40), (200 + girth + out * 0.2, 16, 1130, 36),
                (206 + girth, -6, 960, 30), (204 + girth, -22, 800, 23),
            ]
        case .onBelly:
            [
                (158, 12, 1392, 46), (192 + girth * 0.6, 10, 1270, 40), (206 + girth + out * 0.2, -6, 1130, 36),
                (150 + girth * 0.6, -100 - girth * 0.6 - max(bellyMm, 0), 1060, 30),
                (70, -126 - girth - max(bellyMm, 0), 1030, 24),
            ]
        }
    }

    /// By how much the curves of this spine move the trunk, mm.
    private func shift(at height: Float) -> (x: Float, y: Float) {
        let share = min(max((height - 900) / 600, 0), 1)
        let bow = sin(share * .pi)
        return (scoliosis * bow * sin(share * 4 + scoliosisPhase), kyphosis * bow * (share - 0.4) * 1.5)
    }

    /// Template y of the middle of the vertebral bodies at a template height.
    static func spineY(_ height: Float) -> Float {
        let course: [(height: Float, y: Float)] = [
            (860, 72), (900, 80), (940, 74), (975, 52), (1009, 36), (1043, 28), (1077, 27), (1110, 32), (1142, 40),
            (1200, 54), (1260, 64), (1320, 66), (1380, 55), (1445, 34), (1500, 16), (1540, 12), (1590, 14),
        ]
        guard let above = course.firstIndex(where: { $0.height >= height }) else { return course.last!.y }
        guard above > 0 else { return course[0].y }
        let (a, b) = (course[above - 1], course[above])
        return a.y + (b.y - a.y) * (height - a.height) / (b.height - a.height)
    }
}
