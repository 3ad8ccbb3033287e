import DICOM
import Imaging
import Testing

@Suite struct ResamplingTests {
    private let frame = Fixture.frame

    private func geometry(
        _ columns: Int, _ rows: Int, _ slices: Int, spacing: PatientPoint, origin: PatientPoint = .zero
    ) -> VolumeGeometry {
        .axial(
            columns: columns, rows: rows, slices: slices, spacing: spacing, origin: origin, frameOfReferenceUID: frame)
    }

    private func volume(_ geometry: VolumeGeometry, _ value: (PatientPoint) -> Double) -> Volume<HounsfieldUnits> {
        Volume(geometry: geometry, voxels: (0..<geometry.count).map { Float(value(geometry.point(at: $0))) })
    }

    private func slope(_ point: PatientPoint) -> Double { 3 * point.x - 2 * point.y + 5 * point.z + 7 }

    /// A mean over a voxel and a trilinear interpolation both leave a linear field what it is.
    @Test func aLinearFieldStaysItself() {
        let fine = volume(geometry(60, 50, 40, spacing: PatientPoint(1, 1.1, 2)), slope)
        let coarse = geometry(8, 7, 9, spacing: PatientPoint(4, 4.3, 3.27), origin: PatientPoint(10.3, 8.1, 20.7))
        let result = fine.resampled(to: coarse, outside: -1000)
        for index in 0..<coarse.count {
            #expect(abs(Double(result.voxels[index]) - slope(coarse.point(at: index))) < 1e-3)
        }
    }

    @Test func theSameGridGivesTheSameValues() {
        let source = volume(geometry(5, 6, 4, spacing: PatientPoint(2, 2, 3))) { $0.x * $0.y - $0.z }
        #expect(source.resampled(to: source.geometry, outside: 0).voxels == source.voxels)
    }

    /// A checkerboard finer than the target must come out grey.
    @Test func detailFinerThanTheTargetIsAveraged() {
        let fine = volume(geometry(64, 64, 8, spacing: PatientPoint(1, 1, 1))) {
            (Int($0.x) + Int($0.y)).isMultiple(of: 2) ? 1000 : -1000
        }
        let coarse = geometry(10, 10, 4, spacing: PatientPoint(4, 4, 2), origin: PatientPoint(12, 12, 1))
        #expect(fine.resampled(to: coarse, outside: 5).voxels.allSatisfy { abs($0) < 70 })
    }

    @Test func outsideIsWhatTheCallerSays() {
        let source = volume(geometry(10, 10, 5, spacing: PatientPoint(2, 2, 2))) { _ in 40 }
        let target = geometry(9, 9, 9, spacing: PatientPoint(4, 4, 4), origin: PatientPoint(-9, -9, -9))
        let result = source.resampled(to: target, outside: -1000)
        for index in 0..<target.count {
            #expect(result.voxels[index] == (source.geometry.contains(target.point(at: index)) ? 40 : -1000))
        }
        let apart = geometry(3, 3, 3, spacing: PatientPoint(4, 4, 4), origin: PatientPoint(500, 0, 0))
        #expect(source.resampled(to: apart, outside: -1000).voxels.allSatisfy { $0 == -1000 })
    }

    @Test func bothWaysOfResamplingAgree() {
        let fine = volume(geometry(40, 40, 20, spacing: PatientPoint(1, 1, 1.5))) { $0.x * $0.y / 10 - $0.z * $0.z / 5 }
        let coarse = geometry(8, 8, 6, spacing: PatientPoint(4, 4, 4), origin: PatientPoint(3, 4, 2))
        let (along, pointwise) = (
            fine.resampledAlongAxes(to: coarse, outside: 0), fine.resampledPointwise(to: coarse, outside: 0)
        )
        let largest = zip(along.voxels, pointwise.voxels).map { abs($0 - $1) }.max()!
        #expect(largest < 0.6, "largest difference \(largest) of values up to 160")
    }

    @Test func aTiltedOrTurnedStackKeepsItsPlace() {
        let origins = (0..<40).map { PatientPoint(0, 0.3 * Double($0), 1.5 * Double($0)) }
        let tilted = VolumeGeometry(
            columns: 60, rows: 60, columnSpacing: 1, rowSpacing: 1, rowDirection: PatientPoint(1, 0, 0),
            columnDirection: PatientPoint(0, 1, 0), sliceOrigins: origins, frameOfReferenceUID: frame)
        let turned = VolumeGeometry(
            columns: 60, rows: 60, columnSpacing: 1, rowSpacing: 1, rowDirection: PatientPoint(0, 1, 0),
            columnDirection: PatientPoint(-1, 0, 0),
            sliceOrigins: (0..<40).map { PatientPoint(59, 0, 1.5 * Double($0)) },
            frameOfReferenceUID: frame)
        let target = geometry(5, 5, 5, spacing: PatientPoint(4, 4, 4), origin: PatientPoint(20, 25, 15))
        for source in [tilted, turned] {
            let result = volume(source, slope).resampled(to: target, outside: -1000)
            for index in 0..<target.count {
                #expect(abs(Double(result.voxels[index]) - slope(target.point(at: index))) < 1e-2)
            }
        }
    }

    @Test func coverageIsTheSharedExtent() {
        let pet = geometry(10, 10, 10, spacing: PatientPoint(4, 4, 4))
        #expect(pet.axialExtent == -2...38)
        #expect(pet.axialCoverage(by: pet) == 1)
        let half = geometry(5, 5, 10, spacing: PatientPoint(4, 4, 2), origin: PatientPoint(0, 0, 19))
        #expect(abs(pet.axialCoverage(by: half) - 0.5) < 1e-9)
        let apart = geometry(5, 5, 5, spacing: PatientPoint(4, 4, 4), origin: PatientPoint(0, 0, 100))
        #expect(pet.axialCoverage(by: apart) == 0)
    }
}
