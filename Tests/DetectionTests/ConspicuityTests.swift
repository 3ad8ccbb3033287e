import Detection
import Foundation
import Imaging
import Testing

/// What stands out and what does not, in volumes whose numbers can be worked out.
@Suite struct ConspicuityTests {
    private let geometry = grid(40, 40, 40)
    private var middle: PatientPoint { geometry.point(20, 20, slice: 20) }

    private func conspicuities(_ pet: Volume<SUVbw>, floor: Float = 2) -> [Float] {
        let isInside = [Bool](repeating: true, count: pet.voxels.count)
        let basins = UptakeBasins(pet: pet, isInside: isInside, floor: floor, prominence: 0.05)
        return basins.conspicuity(in: pet, isInside: isInside, floor: floor)
    }

    @Test func aSiteAloneRisesAboveItsSurroundings() {
        var pet = Volume<SUVbw>(geometry: geometry, repeating: 1)
        pet[20, 20, 20] = 4
        // (1 - 1/4) x 4/1, whatever the floor.
        #expect(conspicuities(pet) == [3])
        #expect(conspicuities(pet, floor: 3.5) == [3])
    }

    @Test func contrastCountsUpToTen() {
        var pet = Volume<SUVbw>(geometry: geometry, repeating: 0)
        pet[20, 20, 20] = 5
        #expect(conspicuities(pet) == [9])
        pet.voxels = pet.voxels.map { $0 == 0 ? 0.5 : $0 }
        #expect(conspicuities(pet) == [9])
    }

    @Test func aRippleInAHotOrganDoesNotStandOut() {
        // A slab of 10 with a ripple of 13, at the end of a ridge of 20.
        var pet = Volume<SUVbw>(geometry: geometry, repeating: 10)
        pet[20, 20, 20] = 13
        pet[5, 5, 5] = 20
        let found = conspicuities(pet)
        #expect(found.count == 2)
        #expect(abs(found[1] - (1 - 10.0 / 13) * 1.3) < 1e-5)
    }

    /// What is as large as its shell would otherwise surround itself.
    @Test func aBulkySiteIsComparedWithWhatLiesAroundItsBall() {
        let pet: Volume<SUVbw> = volume(geometry) { $0.distance(to: middle) < 40 ? 6 : 1 }
        #expect(conspicuities(pet) == [5])
    }

    @Test func outsideOfTheBodyNothingSurrounds() {
        var pet = Volume<SUVbw>(geometry: geometry, repeating: 3)
        pet[20, 20, 20] = 5
        let isInside = (0..<geometry.count).map { geometry.point(at: $0).distance(to: middle) < 9 }
        let basins = UptakeBasins(pet: pet, isInside: isInside, floor: 4, prominence: 0.05)
        #expect(basins.conspicuity(in: pet, isInside: isInside, floor: 4) == [9])
    }

    // MARK: What detection makes of it

    private func foci(_ pet: Volume<SUVbw>, _ detection: FocusDetection = FocusDetection()) -> [CandidateFocus] {
        detection.detect(in: ScanVolumes(pet: pet, ct: nil, tracer: .ga68PSMA11)).foci
    }

    /// Every voxel off by up to a share of its value, from a seed.
    private func noisy(_ pet: Volume<SUVbw>, _ share: Float) -> Volume<SUVbw> {
        var state: UInt64 = 11
        var pet = pet
        for index in pet.voxels.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            pet.voxels[index] *= 1 + share * (Float(state >> 40) / Float(1 << 23) - 1)
        }
        return pet
    }

    @Test func aNoisyOrganIsOneFocus() throws {
        let organ: Volume<SUVbw> = volume(geometry) { $0.distance(to: middle) < 50 ? 8 : 0.6 }
        // Noise that is correlated as a scan's is.
        let found = foci(noisy(organ, 0.3).smoothed(fullWidthAtHalfMaximumMm: 6))
        try #require(found.count == 1)
        #expect(abs(found[0].volumeMl / (4 / 3 * Double.pi * 125) - 1) < 0.1)
    }

    @Test(arguments: [15.0, 20, 26]) func aNodeBesideAFullBladderIsAFocusOfItsOwn(_ distance: Double) throws {
        let node = middle + PatientPoint(distance + 20, 0, 0)
        let bladder: Volume<SUVbw> = volume(geometry) { $0.distance(to: middle) < 20 ? 60 : 0.5 }
        let blurred = bladder.smoothed(fullWidthAtHalfMaximumMm: 6)
        var pet = blurred
        let blob = Blob(centre: node, height: 12, sigma: 3.5)
        for index in pet.voxels.indices { pet.voxels[index] += Float(blob(geometry.point(at: index))) }
        let found = foci(noisy(pet, 0.1))
        try #require(found.count == 2)
        #expect(found[1].centroid.distance(to: node) < 5)
        #expect(found[1].volumeMl < 2)
    }

    @Test func ofTooManyTheMostConspicuousStay() {
        // Four spots of two voxels; what surrounds the second is nearly as hot as the floor.
        let second = geometry.point(14, 20, slice: 20)
        var pet: Volume<SUVbw> = volume(geometry) { $0.distance(to: second) < 18 ? 1.9 : 1 }
        for (index, height) in [30, 8, 6, 4].enumerated() {
            let i = 4 + 10 * index
            pet[i, 20, 20] = Float(height)
            pet[i, 21, 20] = Float(height)
        }
        var detection = FocusDetection()
        detection.smoothingMm = 0
        #expect(foci(pet, detection).map(\.suvMax) == [30, 8, 6, 4])
        detection.maximumCount = 2
        #expect(foci(pet, detection).map(\.suvMax) == [30, 6])
        #expect(foci(pet, detection).map(\.id) == [1, 2])
        detection.maximumCount = 0
        #expect(foci(pet, detection).isEmpty)
    }
}
