import DICOM
import Imaging

/// The voxels that a DICOM Segmentation marks (PS3.3 section A.51), on the grid of another image.
struct SegmentationMask {
    private let dataSet: DataSet
    private let frames: [Frame]
    private let columns: Int
    private let rows: Int
    private let pixels: [UInt8]
    private let isBinary: Bool
    /// From which value a pixel of a byte is of its segment: half of what stands for all of it.
    private let threshold: UInt8

    /// One plane of one segment.
    private struct Frame {
        var segment: Int
        var position: PatientPoint
        var rowDirection: PatientPoint
        var columnDirection: PatientPoint
        var columnSpacing: Double
        var rowSpacing: Double
        var thickness: Double
    }

    /// Reads a segmentation, pixel data and all.
    /// - Throws: `ImportError.unreadable` where it is no segmentation, or its frames do not say where they lie.
    init(_ dataSet: DataSet, path: String) throws(ImportError) {
        func broken(_ reason: String) -> ImportError { .unreadable(path: path, reason: reason) }
        guard dataSet.uid(.sopClassUID) == .segmentationStorage, let columns = dataSet.integer(.columns),
            let rows = dataSet.integer(.rows), let pixels = dataSet.bytes(.pixelData)
        else { throw broken("it is no segmentation with pixels") }
        let shared = dataSet.items(.sharedFunctionalGroupsSequence).first ?? DataSet()
        let frames = dataSet.items(.perFrameFunctionalGroupsSequence).compactMap { Self.frame($0, shared) }
        guard frames.count == dataSet.integer(.numberOfFrames), !frames.isEmpty else {
            throw broken("its frames do not say where they lie")
        }
        let isBinary = dataSet.integer(.bitsAllocated) == 1
        let bits = frames.count * rows * columns
        guard columns > 0, rows > 0, pixels.count >= (isBinary ? (bits + 7) / 8 : bits) else {
            throw broken("it has fewer pixels than its frames need")
        }
        (self.dataSet, self.frames, self.columns, self.rows) = (dataSet, frames, columns, rows)
        (self.pixels, self.isBinary) = (pixels, isBinary)
        // PS3.3 section C.8.20.2: a fraction of Maximum Fractional Value.
        threshold = UInt8(clamping: ((dataSet.integer(.maximumFractionalValue) ?? 1) + 1) / 2)
    }

    /// A frame's place: its own functional groups come before the shared ones.
    private static func frame(_ own: DataSet, _ shared: DataSet) -> Frame? {
        func group(_ sequence: Attribute) -> DataSet? { own.items(sequence).first ?? shared.items(sequence).first }
        guard let measures = group(.pixelMeasuresSequence), let plane = group(.planePositionSequence),
            let orientation = group(.planeOrientationSequence)?.numbers(.imageOrientationPatient),
            orientation.count == 6
        else { return nil }
        let spacing = measures.numbers(.pixelSpacing)
        let position = plane.numbers(.imagePositionPatient)
        guard spacing.count == 2, spacing.allSatisfy({ $0 > 0 && $0.isFinite }), position.count == 3,
            let thickness = measures.number(.spacingBetweenSlices) ?? measures.number(.sliceThickness),
            abs(thickness) > 0, thickness.isFinite
        else { return nil }
        return Frame(
            segment: group(.segmentIdentificationSequence)?.integer(.referencedSegmentNumber) ?? 1,
            position: PatientPoint(position[0], position[1], position[2]),
            rowDirection: PatientPoint(orientation[0], orientation[1], orientation[2]),
            columnDirection: PatientPoint(orientation[3], orientation[4], orientation[5]),
            columnSpacing: spacing[1], rowSpacing: spacing[0], thickness: abs(thickness))
    }

    /// What the segments are called.
    var labels: [String] { dataSet.items(.segmentSequence).compactMap { $0.string(.segmentLabel) } }

    /// The numbers of the segments whose label or description holds a text; all where none is asked for.
    func segments(named text: String?) -> Set<Int> {
        Set(
            dataSet.items(.segmentSequence).compactMap { segment in
                let names = [segment.string(.segmentLabel), segment.string(.segmentDescription)]
                let isWanted = text.map { text in names.contains { $0?.localizedCaseInsensitiveContains(text) == true }
                }
                return isWanted ?? true ? segment.integer(.segmentNumber) : nil
            })
    }

    /// Marks the voxels of a grid whose middle lies in a marked pixel of one of some segments.
    func mark(_ mask: inout [Bool], on geometry: VolumeGeometry, segments: Set<Int>) {
        for (number, frame) in frames.enumerated() where segments.contains(frame.segment) {
            let normal = frame.rowDirection.cross(frame.columnDirection)
            // Half a slice, the lower end in and the upper out, so that two frames do not share a slice between them.
            let reach = -frame.thickness / 2 - 1e-3..<frame.thickness / 2 - 1e-3
            for k in 0..<geometry.slices {
                let corners = [0, geometry.count / geometry.slices - 1].map {
                    (geometry.point(at: k * geometry.columns * geometry.rows + $0) - frame.position).dot(normal)
                }
                guard corners.max()! >= reach.lowerBound, corners.min()! < reach.upperBound else { continue }
                for voxel in k * geometry.columns * geometry.rows..<(k + 1) * geometry.columns * geometry.rows {
                    let offset = geometry.point(at: voxel) - frame.position
                    if reach.contains(offset.dot(normal)), isMarked(frame, number, offset) { mask[voxel] = true }
                }
            }
        }
    }

    private func isMarked(_ frame: Frame, _ number: Int, _ offset: PatientPoint) -> Bool {
        let i = Int((offset.dot(frame.rowDirection) / frame.columnSpacing).rounded())
        let j = Int((offset.dot(frame.columnDirection) / frame.rowSpacing).rounded())
        guard i >= 0, j >= 0, i < columns, j < rows else { return false }
        let place = (number * rows + j) * columns + i
        return isBinary ? pixels[place / 8] >> (place % 8) & 1 == 1 : pixels[place] >= max(threshold, 1)
    }
}

extension Attribute {
    fileprivate static let planePositionSequence = Attribute(0x0020, 0x9113, .SQ, "PlanePositionSequence")
    fileprivate static let planeOrientationSequence = Attribute(0x0020, 0x9116, .SQ, "PlaneOrientationSequence")
    fileprivate static let maximumFractionalValue = Attribute(0x0062, 0x000E, .US, "MaximumFractionalValue")
    fileprivate static let pixelMeasuresSequence = Attribute(0x0028, 0x9110, .SQ, "PixelMeasuresSequence")
}
