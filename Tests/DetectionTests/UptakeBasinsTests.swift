import Detection
import Imaging
import Testing

@Suite struct UptakeBasinsTests {
    private func basins(
        _ pet: Volume<SUVbw>, floor: Float = 1, prominence: Float = 0.12, isInside: [Bool]? = nil
    ) -> UptakeBasins {
        UptakeBasins(
            pet: pet, isInside: isInside ?? [Bool](repeating: true, count: pet.voxels.count), floor: floor,
            prominence: prominence)
    }

    /// A row of voxels.
    private func line(_ values: [Float]) -> Volume<SUVbw> {
        Volume(geometry: grid(values.count, 1, 1), voxels: values)
    }

    @Test func separateBlobsAreBasinsInOrderOfHeight() {
        let geometry = grid(40, 20, 20)
        let blobs = [
            Blob(centre: geometry.point(10, 10, slice: 10), height: 8, sigma: 10),
            Blob(centre: geometry.point(30, 8, slice: 9), height: 12, sigma: 10),
        ]
        let pet: Volume<SUVbw> = volume(geometry) { p in blobs.reduce(0) { $0 + $1(p) } }
        let found = basins(pet)
        #expect(found.peaks == [geometry.index(30, 8, 9), geometry.index(10, 10, 10)])
        for index in pet.voxels.indices {
            let p = geometry.point(at: index)
            let nearest: Int32 = p.distance(to: blobs[1].centre) < p.distance(to: blobs[0].centre) ? 1 : 2
            if pet.voxels[index] < 1 {
                #expect(found.labels[index] == 0)
            } else if blobs.contains(where: { $0.centre.distance(to: p) < 20 }) {
                #expect(found.labels[index] == nearest)
            }
        }
    }

    /// A maximum that rises just enough above its saddle stands on its own; just too little, and it does not.
    @Test(arguments: [0.05, 0.12, 0.3]) func prominenceDecides(_ prominence: Double) {
        // Saddle 10, peaks 20 and 10 / (1 - p).
        let lower = 10 / (1 - prominence)
        let apart = line([20, 15, 10, Float(lower * 1.01), 2])
        let joined = line([20, 15, 10, Float(lower * 0.99), 2])
        #expect(basins(apart, prominence: Float(prominence)).labels == [1, 1, 1, 2, 2])
        #expect(basins(joined, prominence: Float(prominence)).labels == [1, 1, 1, 1, 1])
    }

    @Test func aMergedMaximumLeavesTheHigherPeak() {
        #expect(basins(line([9.5, 9, 10, 4])).peaks == [2])
    }

    @Test func aChainOfSmallRisesIsOne() {
        #expect(basins(line([10, 9.8, 10.5, 10.2, 11, 10.6, 10.9])).peaks == [4])
    }

    @Test func aSaddleIsWhereAHigherBasinIsMetFirst() {
        // 9 and 20 meet at 3, 12 and 20 at 5; 6 stands apart.
        let found = basins(line([9, 3, 20, 5, 12, 0, 6]))
        #expect(found.peaks == [2, 4, 0, 6])
        #expect(found.saddles == [nil, .init(value: 5, higher: 0), .init(value: 3, higher: 0), nil])
    }

    @Test func theSaddleOfABasinWhoseNeighbourMergedIsThatOfTheWhole() {
        // 11 is met by 5 at 2, and is then part of 12.
        let found = basins(line([5, 2, 11, 10.9, 12]))
        #expect(found.peaks == [4, 0])
        #expect(found.saddles == [nil, .init(value: 2, higher: 0)])
    }

    @Test func whatIsNotKeptJoinsWhatItMeets() {
        let found = basins(line([9, 3, 20, 5, 12, 0, 6]))
        let joined = found.joined(keeping: [true, false, true, false])
        #expect(joined.peaks == [2, 0])
        #expect(joined.labels == [2, 1, 1, 1, 1, 0, 0], "12 is part of 20; 6 met nothing, and is gone")
        #expect(joined.saddles == [nil, .init(value: 3, higher: 0)])
        #expect(found.joined(keeping: [true, true, true, true]).labels == found.labels)
        #expect(found.joined(keeping: [false, false, false, false]).labels.allSatisfy { $0 == 0 })
    }

    @Test func aChainOfWhatIsNotKeptJoinsTheFirstThatIs() {
        let found = basins(line([20, 8, 16, 6, 12, 4, 10]))
        let joined = found.joined(keeping: [true, false, false, true])
        #expect(joined.labels == [1, 1, 1, 1, 1, 1, 2])
        #expect(joined.saddles[1] == .init(value: 4, higher: 0))
    }

    @Test func equalPeaksAreOrderedByPlace() {
        let found = basins(line([8, 2, 8, 2, 8]))
        #expect(found.peaks == [0, 2, 4])
        // A voxel between equal slopes belongs to the first.
        #expect(found.labels == [1, 1, 2, 2, 3])
    }

    @Test func aPlateauIsOneBasin() {
        // A horseshoe, whose arms the array meets before their bend.
        let pet = Volume<SUVbw>(
            geometry: grid(5, 4, 1),
            voxels: [5, 0, 0, 0, 5, 5, 0, 0, 0, 5, 5, 0, 0, 0, 5, 5, 5, 5, 5, 5])
        let found = basins(pet)
        #expect(found.peaks == [0])
        #expect(found.labels == pet.voxels.map { $0 > 0 ? 1 : 0 })
    }

    @Test func flatVolumeIsOneBasin() {
        let pet = Volume<SUVbw>(geometry: grid(4, 4, 4), repeating: 3)
        #expect(basins(pet).peaks == [0])
        #expect(basins(pet).labels.allSatisfy { $0 == 1 })
    }

    @Test func nothingAboveTheFloorIsNoBasin() {
        let found = basins(line([0, 0.5, 0.99]))
        #expect(found.peaks.isEmpty)
        #expect(found.labels == [0, 0, 0])
    }

    @Test func theOutsideIsAWall() {
        let found = basins(line([5, 4, 4, 4, 6]), isInside: [true, true, false, true, true])
        #expect(found.labels == [2, 2, 0, 1, 1])
    }

    @Test func noiseGivesTheSameBasinsEveryTime() {
        var state: UInt64 = 7
        let geometry = grid(20, 20, 20)
        let pet = Volume<SUVbw>(
            geometry: geometry,
            voxels: (0..<geometry.count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // Few levels, so that equal values abound.
                return Float(state >> 60)
            })
        let (first, second) = (basins(pet), basins(pet))
        #expect(first.labels == second.labels)
        #expect(first.peaks == second.peaks)
        // Every basin is one piece that holds its own peak, and no voxel of it is above the peak.
        for (number, peak) in first.peaks.enumerated() {
            let isMember = first.labels.map { $0 == Int32(number + 1) }
            #expect(isMember[peak])
            #expect(zip(isMember, pet.voxels).allSatisfy { !$0 || $1 <= pet.voxels[peak] })
        }
        let heights = first.peaks.map { pet.voxels[$0] }
        #expect(heights == heights.sorted(by: >))
    }
}
