import Detection
import Imaging
import Testing

/// A trunk with a lung, two arms beside it, and a table below, on 60 x 50 columns and rows of 4 mm.
private struct Torso {
    let geometry = grid(60, 50, 8, origin: PatientPoint(-118, -98, 0))

    func isTrunk(_ p: PatientPoint) -> Bool { p.x * p.x + p.y * p.y <= 60 * 60 }
    func isLung(_ p: PatientPoint) -> Bool { p.x * p.x + p.y * p.y <= 20 * 20 }
    func isArm(_ p: PatientPoint) -> Bool {
        let dx = abs(p.x) - 95
        return dx * dx + p.y * p.y <= 18 * 18
    }
    func isTable(_ p: PatientPoint) -> Bool { p.y > 70 && p.y < 90 && abs(p.x) < 80 }
    func isBody(_ p: PatientPoint) -> Bool { isTrunk(p) || isArm(p) }

    var ct: Volume<HounsfieldUnits> {
        volume(geometry) { p in
            if isLung(p) { return -850 }
            return isBody(p) || isTable(p) ? 30 : -1000
        }
    }
    var pet: Volume<SUVbw> { volume(geometry) { isBody($0) ? (isLung($0) ? 0.5 : 1.5) : 0.01 } }
    var expected: [Bool] { (0..<geometry.count).map { isBody(geometry.point(at: $0)) } }
}

@Suite struct BodyMaskTests {
    private let torso = Torso()

    @Test func withCTLungsAndArmsAreInsideAndTheTableIsNot() {
        #expect(BodyMask(pet: torso.pet, ct: torso.ct).isInside == torso.expected)
    }

    @Test func withoutCTThePETDrawsTheOutline() {
        #expect(BodyMask(pet: torso.pet, ct: nil).isInside == torso.expected)
    }

    @Test func aFullBladderDoesNotHideTheRest() {
        let pet: Volume<SUVbw> = volume(torso.geometry) { p in
            p.length < 24 ? 80 : torso.isBody(p) ? 0.4 : 0.01
        }
        #expect(BodyMask(pet: pet, ct: nil).isInside == torso.expected)
    }

    @Test func whereTheCTEndsThePETGoesOn() {
        var ct = torso.ct
        for index in 3 * 60 * 50..<ct.voxels.count { ct.voxels[index] = .nan }
        #expect(BodyMask(pet: torso.pet, ct: ct).isInside == torso.expected)
    }

    @Test func armsBesideANarrowCTAreInside() {
        var ct = torso.ct
        for index in ct.voxels.indices where abs(torso.geometry.point(at: index).x) > 80 { ct.voxels[index] = .nan }
        #expect(BodyMask(pet: torso.pet, ct: ct).isInside == torso.expected)
    }

    @Test func airThatReachesTheOutsideIsNotFilled() {
        // A groove from the lung to the front.
        let ct: Volume<HounsfieldUnits> = volume(torso.geometry) { p in
            torso.isTrunk(p) && !(abs(p.x) < 6 && p.y < 0) ? 30 : -1000
        }
        let body = BodyMask(pet: torso.pet, ct: ct)
        #expect(body.isInside == ct.voxels.map { $0 > 0 })
    }

    @Test(arguments: [(1, 1, 1), (2, 2, 1), (1, 5, 3)]) func smallVolumes(_ size: (Int, Int, Int)) {
        let geometry = grid(size.0, size.1, size.2)
        let none = BodyMask(pet: Volume(geometry: geometry, repeating: 0), ct: nil)
        #expect(none.isInside == [Bool](repeating: false, count: geometry.count))
        let all = BodyMask(pet: Volume(geometry: geometry, repeating: 1), ct: nil)
        #expect(all.isInside == [Bool](repeating: true, count: geometry.count))
    }

    @Test func negativeUptakeIsOutside() {
        let geometry = grid(4, 4, 2)
        #expect(!BodyMask(pet: Volume(geometry: geometry, repeating: -3), ct: nil).isInside.contains(true))
    }
}
