import DICOM

/// The regions of an RT Structure Set (PS3.3 section A.19).
public struct StructureSet: Sendable {
    /// A region of interest.
    public struct Region: Sendable {
        /// ROI Number.
        public let number: Int
        /// ROI Name; empty where the set gives none.
        public let name: String
        /// The frame of reference of its points.
        public let frameOfReferenceUID: UID?
        /// Closed planar contours: the points of each, LPS millimetres. Points and open lines enclose nothing.
        public let contours: [[PatientPoint]]

        /// Makes a region.
        public init(number: Int, name: String, frameOfReferenceUID: UID?, contours: [[PatientPoint]]) {
            self.number = number
            self.name = name
            self.frameOfReferenceUID = frameOfReferenceUID
            self.contours = contours
        }
    }

    /// The regions in the order of Structure Set ROI Sequence.
    public let regions: [Region]
    /// The series whose images the contours were drawn on.
    public let referencedSeries: [UID]

    /// Reads a structure set.
    public init(_ dataSet: DataSet) throws(Refusal) {
        guard dataSet.uid(.sopClassUID) == .rtStructureSetStorage else {
            throw Refusal(.notAStructureSet, "The object is no RT Structure Set: give one as the structure set.")
        }
        let contours = Dictionary(
            dataSet.items(.roiContourSequence).map { item in
                (item.integer(.referencedROINumber) ?? -1, item.items(.contourSequence).compactMap(Self.contour))
            }, uniquingKeysWith: +)
        let characterSet = dataSet.strings(.specificCharacterSet).joined(separator: "\\")
        regions = dataSet.items(.structureSetROISequence).compactMap { item in
            guard let number = item.integer(.roiNumber) else { return nil }
            return Region(
                number: number, name: item.strings(.roiName, characterSet: characterSet).first ?? "",
                frameOfReferenceUID: item.uid(.referencedFrameOfReferenceUID), contours: contours[number] ?? [])
        }
        referencedSeries = dataSet.items(.referencedFrameOfReferenceSequence).flatMap { frame in
            frame.items(.rtReferencedStudySequence).flatMap { study in
                study.items(.rtReferencedSeriesSequence).compactMap { $0.uid(.seriesInstanceUID) }
            }
        }
    }

    private static func contour(_ item: DataSet) -> [PatientPoint]? {
        guard ["CLOSED_PLANAR", "CLOSEDPLANAR_XOR"].contains(item.string(.contourGeometricType)) else { return nil }
        let numbers = item.numbers(.contourData)
        guard numbers.count >= 9, numbers.count.isMultiple(of: 3) else { return nil }
        return stride(from: 0, to: numbers.count, by: 3).map {
            PatientPoint(numbers[$0], numbers[$0 + 1], numbers[$0 + 2])
        }
    }
}
