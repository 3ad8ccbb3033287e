import DICOM
import Imaging

/// The Segmentation: binary, uncompressed, on the PET grid, one segment per lesion, frames only where a lesion has
/// voxels (PS3.3 section A.51).
func segmentationDataSet(of study: ReportedStudy) throws(ReportingError) -> DataSet {
    let pet = study.reading.pet
    let document = try SegmentationDocument(
        of: study, label: "LESIONS", description: "Suspicious lesions found by Uptake (research use)")
    let slices = study.lesions.map { $0.slices(in: pet.geometry) }
    let occupied = Set(slices.joined().map(\.slice)).sorted()
    let positionIndex = Dictionary(uniqueKeysWithValues: zip(occupied, 1...))
    for lesion in study.lesions { try document.add(lesion, of: study) }
    for (lesion, slices) in zip(study.lesions, slices) {
        for part in slices {
            try document.addFrame(
                segment: lesion.number, slice: part.slice, positionIndex: positionIndex[part.slice]!)
        }
    }
    var dataSet = try document.finish()
    let area = pet.geometry.columns * pet.geometry.rows
    dataSet.setBytes(.pixelData, packedFrames(slices.joined().map(\.places), area: area))
    study.stamp(&dataSet, as: .segmentation)
    dataSet.set(.contentDate, study.createdAt.date)
    dataSet.set(.contentTime, study.createdAt.time)
    dataSet.set(.referencedSeriesSequence, [referencedSeries(of: pet, slices: occupied)])
    dataSet.set(.frameOfReferenceUID, pet.geometry.frameOfReferenceUID)
    let frames = zip(dataSet.items(.perFrameFunctionalGroupsSequence), slices.joined())
    dataSet.set(.perFrameFunctionalGroupsSequence, frames.map { setSource(of: $0, to: pet.reference(slice: $1.slice)) })
    return dataSet
}

/// Binary pixel data: a bit for each voxel, the first one in the lowest bit of the first byte, frames after each other
/// without a gap, in an even number of bytes (PS3.5 section 8.1.1 and annex D.1).
///
/// dcmseg 3.6.7 loses voxels where a frame does not fill its last byte, as one of 169 × 169 voxels does not.
///
/// - Parameters:
///   - frames: The places (row × columns + column) that are set in each frame.
///   - area: Voxels of a frame.
private func packedFrames(_ frames: [[Int]], area: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (frames.count * area + 15) / 16 * 2)
    for (number, places) in frames.enumerated() {
        for bit in places.lazy.map({ number * area + $0 }) { bytes[bit / 8] |= 1 << (bit % 8) }
    }
    return bytes
}

/// The source images, as Common Instance Reference lists them (PS3.3 section C.12.2); viewers find the series by it.
private func referencedSeries(of pet: ImageSeries, slices: [Int]) -> DataSet {
    var item = DataSet()
    item.set(.seriesInstanceUID, pet.seriesInstanceUID)
    item.set(.referencedInstanceSequence, slices.map(pet.reference))
    return item
}

/// Puts the source image of a frame in, and states that pixels lie where those of the source image do (0028,135A), which
/// dcmseg 3.6.7 has no setter for.
private func setSource(of frame: DataSet, to image: DataSet) -> DataSet {
    frame.mapping(.derivationImageSequence) { derivation in
        derivation.mapping(.sourceImageSequence) { source in
            var source = source
            source.copy([.referencedSOPClassUID, .referencedSOPInstanceUID], from: image)
            source.set(.spatialLocationsPreserved, "YES")
            return source
        }
    }
}

extension DataSet {
    /// The data set with every item of a sequence replaced.
    fileprivate func mapping(_ sequence: Attribute, _ transform: (DataSet) -> DataSet) -> DataSet {
        var result = self
        result.set(sequence, items(sequence).map(transform))
        return result
    }
}
