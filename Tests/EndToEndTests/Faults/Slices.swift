import DICOM
import Foundation

/// CT slices of one study, small and drawn in code, as the bytes of their data sets (Explicit VR Little Endian).
enum Slices {
    static let study = UID.derived(from: ["fault test", "study"])

    /// The SOP Instance UID of a slice.
    static func instance(_ number: Int) -> UID { UID.derived(from: ["fault test", "\(number)"]) }

    /// A slice; `edit` makes it one that should not be.
    static func dataSet(_ number: Int, _ edit: (inout DataSet) -> Void = { _ in }) -> DataSet {
        var data = DataSet()
        data.set(.sopClassUID, UID.ctImageStorage)
        data.set(.sopInstanceUID, instance(number))
        data.set(.studyInstanceUID, study)
        data.set(.seriesInstanceUID, UID.derived(from: ["fault test", "series"]))
        data.set(.modality, "CT")
        data.set(.patientID, "FAULT")
        data.set(.samplesPerPixel, 1)
        data.set(.photometricInterpretation, "MONOCHROME2")
        data.set(.rows, 32)
        data.set(.columns, 32)
        data.set(.bitsAllocated, 16)
        data.set(.bitsStored, 16)
        data.set(.highBit, 15)
        data.set(.pixelRepresentation, 0)
        data.setBytes(.pixelData, (0..<2048).map { UInt8(truncatingIfNeeded: $0 / 7 &+ number) })
        edit(&data)
        return data
    }

    /// The bytes of a slice's data set.
    static func bytes(_ number: Int, _ edit: (inout DataSet) -> Void = { _ in }) throws -> [UInt8] {
        let scratch = try Scratch("slice")
        let path = scratch.path + "/slice.dcm"
        try dataSet(number, edit).write(to: path)
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let length = (0..<4).reduce(0) { $0 | Int(file[140 + $1]) << (8 * $1) }
        return Array(file[(144 + length)...])
    }
}
