import DICOM
import Imaging

/// The voxels of a lesion in one slice.
struct LesionSlice: Sendable, Equatable {
    /// The slice.
    let slice: Int
    /// Places in the slice (row × columns + column), ascending.
    let places: [Int]
}

extension ReportedLesion {
    /// The lesion slice by slice, ascending; slices without a voxel are left out.
    func slices(in geometry: VolumeGeometry) -> [LesionSlice] {
        let area = geometry.columns * geometry.rows
        return focus.voxels.chunked { Int($0) / area }.map { slice, voxels in
            LesionSlice(slice: slice, places: voxels.map { Int($0) - slice * area })
        }
    }
}

extension Array {
    /// Runs of neighbours that share a key, in order.
    fileprivate func chunked(by key: (Element) -> Int) -> [(Int, ArraySlice<Element>)] {
        var runs: [(Int, ArraySlice<Element>)] = []
        var start = startIndex
        while start < endIndex {
            let value = key(self[start])
            let end = self[start...].firstIndex { key($0) != value } ?? endIndex
            runs.append((value, self[start..<end]))
            start = end
        }
        return runs
    }
}

extension ImageSeries {
    /// Image Position (Patient) of a slice as text: the header's own where it has a valid one, because readers match
    /// slices by comparing positions.
    func positionText(slice k: Int) -> [String] {
        let text = headers[k].strings(.imagePositionPatient)
        return text.count == 3 && text.allSatisfy(isDecimalString)
            ? text : geometry.sliceOrigins[k].coordinates.map(coordinateString)
    }

    /// Image Orientation (Patient) as text, likewise.
    var orientationText: [String] {
        let text = headers[0].strings(.imageOrientationPatient)
        let axes = geometry.rowDirection.coordinates + geometry.columnDirection.coordinates
        return text.count == 6 && text.allSatisfy(isDecimalString) ? text : axes.map(decimalString)
    }

    /// Pixel Spacing as text, likewise.
    var spacingText: [String] {
        let text = headers[0].strings(.pixelSpacing)
        return text.count == 2 && text.allSatisfy(isDecimalString)
            ? text : [geometry.rowSpacing, geometry.columnSpacing].map(decimalString)
    }

    /// Slice Thickness as text: the header's own where it has one, else the distance of the slices.
    var thicknessText: String {
        let text = headers[0].string(.sliceThickness) ?? ""
        return isDecimalString(text) ? text : decimalString(geometry.sliceSpacing)
    }

    /// The class of the instance of a slice.
    func sopClassUID(slice k: Int) -> UID { headers[k].uid(.sopClassUID) ?? sopClassUID }

    /// The instance of a slice.
    func sopInstanceUID(slice k: Int) -> UID { headers[k].uid(.sopInstanceUID)! }

    /// A reference to the instance of a slice (PS3.3 table 10-11).
    func reference(slice k: Int) -> DataSet {
        var item = DataSet()
        item.set(.referencedSOPClassUID, sopClassUID(slice: k))
        item.set(.referencedSOPInstanceUID, sopInstanceUID(slice: k))
        return item
    }
}
