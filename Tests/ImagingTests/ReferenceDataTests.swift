import DICOM
import Foundation
import Imaging
import Testing

/// Figures on real data and on the IBSI reference objects; what is right is stated with the data.
@Suite struct ReferenceDataTests {
    /// The IBSI SUV benchmark: the mask's SUVbw is 0.20, 1.00 and 4.00 in every object. The third column is how the
    /// moment of decay correction must have been found.
    @Test(arguments: [
        ("DRO_0_0", 0.005, "series-time"), ("DRO_1_0", 0.005, "series-time"), ("DRO_2_0", 0.005, "not-needed"),
        ("DRO_2_1", 0.005, "not-needed"), ("DRO_2_3", 0.03, "not-needed"), ("DRO_2_4", 0.005, "not-needed"),
        ("DRO_3_0", 0.005, "series-time"), ("DRO_3_2", 0.005, "frame-reference-time"),
        ("DRO_3_3", 0.005, "series-time"), ("DRO_3_4", 0.005, "acquisition"), ("DRO_4_0", 0.005, "series-time"),
        ("DRO_4_2", 0.005, "series-time"),
    ])
    func ibsiObject(name: String, tolerance: Double, source: String) throws {
        let folder = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: ReferenceData.unpacked(.ibsi))
                .first { $0.hasSuffix(name) })
        let instances = try ReferenceData.instances(.ibsi, below: folder)
        let study = try StudyContent.single(of: instances)
        let images = try StudyImages(study)
        #expect(images.suv.referenceTimeSource.rawValue == source)
        let mask = try ReferenceData.mask(.ibsi, at: folder + "/mask/DRO_mask.nii.gz")
        #expect(mask.count == 203_202)
        let kernel = SphereKernel(geometry: images.petVolume.geometry)
        let figures = try #require(RegionStatistics(of: images.petVolume, over: mask, kernel: kernel))
        // The structure set draws a slightly smaller disc than the mask; it holds the same three values.
        let structureSet = try #require(study.structureSets.first)
        let roi = try #require(SUVMeasurement.measure(instances, structureSet: structureSet.header).rois.first)
        #expect(abs(roi.volumeMl / figures.volumeMl - 0.86) < 0.01)
        for (value, expected) in [
            (figures.min, 0.2), (figures.median, 1), (figures.max, 4), (roi.min, 0.2), (roi.median, 1), (roi.max, 4),
        ] {
            #expect(abs(try #require(value) - expected) <= tolerance)
        }
    }

    /// Five real series, headers only (cornerstonejs/calculate-suv, MIT).
    @Test(arguments: [
        ("PHILIPS_BQML", "series-time"), ("PHILIPS_CNTS_AND_SUV", "not-needed"), ("SIEMENS", "series-time"),
        ("GE_MEDICAL_AND_BQML", "series-time"), ("CPS_AND_BQML_AC_DT_-_S_DT", "earliest-acquisition"),
    ])
    func headersOfScanner(name: String, source: String) throws {
        let cases = try JSONDecoder().decode([HeaderCase].self, from: ReferenceData.contents(of: "suv-headers.json"))
        let series = try #require(cases.first { $0.case == name })
        let conversion = try SUVConversion(headers: series.instances.map(\.dataSet))
        #expect(conversion.sliceFactors.count == series.instances.count)
        #expect(conversion.referenceTimeSource.rawValue == source)
        for factor in conversion.sliceFactors {
            #expect(abs(factor / series.expectedSUVbwFactor - 1) < 1e-3)
        }
    }

    /// A real series with uneven slice distances and a slope per slice, and a tumour contour.
    @Test func softTissueSarcomaFactorAndTumour() throws {
        let instances = try ReferenceData.instances(.sts001)
        let structureSet = try #require(instances.first { $0.header.uid(.sopClassUID) == .rtStructureSetStorage })
        let measurement = SUVMeasurement.measure(instances, structureSet: structureSet.header)
        #expect(measurement.declined == nil)
        #expect(measurement.warnings == [])
        let suv = try #require(measurement.suv)
        #expect(abs(try #require(suv.factor) / 0.000242902977 - 1) < 1e-8)
        #expect(suv.referenceTime == "20000907112011")
        #expect(suv.referenceTimeSource == .seriesTime)
        let mass = try #require(measurement.rois.first { $0.name == "GTV_Mass" })
        #expect(abs(try #require(mass.max) - 7.911) < 0.0005)
        #expect(abs(try #require(mass.mean) - 2.555) < 0.0005)
        #expect(abs(mass.volumeMl - 366.1) < 0.05)
        #expect(try #require(mass.peak) < 7.911 && #require(mass.peak) > 5)
    }

    /// Its CT reaches the thigh only: read as a partial CT, on the PET's grid.
    @Test func softTissueSarcomaStudyWithPartialCT() throws {
        let study = try StudyContent.single(of: try ReferenceData.instances(.sts001))
        let images = try StudyImages(study)
        #expect(images.petVolume.geometry.slices == 267)
        #expect(images.tracer.tracer == .f18FDG)
        #expect(images.ctCoverage > 0.2 && images.ctCoverage < 0.25)
        #expect(images.warnings.contains { $0.hasPrefix("The CT covers") })
        let ct = try #require(images.ctOnPET)
        let covered = ct.voxels.count { !$0.isNaN }
        #expect(covered > 30_000 && covered < 150_000)
        // Thigh muscle and fat at the tumour's middle slice: soft tissue, not air.
        let tumour = try #require(images.ctVolume)
        let middle = tumour.geometry.point(
            Double(tumour.geometry.columns) / 2, Double(tumour.geometry.rows) / 2, slice: tumour.geometry.slices / 2)
        #expect(abs(try #require(ct.value(at: middle)) - #require(tumour.value(at: middle))) < 150)
    }

    /// A real series stored as SUVbw, decay corrected to the administration: nothing is multiplied.
    @Test func softTissueSarcomaStoredAsSUV() throws {
        let images = try StudyImages(StudyContent.single(of: try ReferenceData.instances(.sts005)))
        #expect(images.suv.factor == 1)
        #expect(images.suv.referenceTimeSource == .notNeeded)
        #expect(images.suv.referenceTime == nil)
        #expect(images.tracer.tracer == .f18FDG)
        #expect(images.ctCoverage > 0.95)
        let highest = try #require(images.petVolume.voxels.max())
        #expect(highest > 5 && highest < 50)
    }
}

/// A series of `suv-headers.json`.
private struct HeaderCase: Decodable {
    let `case`: String
    let expectedSUVbwFactor: Double
    let instances: [Header]

    struct Header: Decodable {
        let SeriesDate: String
        let SeriesTime: String
        let PatientSex: String
        let PatientSize: Double?
        let PatientWeight: Double
        let AcquisitionDate: String
        let AcquisitionTime: String
        let FrameReferenceTime: Double
        let DecayCorrection: String
        let Units: String
        let RadionuclideTotalDose: Double
        let RadionuclideHalfLife: Double
        let RadiopharmaceuticalStartTime: String
        let RadiopharmaceuticalStartDateTime: String?
        let CorrectedImage: [String]
        let ActualFrameDuration: Int
        let PhilipsPETPrivateGroup: Philips

        struct Philips: Decodable {
            let SUVScaleFactor: String?
            let ActivityConcentrationScaleFactor: String?
        }

        var dataSet: DataSet {
            var item = DataSet()
            item.set(.radiopharmaceuticalStartTime, RadiopharmaceuticalStartTime)
            item.set(.radionuclideTotalDose, number: RadionuclideTotalDose)
            item.set(.radionuclideHalfLife, number: RadionuclideHalfLife)
            if let start = RadiopharmaceuticalStartDateTime { item.set(.radiopharmaceuticalStartDateTime, start) }
            var header = DataSet()
            header.set(.seriesDate, SeriesDate)
            header.set(.seriesTime, SeriesTime)
            header.set(.acquisitionDate, AcquisitionDate)
            header.set(.acquisitionTime, AcquisitionTime)
            header.set(.patientSex, PatientSex)
            if let size = PatientSize { header.set(.patientSize, number: size) }
            header.set(.patientWeight, number: PatientWeight)
            header.set(.actualFrameDuration, ActualFrameDuration)
            header.set(.correctedImage, values: CorrectedImage)
            header.set(.radiopharmaceuticalInformationSequence, [item])
            header.set(.units, Units)
            header.set(.decayCorrection, DecayCorrection)
            header.set(.frameReferenceTime, number: FrameReferenceTime)
            header.set(Attribute(0x7053, 0x0010, .LO), "Philips PET Private Group")
            if let factor = PhilipsPETPrivateGroup.SUVScaleFactor {
                header.set(Attribute(0x7053, 0x1000, .DS), factor)
            }
            if let factor = PhilipsPETPrivateGroup.ActivityConcentrationScaleFactor {
                header.set(Attribute(0x7053, 0x1009, .DS), factor)
            }
            return header
        }
    }
}
