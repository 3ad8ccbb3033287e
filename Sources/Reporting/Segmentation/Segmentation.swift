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
            var mask = [UInt8](repeating: 0, count: pet.geometry.columns * pet.geometry.rows)
            for place in part.places { mask[place] = 1 }
            try document.addFrame(
                segment: lesion.number, slice: part.slice, positionIndex: positionIndex[part.slice]!, mask: mask)
        }
    }
    var dataSet = try document.finish()
    study.stamp(&dataSet, as: .segmentation)
    dataSet.set(.contentDate, study.createdAt.date)
    dataSet.set(.contentTime, study.createdAt.time)
    dataSet.set(.referencedSeriesSequence, [referencedSeries(of: pet, slices: occupied)])
    dataSet.set(.frameOfReferenceUID, pet.geometry.frameOfReferenceUID)
    let frames = zip(dataSet.items(.perFrameFunctionalGroupsSequence), slices.joined())
    dataSet.set(.perFrameFunctionalGroupsSequence, frames.map { setSource(of: $0, to: pet.reference(slice: $1.slice)) })
    return dataSet
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
