import Detection
import Imaging
import Testing

@Suite struct BlockGridTests {
    @Test func blocksAverageTheirVoxels() {
        // Blocks of 2 x 2 x 2 voxels of 4 mm; the fifth column is left over.
        let geometry = grid(5, 4, 4, origin: PatientPoint(10, 20, 30))
        let pet: Volume<SUVbw> = volume(geometry) { $0.x + 10 * $0.y + 100 * $0.z }
        var ct: Volume<HounsfieldUnits> = volume(geometry) { _ in 40 }
        ct[0, 0, 0] = .nan
        let blocks = BlockGrid(pet: pet, ct: ct, body: BodyMask(pet: pet, ct: nil))
        #expect((blocks.columns, blocks.rows, blocks.slices) == (2, 2, 2))
        #expect(abs(blocks.blockMl - 0.512) < 1e-12)
        for block in 0..<8 {
            let (i, j, k) = (block % 2, block / 2 % 2, block / 4)
            let centre = PatientPoint(12 + 8 * Double(i), 22 + 8 * Double(j), 30 + 8 * Double(k))
            #expect(blocks.centres[block].distance(to: centre) < 1e-9)
            // The mean lies in the middle of the block, half a voxel above the slice its centre is put on.
            let mean = centre.x + 10 * centre.y + 100 * (centre.z + 2)
            #expect(abs(Double(blocks.suv[block]) - mean) < 0.01)
            #expect(blocks.inside[block] == 1)
        }
        #expect(blocks.hu[0].isNaN)
        #expect(blocks.hu[1...].allSatisfy { $0 == 40 })
    }

    @Test func voxelsOfABlockAreThoseThatWereAveraged() {
        let geometry = grid(5, 4, 4)
        let pet: Volume<SUVbw> = volume(geometry) { $0.x + $0.y * $0.z }
        let blocks = BlockGrid(pet: pet, ct: nil, body: BodyMask(pet: pet, ct: nil))
        for block in 0..<8 {
            let values = blocks.voxels(ofBlock: block).map { pet.voxels[$0] }
            #expect(values.count == 8)
            #expect(abs(values.reduce(0, +) / 8 - blocks.suv[block]) < 1e-4)
        }
    }

    @Test func aVolumeSmallerThanABlockIsOneBlock() {
        let geometry = grid(2, 1, 1, spacing: 1)
        let pet = Volume<SUVbw>(geometry: geometry, voxels: [1, 3])
        let blocks = BlockGrid(pet: pet, ct: nil, body: BodyMask(pet: pet, ct: nil))
        #expect(blocks.suv == [2])
        #expect(blocks.hu[0].isNaN)
        #expect(blocks.centres == [PatientPoint(0.5, 0, 0)])
        #expect(blocks.neighbourhood(0) == nil)
    }

    @Test func neighbourhoodGivesMeanAndVariation() throws {
        let geometry = grid(3, 3, 3, spacing: 8)
        var pet = Volume<SUVbw>(geometry: geometry, repeating: 2)
        pet[0, 0, 0] = 29
        let blocks = BlockGrid(pet: pet, ct: nil, body: BodyMask(pet: pet, ct: nil))
        let around = try #require(blocks.neighbourhood(13))
        #expect(abs(around.mean - 3) < 1e-5)
        // The variance of one 29 among 26 twos: 26.
        #expect(abs(around.variation - Float(26).squareRoot() / 3) < 1e-4)
        #expect(blocks.neighbourhood(0) == nil)
    }

    @Test func depthCountsTheLayersAround() {
        let geometry = grid(7, 7, 7, spacing: 8)
        let pet = Volume<SUVbw>(geometry: geometry, repeating: 1)
        let blocks = BlockGrid(pet: pet, ct: nil, body: BodyMask(pet: pet, ct: nil))
        var isMember = [Bool](repeating: true, count: 343)
        #expect(blocks.depths(of: isMember)[geometry.index(3, 3, 3)] == 4)
        isMember[geometry.index(3, 3, 4)] = false
        let depths = blocks.depths(of: isMember)
        #expect(depths[geometry.index(3, 3, 4)] == 0)
        #expect(depths[geometry.index(3, 3, 3)] == 1)
        #expect(depths[geometry.index(3, 3, 2)] == 2)
        #expect(depths[geometry.index(0, 0, 0)] == 1)
    }
}
