import DICOM
import Imaging

/// Draws small series in code.
enum Fixture {
    static let study = UID.derived(from: ["study"])
    static let frame = UID.derived(from: ["frame"])

    /// What a series is; the defaults make an ordinary whole-body ⁶⁸Ga PET in Bq/ml.
    struct Series {
        var name = "pet"
        var modality = "PT"
        var sopClass = UID.positronEmissionTomographyImageStorage
        var positions: [Double] = [0, 4, 8, 12]
        var columns = 6
        var rows = 5
        var spacing = 4.0
        /// Applied to every header, with its index.
        var adapt: (inout DataSet, Int) -> Void = { _, _ in }
        /// The stored value of voxel (i, j) of slice k.
        var stored: (Int, Int, Int) -> Int = { i, j, k in 100 * k + 10 * j + i }
    }

    /// The data sets of a series with 16-bit unsigned pixels.
    static func dataSets(_ series: Series = Series()) -> [DataSet] {
        series.positions.enumerated().map { index, position in
            var set = series.modality == "PT" ? petHeader() : ctHeader()
            set.set(.sopClassUID, series.sopClass)
            set.set(.modality, series.modality)
            set.set(.sopInstanceUID, UID.derived(from: [series.name, "\(index)"]))
            set.set(.seriesInstanceUID, UID.derived(from: [series.name]))
            set.set(.seriesDescription, series.name)
            set.set(.studyInstanceUID, study)
            set.set(.frameOfReferenceUID, frame)
            set.set(.patientID, "P1")
            set.set(.instanceNumber, 1000 - index)
            set.set(.imagePositionPatient, numbers: [-10, -20, position])
            set.set(.imageOrientationPatient, numbers: [1, 0, 0, 0, 1, 0])
            set.set(.pixelSpacing, numbers: [series.spacing, series.spacing])
            set.set(.rows, series.rows)
            set.set(.columns, series.columns)
            set.set(.samplesPerPixel, 1)
            set.set(.bitsAllocated, 16)
            set.set(.bitsStored, 16)
            set.set(.highBit, 15)
            set.set(.pixelRepresentation, 0)
            let values = (0..<series.rows).flatMap { j in (0..<series.columns).map { series.stored($0, j, index) } }
            set.setBytes(
                .pixelData, values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
            if series.modality == "PT" { set.set(.numberOfSlices, series.positions.count) }
            series.adapt(&set, index)
            return set
        }
    }

    /// 70 kg, 150 MBq ⁶⁸Ga an hour before the series.
    private static func petHeader() -> DataSet {
        var header = DataSet()
        header.set(.imageType, "ORIGINAL", "PRIMARY")
        header.set(.seriesDate, "20260301")
        header.set(.seriesTime, "110000")
        header.set(.acquisitionDate, "20260301")
        header.set(.acquisitionTime, "110000")
        header.set(.patientWeight, number: 70)
        header.set(.patientSize, number: 1.75)
        header.set(.patientSex, "M")
        header.set(.actualFrameDuration, 180_000)
        header.set(.frameReferenceTime, number: 90_000)
        header.set(.correctedImage, "ATTN", "DECY", "SCAT")
        header.set(.rescaleSlope, number: 2)
        header.set(.rescaleIntercept, number: 0)
        header.set(.seriesType, "WHOLE BODY", "IMAGE")
        header.set(.units, "BQML")
        header.set(.decayCorrection, "START")
        header.set(.radiopharmaceuticalInformationSequence, [radiopharmaceutical { _ in }])
        return header
    }

    /// The radiopharmaceutical of the ordinary PET, changed.
    static func radiopharmaceutical(_ change: (inout DataSet) -> Void) -> DataSet {
        var item = DataSet()
        item.set(.radiopharmaceutical, "Ga-68 PSMA-11")
        item.set(.radionuclideTotalDose, number: 150e6)
        item.set(.radionuclideHalfLife, number: 4062.6)
        item.set(.radiopharmaceuticalStartDateTime, "20260301100000")
        item.set(.radionuclideCodeSequence, Radionuclide.ga68.code)
        change(&item)
        return item
    }

    /// The headers of the ordinary PET, each changed.
    static func headers(_ change: (inout DataSet) -> Void) -> [DataSet] {
        dataSets().map { set in
            var changed = set
            change(&changed)
            return changed
        }
    }

    /// The headers of the ordinary PET, the radiopharmaceutical changed.
    static func agentHeaders(_ change: (inout DataSet) -> Void) -> [DataSet] {
        headers { $0.set(.radiopharmaceuticalInformationSequence, [radiopharmaceutical(change)]) }
    }

    private static func ctHeader() -> DataSet {
        var header = DataSet()
        header.set(.imageType, "ORIGINAL", "PRIMARY", "AXIAL")
        header.set(.convolutionKernel, "STANDARD")
        header.set(.rescaleSlope, number: 1)
        header.set(.rescaleIntercept, number: -1024)
        return header
    }

    /// An ordinary CT over the PET's extent.
    static func ct(name: String = "ct", positions: [Double] = [-2, 0, 2, 4, 6, 8, 10, 12, 14]) -> Series {
        Series(
            name: name, modality: "CT", sopClass: .ctImageStorage, positions: positions, columns: 12, rows: 10,
            spacing: 2)
    }

    /// The instances of several series as one study.
    static func study(_ series: [[DataSet]]) throws -> StudyContent {
        try StudyContent.single(of: series.flatMap { $0 }.map(StudyInstance.init(dataSet:)))
    }

    /// The code of the refusal that `body` throws; nil where it throws none.
    static func refusal(_ body: () throws -> Void) -> Refusal.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }
}
