import DICOM
import Foundation
import Imaging
import Testing

@Suite struct RegionTests {
    private let geometry = VolumeGeometry.axial(
        columns: 20, rows: 20, slices: 10, spacing: PatientPoint(2, 2, 3), origin: .zero,
        frameOfReferenceUID: Fixture.frame)

    /// A square in voxel units, half a voxel beyond the named voxels.
    private func square(_ low: Double, _ high: Double, z: Double) -> [PatientPoint] {
        [(low, low), (high, low), (high, high), (low, high)].map { PatientPoint($0.0 * 2, $0.1 * 2, z) }
    }

    private func region(_ contours: [[PatientPoint]], frame: UID? = Fixture.frame) -> StructureSet.Region {
        StructureSet.Region(number: 1, name: "R", frameOfReferenceUID: frame, contours: contours)
    }

    @Test func voxelsWhoseCentreIsEnclosedBelong() throws {
        let voxels = try region([square(2.5, 5.5, z: 6)]).voxels(on: geometry)
        let expected = (3...5).flatMap { j in (3...5).map { geometry.index($0, j, 2) } }
        #expect(voxels == expected)
        // A hair within the centres of the outer ones: they fall away.
        #expect(try region([square(3.01, 4.99, z: 6)]).voxels(on: geometry) == [geometry.index(4, 4, 2)])
    }

    @Test func holesAreRingsOrKeyholes() throws {
        let ring = region([square(1.5, 8.5, z: 6), square(3.5, 6.5, z: 6)])
        var keyhole = square(1.5, 8.5, z: 6) + [square(1.5, 8.5, z: 6)[0]]
        let inner = square(3.5, 6.5, z: 6)
        keyhole += [inner[0], inner[3], inner[2], inner[1], inner[0]]
        #expect(try ring.voxels(on: geometry).count == 49 - 9)
        #expect(try region([keyhole]).voxels(on: geometry) == ring.voxels(on: geometry))
        #expect(try !ring.voxels(on: geometry).contains(geometry.index(5, 5, 2)))
    }

    @Test func contoursGoToTheNearestSlice() throws {
        func slices(_ z: Double) throws -> Set<Int> {
            Set(try region([square(2.5, 5.5, z: z)]).voxels(on: geometry).map { geometry.voxel(at: $0).k })
        }
        #expect(try slices(7.4) == [2])
        #expect(try slices(7.6) == [3])
        #expect(try slices(28.4) == [9])
        #expect(try slices(28.8) == [])
        #expect(try slices(-40) == [])
    }

    /// Contours drawn on a CT of 1 mm: each PET slice takes the nearest, and no two cancel each other.
    @Test func contoursFinerThanTheSlicesCountOnce() throws {
        let fine = region(stride(from: 5.0, through: 10, by: 1).map { square(2.5, 5.5, z: $0) })
        #expect(try fine.voxels(on: geometry).count == 9 * 2)
    }

    /// Contours drawn on slices of 5 mm, for a PET of 3 mm: no slice between them stays empty.
    @Test func contoursCoarserThanTheSlicesLeaveNoGaps() throws {
        func slices(_ positions: [Double]) throws -> Set<Int> {
            let coarse = region(positions.map { square(2.5, 5.5, z: $0) })
            return Set(try coarse.voxels(on: geometry).map { geometry.voxel(at: $0).k })
        }
        #expect(try slices([0, 5, 10, 15]) == [0, 1, 2, 3, 4, 5])
        #expect(try slices([15, 5, 0, 10]) == [0, 1, 2, 3, 4, 5])
        // What lies as far apart as no slices do is two lesions.
        #expect(try slices([0, 12]) == [0, 4])
    }

    @Test func contoursBeyondTheImageAreCut() throws {
        #expect(try region([square(-5, 30, z: 0)]).voxels(on: geometry).count == 400)
        #expect(try region([square(30, 40, z: 0)]).voxels(on: geometry).isEmpty)
    }

    @Test func foreignRegionsAreRefused() {
        let elsewhere = region([square(2, 5, z: 6)], frame: UID.derived(from: ["other"]))
        #expect(Fixture.refusal { _ = try elsewhere.voxels(on: self.geometry) } == .otherFrameOfReference)
        let upright = region([[PatientPoint(4, 4, 0), PatientPoint(9, 4, 0), PatientPoint(9, 4, 20)]])
        #expect(Fixture.refusal { _ = try upright.voxels(on: self.geometry) } == .mixedOrientation)
    }

    @Test func aTiltedStackIsFilledByItsOwnOrigins() throws {
        let tilted = VolumeGeometry(
            columns: 20, rows: 20, columnSpacing: 2, rowSpacing: 2, rowDirection: PatientPoint(1, 0, 0),
            columnDirection: PatientPoint(0, 1, 0),
            sliceOrigins: (0..<10).map { PatientPoint(0, 2 * Double($0), 3 * Double($0)) },
            frameOfReferenceUID: Fixture.frame)
        let voxels = try region([square(4.5, 7.5, z: 6)]).voxels(on: tilted)
        #expect(Set(voxels.map { tilted.voxel(at: $0).j }) == [3, 4, 5])
    }

    @Test func statisticsOfARegion() throws {
        var volume = Volume<SUVbw>(geometry: geometry, repeating: 1)
        let voxels = (0..<4).map { geometry.index(5 + $0, 5, 5) }
        for (voxel, value) in zip(voxels, [2, 8, 3, 4] as [Float]) { volume.voxels[voxel] = value }
        let kernel = SphereKernel(geometry: geometry)
        let figures = try #require(RegionStatistics(of: volume, over: voxels, kernel: kernel))
        #expect(figures.min == 2 && figures.max == 8 && figures.mean == 4.25 && figures.median == 3.5)
        #expect(abs(figures.volumeMl - 4 * 0.012) < 1e-12)
        // The sphere's mean: ones but for the four voxels, all within 6.2 mm of the third and of the second.
        let count = Double(kernel.count(slice: 5))
        #expect(abs(figures.peak - (1 + 13 / count)) < 1e-6)
        #expect(RegionStatistics(of: volume, over: [], kernel: kernel) == nil)
    }

    /// Voxels of 1 mm: the sphere of 1 cm³ has about a thousand of them, all within its radius.
    @Test func theSphereHasACubicCentimetre() {
        let fine = VolumeGeometry.axial(
            columns: 21, rows: 21, slices: 21, spacing: PatientPoint(1, 1, 1), origin: .zero,
            frameOfReferenceUID: Fixture.frame)
        let kernel = SphereKernel(geometry: fine)
        let within = (0..<fine.count).filter { fine.point(at: $0).distance(to: PatientPoint(10, 10, 10)) <= 6.2035 }
        #expect(kernel.count(slice: 10) == within.count)
        #expect(abs(within.count - 1000) < 40)
        let volume = Volume<SUVbw>(geometry: fine, voxels: (0..<fine.count).map { Float($0 % 17) })
        let mean = within.reduce(0) { $0 + Double(volume.voxels[$1]) } / Double(within.count)
        #expect(abs(kernel.peak(in: volume, over: [fine.index(10, 10, 10)])! - mean) < 1e-9)
        // In a corner only the part within the volume counts.
        let ones = Volume<SUVbw>(geometry: fine, repeating: 3)
        #expect(kernel.peak(in: ones, over: [0, fine.count - 1]) == 3)
    }

    @Test func theSphereFollowsUnevenSlices() {
        let uneven = VolumeGeometry(
            columns: 9, rows: 9, columnSpacing: 4, rowSpacing: 4, rowDirection: PatientPoint(1, 0, 0),
            columnDirection: PatientPoint(0, 1, 0), sliceOrigins: [0, 3, 9.5, 12].map { PatientPoint(0, 0, $0) },
            frameOfReferenceUID: Fixture.frame)
        let kernel = SphereKernel(geometry: uneven)
        let expected = (0..<4).map { k in
            (0..<uneven.count).filter {
                uneven.point(at: $0).distance(to: uneven.point(4, 4, slice: k)) <= 6.2035
            }.count
        }
        #expect((0..<4).map(kernel.count(slice:)) == expected)
    }
}

@Suite struct MeasurementTests {
    private func structureSet(_ points: [PatientPoint]) -> DataSet {
        var contour = DataSet()
        contour.set(.contourGeometricType, "CLOSED_PLANAR")
        contour.set(.contourData, numbers: points.flatMap(\.coordinates))
        var roiContour = DataSet()
        roiContour.set(.referencedROINumber, 7)
        roiContour.set(.contourSequence, [contour])
        func roi(_ number: Int, _ name: String) -> DataSet {
            var roi = DataSet()
            roi.set(.roiNumber, number)
            roi.set(.roiName, name)
            roi.set(.referencedFrameOfReferenceUID, Fixture.frame)
            return roi
        }
        var set = DataSet()
        set.set(.sopClassUID, UID.rtStructureSetStorage)
        set.set(.structureSetROISequence, [roi(7, "Lesion"), roi(8, "Nothing")])
        set.set(.roiContourSequence, [roiContour])
        return set
    }

    private func json(_ measurement: SUVMeasurement) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(measurement)) as? [String: Any])
    }

    @Test func regionsAreMeasuredInSUV() throws {
        let points = [(-9.0, -19.0), (-1, -19), (-1, -11), (-9, -11)].map { PatientPoint($0.0, $0.1, 8) }
        let suv = Fixture.headers { $0.set(.units, "GML") }
        let measurement = SUVMeasurement.measure(dataSets: suv, structureSet: structureSet(points))
        #expect(measurement.declined == nil && measurement.suv?.factor == 1)
        #expect(measurement.image?.min == 0 && measurement.image?.max == 2 * 345)
        // Columns and rows 1 and 2 of slice 2: 211, 212, 221, 222, twice over for the slope.
        let lesion = try #require(measurement.rois.first)
        #expect(lesion.name == "Lesion" && lesion.min == 422 && lesion.max == 444 && lesion.mean == 433)
        #expect(abs(lesion.volumeMl - 4 * 0.064) < 1e-9)
        #expect(measurement.rois.last?.name == "Nothing" && measurement.rois.last?.max == nil)
        let object = try json(measurement)
        #expect(object["declined"] is NSNull)
        let nothing = try #require((object["rois"] as? [[String: Any]])?.last)
        #expect(nothing["peak"] is NSNull && nothing["volumeMl"] as? Double == 0)
        #expect((object["suv"] as? [String: Any])?["referenceTimeSource"] as? String == "not-needed")
        let decoded = try JSONDecoder().decode(SUVMeasurement.self, from: JSONEncoder().encode(measurement))
        #expect(decoded == measurement)
    }

    @Test func whatIsDeclinedSaysWhy() throws {
        let measurement = SUVMeasurement.measure(dataSets: Fixture.headers { $0.set(.patientWeight, number: 0) })
        #expect(measurement.declined?.code == .noWeight)
        let object = try json(measurement)
        #expect((object["declined"] as? [String: Any])?["code"] as? String == "no-weight")
        #expect(object["suv"] is NSNull && object["image"] is NSNull)
        #expect(SUVMeasurement.measure(dataSets: []).declined?.code == .noPET)
        let noSet = SUVMeasurement.measure(dataSets: Fixture.dataSets(), structureSet: Fixture.dataSets()[0])
        #expect(noSet.declined?.code == .notAStructureSet)
    }
}
