import Anatomy
import DICOM
import Imaging

/// The RT Structure Set on the PET slices: one region per lesion, each drawn from its segment (PS3.3 section A.19).
func structureSetDataSet(of study: ReportedStudy) -> DataSet {
    let pet = study.reading.pet
    return structureSetDataSet(
        of: study, as: .structureSet, on: pet, study.lesions.map { ($0, $0.slices(in: pet.geometry)) })
}

/// The same regions on the slices of the CT, for systems that take contours on their planning CT alone; nil without a CT in
/// the frame of reference of the PET, and where none of its slices passes through a lesion.
///
/// A lesion between the slices has no region in it, because readers stumble over regions without contours.
func structureSetOnCTDataSet(of study: ReportedStudy) -> DataSet? {
    let pet = study.reading.pet.geometry
    guard let ct = study.reading.ct, ct.geometry.frameOfReferenceUID == pet.frameOfReferenceUID else { return nil }
    let drawn = study.lesions.map { ($0, $0.slices(of: pet, on: ct.geometry)) }.filter { !$0.1.isEmpty }
    guard !drawn.isEmpty else { return nil }
    var dataSet = structureSetDataSet(of: study, as: .structureSetOnCT, on: ct, drawn)
    let missed = drawn.count == study.lesions.count ? "" : "; lesions between its slices are left out"
    dataSet.set(
        .structureSetDescription,
        "Found on the PET by software, drawn on the CT\(missed); not reviewed by a person; research use only")
    return dataSet
}

private func structureSetDataSet(
    of study: ReportedStudy, as kind: ReportObject, on series: ImageSeries,
    _ drawn: [(lesion: ReportedLesion, slices: [LesionSlice])]
) -> DataSet {
    var dataSet = DataSet()
    study.stamp(&dataSet, as: kind)
    dataSet.set(.modality, "RTSTRUCT")
    dataSet.setEmpty(.operatorsName)
    dataSet.set(.frameOfReferenceUID, series.geometry.frameOfReferenceUID)
    dataSet.setEmpty(.positionReferenceIndicator)
    dataSet.copy([.positionReferenceIndicator], from: series.headers[0])
    dataSet.set(.structureSetLabel, study.reading.tracer.target == .psma ? "PSMA LESIONS" : "FDG LESIONS")
    dataSet.set(.structureSetName, study.reading.stage?.description ?? "FDG findings")
    dataSet.set(.structureSetDescription, "Found by software, not reviewed by a person; research use only")
    dataSet.set(.structureSetDate, study.createdAt.date)
    dataSet.set(.structureSetTime, study.createdAt.time)
    dataSet.set(.approvalStatus, "UNAPPROVED")
    dataSet.set(.referencedFrameOfReferenceSequence, [referencedFrameOfReference(of: series)])
    dataSet.set(.structureSetROISequence, drawn.map { structureSetROI($0.lesion, study) })
    dataSet.set(.roiContourSequence, drawn.map { roiContour($0.lesion, $0.slices, on: series) })
    dataSet.set(.rtROIObservationsSequence, drawn.map { observation($0.lesion) })
    return dataSet
}

/// Frame of reference → study → series → every slice of it.
private func referencedFrameOfReference(of images: ImageSeries) -> DataSet {
    var series = DataSet()
    series.set(.seriesInstanceUID, images.seriesInstanceUID)
    series.set(.contourImageSequence, images.headers.indices.map(images.reference))
    var studyItem = DataSet()
    // The class is retired, but the attribute asks for one and this is the one that all writers give.
    studyItem.set(.referencedSOPClassUID, .detachedStudyManagement)
    studyItem.set(.referencedSOPInstanceUID, images.studyInstanceUID)
    studyItem.set(.rtReferencedSeriesSequence, [series])
    var frame = DataSet()
    frame.set(.frameOfReferenceUID, images.geometry.frameOfReferenceUID)
    frame.set(.rtReferencedStudySequence, [studyItem])
    return frame
}

private func structureSetROI(_ lesion: ReportedLesion, _ study: ReportedStudy) -> DataSet {
    var source = DataSet()
    source.set(.referencedSOPClassUID, .segmentationStorage)
    source.set(.referencedSOPInstanceUID, study.sopInstanceUID(.segmentation))
    source.set(.referencedSegmentNumber, lesion.number)
    var algorithm = DataSet()
    algorithm.set(.algorithmFamilyCodeSequence, Concepts.artificialIntelligence)
    algorithm.set(.algorithmName, "Uptake")
    algorithm.set(.algorithmVersion, study.algorithmVersion)
    var roi = DataSet()
    roi.set(.roiNumber, lesion.number)
    roi.set(.referencedFrameOfReferenceUID, study.reading.pet.geometry.frameOfReferenceUID)
    roi.set(.roiName, lesion.label)
    roi.set(.roiDescription, ascii(lesion.sentence))
    roi.set(.roiVolume, number: Double(measured(lesion.focus.volumeMl))!)
    roi.set(.roiGenerationAlgorithm, "AUTOMATIC")
    roi.set(.roiDerivationAlgorithmIdentificationSequence, [algorithm])
    roi.set(.definitionSourceSequence, [source])
    return roi
}

private func observation(_ lesion: ReportedLesion) -> DataSet {
    var item = DataSet()
    item.set(.observationNumber, lesion.number)
    item.set(.referencedROINumber, lesion.number)
    item.set(.segmentedPropertyCategoryCodeSequence, Concepts.morphologicallyAbnormal)
    item.set(.rtROIIdentificationCodeSequence, Concepts.lesion)
    // Left open: GTV would read as a clinician's target.
    item.setEmpty(.rtROIInterpretedType)
    item.setEmpty(.roiInterpreter)
    return item
}

// MARK: - Contours

private func roiContour(_ lesion: ReportedLesion, _ slices: [LesionSlice], on series: ImageSeries) -> DataSet {
    let color = LesionRegion(lesion.verdict.location).color
    var items: [DataSet] = []
    for part in slices {
        for contour in contours(around: part.places, columns: series.geometry.columns) {
            items.append(contourItem(contour, slice: part.slice, number: items.count + 1, series))
        }
    }
    var roi = DataSet()
    roi.set(.referencedROINumber, lesion.number)
    roi.set(.roiDisplayColor, color.red, color.green, color.blue)
    roi.set(.contourSequence, items)
    return roi
}

private func contourItem(_ contour: Contour, slice: Int, number: Int, _ series: ImageSeries) -> DataSet {
    var item = DataSet()
    item.set(.contourNumber, number)
    item.set(.contourImageSequence, [series.reference(slice: slice)])
    item.set(.contourGeometricType, "CLOSED_PLANAR")
    item.set(.numberOfContourPoints, contour.count)
    item.set(.contourData, values: contourData(contour, slice: slice, series))
    return item
}

/// The points in the patient, x, y, z in millimetres, as text.
///
/// Along an axis in which the slice does not extend, every point has the very text of Image Position (Patient): readers
/// find the slice of a contour by that number.
private func contourData(_ contour: Contour, slice: Int, _ series: ImageSeries) -> [String] {
    let geometry = series.geometry
    let origin = series.positionText(slice: slice)
    let inPlane = zip(geometry.rowDirection.coordinates, geometry.columnDirection.coordinates)
        .map { $0 != 0 || $1 != 0 }
    return contour.flatMap { point in
        geometry.point(point.column, point.row, slice: slice).coordinates.enumerated().map { axis, value in
            inPlane[axis] ? coordinateString(value) : origin[axis]
        }
    }
}
