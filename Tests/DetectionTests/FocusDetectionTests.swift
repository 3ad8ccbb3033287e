import Detection
import Foundation
import Imaging
import Testing

/// Foci in small volumes whose figures can be worked out. Without CT and organs the floor is the fixed 2.
@Suite struct FocusDetectionTests {
    private func foci(_ pet: Volume<SUVbw>, _ tracer: Tracer = .f18FDG) -> [CandidateFocus] {
        FocusDetection().detect(in: ScanVolumes(pet: pet, ct: nil, tracer: tracer)).foci
    }

    @Test func twoBlobsAreTwoFociWithTheirFigures() throws {
        let geometry = grid(40, 24, 24, spacing: 3, origin: PatientPoint(-60, -36, 100))
        let blobs = [
            Blob(centre: geometry.point(10, 12, slice: 12), height: 8, sigma: 6),
            Blob(centre: geometry.point(30, 12, slice: 11), height: 15, sigma: 8),
        ]
        let pet: Volume<SUVbw> = volume(geometry) { p in 0.5 + blobs[0](p) + blobs[1](p) }
        let found = foci(pet)
        try #require(found.count == 2)
        for (focus, blob) in zip(found, [blobs[1], blobs[0]]) {
            #expect(focus.centroid.distance(to: blob.centre) < 0.5)
            #expect(abs(focus.suvMax - blob.height - 0.5) < 1e-4)
            // Down to 45 % of the maximum the blob is a sphere of known radius.
            let limit = max(0.45 * (blob.height + 0.5), 2) - 0.5
            let radius = blob.sigma * (2 * log(blob.height / limit)).squareRoot()
            let volume = 4 / 3 * Double.pi * pow(radius, 3) / 1000
            #expect(abs(focus.volumeMl / volume - 1) < 0.12)
        }
        #expect(found.map(\.id) == [1, 2])
    }

    @Test func figuresOnUnevenSlicesWeighByVolume() throws {
        let positions = [0.0, 3, 6, 9, 12, 15, 21, 27, 33, 39, 42, 45, 48]
        let even = grid(24, 24, 1, spacing: 3)
        let geometry = VolumeGeometry(
            columns: 24, rows: 24, columnSpacing: 3, rowSpacing: 3, rowDirection: even.rowDirection,
            columnDirection: even.columnDirection, sliceOrigins: positions.map { PatientPoint(0, 0, $0) },
            frameOfReferenceUID: even.frameOfReferenceUID)
        let blob = Blob(centre: PatientPoint(36, 33, 21), height: 20, sigma: 9)
        let pet: Volume<SUVbw> = volume(geometry) { 0.5 + blob($0) }
        let found = foci(pet)
        try #require(found.count == 1)
        check(found[0], pet)
        // The voxels of the thick slices must count for more than those of the thin ones.
        let thicknesses = Set(found[0].voxels.map { geometry.sliceThickness(geometry.voxel(at: Int($0)).k) })
        #expect(thicknesses == [3, 4.5, 6])
    }

    @Test func smallFociAreNoise() {
        let geometry = grid(12, 12, 12)
        var pet = Volume<SUVbw>(geometry: geometry, repeating: 0.5)
        // One voxel of 0.064 ml, bright enough to survive smoothing.
        pet[6, 6, 6] = 60
        #expect(foci(pet).isEmpty)
        for index in 5...7 { pet[index, 6, 6] = 60 }
        let found = foci(pet)
        #expect(found.count == 1)
        #expect(found.first?.voxels.count == 3)
    }

    @Test func noUptakeIsNoFocus() {
        for value: Float in [0, -2] {
            let uptake = FocusDetection().detect(
                in: ScanVolumes(
                    pet: Volume(geometry: grid(8, 8, 8), repeating: value), ct: nil, tracer: .ga68PSMA11))
            #expect(uptake.foci.isEmpty)
            #expect(uptake.reference == ReferenceUptake(bloodPool: nil, liver: nil, parotid: nil, spleen: nil))
            #expect(uptake.floor.suv == 2)
            #expect(uptake.landmarks.lungs == nil)
            #expect(uptake.landmarks.perineum == nil)
        }
    }

    @Test(arguments: [(1, 1, 1), (2, 2, 1), (2, 2, 2), (1, 1, 9), (9, 1, 1)])
    func smallVolumes(_ size: (Int, Int, Int)) {
        // A voxel of 1 ml, and of a single slice, which stands for 1 mm, of 0.1 ml.
        let geometry = grid(size.0, size.1, size.2, spacing: 10)
        let pet = Volume<SUVbw>(geometry: geometry, repeating: 5)
        let volume = (0..<geometry.count).reduce(0) { $0 + geometry.voxelVolumeMl(slice: geometry.voxel(at: $1).k) }
        for ct in [nil, Volume<HounsfieldUnits>(geometry: geometry, repeating: 40)] {
            let found = FocusDetection().detect(in: ScanVolumes(pet: pet, ct: ct, tracer: .f18FDG)).foci
            #expect(found.map(\.volumeMl) == (volume >= 0.1 ? [volume] : []))
            #expect(found.allSatisfy { $0.suvMax == 5 && abs($0.suvPeak - 5) < 1e-6 && abs($0.suvMean - 5) < 1e-6 })
        }
    }

    @Test func valuesThatAreNotFiniteAreNoUptake() {
        let geometry = grid(24, 24, 24)
        let blob = Blob(centre: geometry.point(12, 12, slice: 12), height: 10, sigma: 10)
        let clean: Volume<SUVbw> = volume(geometry) { 0.5 + blob($0) }
        var (damaged, zeroed) = (clean, clean)
        for (index, value) in [(0, Float.nan), (40, .infinity), (geometry.index(13, 12, 12), .nan)] {
            damaged.voxels[index] = value
            zeroed.voxels[index] = 0
        }
        let found = foci(damaged)
        #expect(found == foci(zeroed))
        #expect(found.count == 1)
        #expect(found.allSatisfy { $0.suvMean.isFinite && $0.suvPeak.isFinite && $0.suvMax < 11 })
    }

    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
    func theSameFociHoweverTheVoxelsAreCounted(_ flips: (Bool, Bool)) {
        let geometry = grid(30, 24, 20, origin: PatientPoint(-50, 20, -300))
        let blobs = [
            Blob(centre: geometry.point(8, 10, slice: 6), height: 9, sigma: 8),
            Blob(centre: geometry.point(20, 14, slice: 12), height: 14, sigma: 9),
        ]
        let pet: Volume<SUVbw> = volume(geometry) { p in 0.4 + blobs[0](p) + blobs[1](p) }
        let (plain, flipped) = (foci(pet), foci(pet.flipped(columns: flips.0, rows: flips.1)))
        #expect(plain.count == 2)
        #expect(flipped.count == 2)
        for (a, b) in zip(plain, flipped) {
            #expect(a.centroid.distance(to: b.centroid) < 1e-6)
            #expect(a.suvMax == b.suvMax)
            #expect(a.voxels.count == b.voxels.count)
            #expect(abs(a.suvPeak - b.suvPeak) < 1e-6)
        }
    }
}

/// Works a focus's figures out again from its voxels.
func check(_ focus: CandidateFocus, _ pet: Volume<SUVbw>) {
    let geometry = pet.geometry
    let voxels = focus.voxels.map(Int.init)
    #expect(voxels == Array(Set(voxels)).sorted())
    let volumes = voxels.map { geometry.voxelVolumeMl(slice: geometry.voxel(at: $0).k) }
    let values = voxels.map { Double(pet.voxels[$0]) }
    let volume = volumes.reduce(0, +)
    #expect(abs(focus.volumeMl - volume) < 1e-9 * volume)
    let total = zip(volumes, values).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(focus.totalUptake - total) < 1e-9 * total)
    #expect(abs(focus.suvMean - total / volume) < 1e-9 * focus.suvMean)
    #expect(focus.suvMax == values.max())
    #expect(Double(pet.voxels[focus.peakVoxel]) == focus.suvMax)
    let middle = voxels.reduce(PatientPoint.zero) { $0 + geometry.point(at: $1) } * (1 / Double(voxels.count))
    #expect(focus.centroid.distance(to: middle) < 1e-6)
    #expect(abs(focus.suvPeak - peak(of: pet, over: voxels)) < 1e-6 * focus.suvPeak)
}

/// The highest mean of a sphere of 1 cm³ round one of the voxels, by looking at every voxel near.
private func peak(of pet: Volume<SUVbw>, over voxels: [Int]) -> Double {
    let geometry = pet.geometry
    let radius = cbrt(3 / (4 * Double.pi)) * 10
    let reach = (Int(radius / geometry.columnSpacing) + 1, Int(radius / geometry.rowSpacing) + 1)
    let slices = geometry.sliceOrigins
    func mean(_ index: Int) -> Double {
        let (i, j, k) = geometry.voxel(at: index)
        let centre = geometry.point(at: index)
        var (sum, count) = (0.0, 0.0)
        for w in slices.indices where abs(slices[w].z - slices[k].z) <= radius {
            for v in max(j - reach.1, 0)...min(j + reach.1, geometry.rows - 1) {
                for u in max(i - reach.0, 0)...min(i + reach.0, geometry.columns - 1) {
                    if geometry.point(Double(u), Double(v), slice: w).distance(to: centre) <= radius {
                        sum += Double(pet[u, v, w])
                        count += 1
                    }
                }
            }
        }
        return sum / count
    }
    return voxels.map(mean).max()!
}
