import DICOM
import Imaging
import Testing

@Suite struct SeriesAssemblyTests {
    private func refusal(_ series: Fixture.Series) -> Refusal.Code? {
        Fixture.refusal { _ = try AssembledSeries(dataSets: Fixture.dataSets(series)) }
    }

    private func refusal(_ adapt: @escaping (inout DataSet, Int) -> Void) -> Refusal.Code? {
        refusal(Fixture.Series(adapt: adapt))
    }

    @Test func slicesAreInOrderOfPositionWhateverTheirNumber() throws {
        let assembled = try AssembledSeries(dataSets: [2, 0, 3, 1].map { Fixture.dataSets()[$0] })
        #expect(assembled.series.geometry.slicePositions == [0, 4, 8, 12])
        #expect(assembled.series.sopInstanceUIDs == (0..<4).map { UID.derived(from: ["pet", "\($0)"]) })
        #expect(assembled.series.headers.allSatisfy { $0.bytes(.pixelData) == nil })
        let geometry = assembled.series.geometry
        #expect(assembled.values[geometry.index(3, 2, 1)] == 2 * 123)
        #expect(geometry.point(at: geometry.index(1, 2, 3)) == PatientPoint(-6, -12, 12))
    }

    /// Feet first, or a stack numbered downwards: the normal decides, and the slices ascend along it.
    @Test func aReversedOrientationAscendsAlongItsNormal() throws {
        let series = Fixture.Series(adapt: { set, _ in set.set(.imageOrientationPatient, numbers: [-1, 0, 0, 0, 1, 0]) }
        )
        let geometry = try AssembledSeries(dataSets: Fixture.dataSets(series)).series.geometry
        #expect(geometry.normal == PatientPoint(0, 0, -1))
        #expect(geometry.sliceOrigins.map(\.z) == [12, 8, 4, 0])
    }

    @Test func everySliceHasItsOwnRescale() throws {
        let series = Fixture.Series(
            modality: "CT", sopClass: .ctImageStorage,
            adapt: { set, index in
                set.set(.rescaleSlope, number: Double(index + 1))
                set.set(.rescaleIntercept, number: Double(-1000 * index))
            })
        let values = try AssembledSeries(dataSets: Fixture.dataSets(series)).values
        #expect(values[30 * 2 + 7] == 3 * 211 - 2000)
        #expect(values[30 * 3 + 29] == 4 * 345 - 3000)
    }

    /// Allocated, stored, representation, two bytes or words, and what they mean.
    @Test(arguments: [
        (8, 8, 0, [0x00, 0xFF], [0, 255]), (8, 8, 1, [0x80, 0x7F], [-128, 127]),
        (16, 16, 0, [0x8000, 0xFFFF], [32768, 65535]), (16, 16, 1, [0x8000, 0xFFFF], [-32768, -1]),
        // Twelve bits stored: the upper four may hold anything.
        (16, 12, 0, [0xF001, 0x0FFF], [1, 4095]), (16, 12, 1, [0xF001, 0x0FFF], [1, -1]),
        (32, 32, 0, [0x1_0000, 0x8000_0000], [65536, 2_147_483_648]),
        (32, 32, 1, [0x1_0000, 0xFFFF_FFFE], [65536, -2]),
    ])
    func storedValues(allocated: Int, stored: Int, representation: Int, words: [Int], expected: [Double]) throws {
        let series = Fixture.Series(
            columns: 2, rows: 1,
            adapt: { set, _ in
                set.set(.bitsAllocated, allocated)
                set.set(.bitsStored, stored)
                set.set(.highBit, stored - 1)
                set.set(.pixelRepresentation, representation)
                set.set(.rescaleSlope, number: 1)
                set.setBytes(
                    .pixelData,
                    words.flatMap { word in
                        (0..<allocated / 8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
                    })
            })
        #expect(
            try AssembledSeries(dataSets: Fixture.dataSets(series)).values.prefix(2) == expected.map(Float.init)[...])
    }

    @Test func identicalCopiesAreDropped() throws {
        var copy = Fixture.dataSets()[1]
        let sameInstance = copy
        copy.set(.sopInstanceUID, UID.derived(from: ["copy"]))
        let assembled = try AssembledSeries(dataSets: Fixture.dataSets() + [copy, sameInstance])
        #expect(assembled.series.geometry.slices == 4)
        #expect(assembled.warnings == ["2 duplicate image(s) of the series were dropped."])
    }

    @Test func differentImagesAtOnePositionAreRefused() {
        let other = Fixture.dataSets(Fixture.Series(stored: { _, _, _ in 7 }))[1]
        #expect(
            Fixture.refusal { _ = try AssembledSeries(dataSets: Fixture.dataSets() + [other]) } == .conflictingSlices)
        var scaled = Fixture.dataSets()[1]
        scaled.set(.rescaleSlope, number: 3)
        #expect(
            Fixture.refusal { _ = try AssembledSeries(dataSets: Fixture.dataSets() + [scaled]) } == .conflictingSlices)
    }

    @Test func whatIsNotOneStackIsRefused() {
        #expect(refusal { set, index in if index == 2 { set.set(.rows, 4) } } == .mixedMatrix)
        #expect(
            refusal { set, index in if index == 2 { set.set(.pixelSpacing, numbers: [4, 4.1]) } } == .mixedSpacing)
        #expect(
            refusal { set, index in
                if index == 2 { set.set(.imageOrientationPatient, numbers: [0, 1, 0, 0, 0, -1]) }
            } == .mixedOrientation)
        #expect(
            refusal { set, index in if index == 2 { set.set(.frameOfReferenceUID, UID.derived(from: ["other"])) } }
                == .mixedFrameOfReference)
        #expect(
            refusal { set, index in if index == 2 { set.set(.seriesInstanceUID, UID.derived(from: ["other"])) } }
                == .mixedSeries)
        #expect(refusal { set, _ in set.remove(.imagePositionPatient) } == .noGeometry)
        #expect(refusal { set, _ in set.set(.imageOrientationPatient, numbers: [1, 0, 0, 1, 0, 0]) } == .noGeometry)
        #expect(refusal { set, _ in set.remove(.frameOfReferenceUID) } == .noGeometry)
        // Micrometres: the body would be a hall.
        #expect(refusal { set, _ in set.set(.pixelSpacing, numbers: [4072.83, 4072.83]) } == .noGeometry)
        #expect(refusal(Fixture.Series(positions: [0, 4000, 8000])) == .noGeometry)
        #expect(refusal { set, _ in set.remove(.rows) } == .notAnImage)
        #expect(refusal { set, _ in set.set(.numberOfFrames, 40) } == .multiFrame)
    }

    @Test func gapsAreRefusedAndSaidWhere() throws {
        let series = Fixture.Series(positions: [0, 4, 8, 16, 20])
        #expect(refusal(series) == .gap)
        let error = #expect(throws: Refusal.self) { try AssembledSeries(dataSets: Fixture.dataSets(series)) }
        #expect(error?.reason.contains("between 8 and 16 mm") == true)
        // A second stack interleaved with the first.
        #expect(refusal(Fixture.Series(positions: [0, 4, 5, 8, 12, 16, 20])) == .mixedSpacing)
    }

    @Test func unevenDistancesAreKept() throws {
        let series = Fixture.Series(positions: [0, 3.19, 6.46, 9.75, 13.02])
        let geometry = try AssembledSeries(dataSets: Fixture.dataSets(series)).series.geometry
        #expect(geometry.slicePositions == [0, 3.19, 6.46, 9.75, 13.02])
        #expect(abs(geometry.sliceThickness(1) - 3.23) < 1e-9)
    }

    @Test func aTiltedStackKeepsEachOrigin() throws {
        let series = Fixture.Series(
            adapt: { set, index in
                set.set(.imagePositionPatient, numbers: [-10, -20 + 0.5 * Double(index), Double(index) * 4])
            })
        let geometry = try AssembledSeries(dataSets: Fixture.dataSets(series)).series.geometry
        #expect(geometry.sliceOrigins.map(\.y) == [-20, -19.5, -19, -18.5])
    }

    @Test func anIncompletePETIsRefused() {
        #expect(refusal { set, _ in set.set(.numberOfSlices, 5) } == .incomplete)
        #expect(refusal(Fixture.Series(positions: [3])) == .incomplete)
        var ct = Fixture.ct()
        ct.adapt = { set, _ in set.set(.numberOfSlices, 40) }
        #expect(refusal(ct) == nil)
    }

    @Test func pixelsThatCannotBeReadAreRefused() {
        #expect(refusal { set, _ in set.setBytes(.pixelData, [0, 0]) } == .unsupportedPixels)
        #expect(refusal { set, _ in set.remove(.pixelData) } == .unsupportedPixels)
        #expect(refusal { set, _ in set.set(.bitsAllocated, 1) } == .unsupportedPixels)
        #expect(refusal { set, _ in set.set(.samplesPerPixel, 3) } == .unsupportedPixels)
        #expect(refusal { set, _ in set.remove(.rescaleSlope) } == .noRescale)
    }

    @Test func headersAloneGiveTheSeries() throws {
        let headers = Fixture.dataSets().map { set in
            var header = set
            header.remove(.pixelData)
            return header
        }
        #expect(try ImageSeries(headers: headers.reversed()).geometry.slices == 4)
        #expect(try ImageSeries(headers: headers + [headers[0]]).geometry.slices == 4)
        #expect(Fixture.refusal { _ = try ImageSeries(headers: []) } == .notAnImage)
    }

    @Test func paddingBelowAirIsRaised() throws {
        var ct = Fixture.ct()
        ct.stored = { i, _, _ in i }
        ct.adapt = { set, _ in set.set(.rescaleIntercept, number: -3024) }
        #expect(try AssembledSeries(dataSets: Fixture.dataSets(ct)).hounsfieldVolume.voxels.allSatisfy { $0 == -1024 })
    }
}
