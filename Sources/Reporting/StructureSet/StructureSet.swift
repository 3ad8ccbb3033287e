import Anatomy
import DICOM
import Imaging

/// The RT Structure Set on the PET slices: one region per lesion, each drawn from its segment (PS3.3 section A.19).
func structureSetDataSet(of study: ReportedStudy) -> DataSet {
    let pet = study.reading.pet
    var dataSet = DataSet()
    study.stamp(&dataSet, as: .structureSet)
    dataSet.set(.modality, "RTSTRUCT")
    dataSet.setEmpty(.operatorsName)
    dataSet.set(.frameOfReferenceUID, pet.geometry.frameOfReferenceUID)
    dataSet.setEmpty(.positionReferenceIndicator)
    dataSet.copy([.positionReferenceIndicator], from: pet.headers[0])
    dataSet.set(.structureSetLabel, study.reading.tracer.target == .psma ? "PSMA LESIONS" : "FDG LESIONS")
    dataSet.set(.structureSetName, study.reading.stage?.description ?? "FDG findings")
    dataSet.set(.structureSetDescription, "Found by software, not reviewed by a person; research use only")
    dataSet.set(.structureSetDate, study.createdAt.date)
    dataSet.set(.structureSetTime, study.createdAt.time)
    dataSet.set(.approvalStatus, "UNAPPROVED")
    dataSet.set(.referencedFrameOfReferenceSequence, [referencedFrameOfReference(of: pet)])
    dataSet.set(.structureSetROISequence, study.lesions.map { structureSetROI($0, study) })
    dataSet.set(.roiContourSequence, study.lesions.map { roiContour($0, pet) })
    dataSet.set(.rtROIObservationsSequence, study.lesions.map(observation))
    return dataSet
}

/// Frame of reference → study → series → every slice of the PET.
private func referencedFrameOfReference(of pet: ImageSeries) -> DataSet {
    var series = DataSet()
    series.set(.seriesInstanceUID, pet.seriesInstanceUID)
    series.set(.contourImageSequence, pet.headers.indices.map(pet.reference))
    var studyItem = DataSet()
    // The class is retired, but the attribute asks for one and this is the one that all writers give.
    studyItem.set(.referencedSOPClassUID, .detachedStudyManagement)
    studyItem.set(.referencedSOPInstanceUID, pet.studyInstanceUID)
    studyItem.set(.rtReferencedSeriesSequence, [series])
    var frame = DataSet()
    frame.set(.frameOfReferenceUID, pet.geometry.frameOfReferenceUID)
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

private func roiContour(_ lesion: ReportedLesion, _ pet: ImageSeries) -> DataSet {
    let color = LesionRegion(lesion.verdict.location).color
    var items: [DataSet] = []
    for part in lesion.slices(in: pet.geometry) {
        for contour in contours(around: part.places, columns: pet.geometry.columns) {
            items.append(contourItem(contour, slice: part.slice, number: items.count + 1, pet))
        }
    }
    var roi = DataSet()
    roi.set(.referencedROINumber, lesion.number)
    roi.set(.roiDisplayColor, color.red, color.green, color.blue)
    roi.set(.contourSequence, items)
    return roi
}

private func contourItem(_ contour: Contour, slice: Int, number: Int, _ pet: ImageSeries) -> DataSet {
    var item = DataSet()
    item.set(.contourNumber, number)
    item.set(.contourImageSequence, [pet.reference(slice: slice)])
    item.set(.contourGeometricType, "CLOSED_PLANAR")
    item.set(.numberOfContourPoints, contour.count)
    item.set(.contourData, values: contourData(contour, slice: slice, pet))
    return item
}

/// The points in the patient, x, y, z in millimetres, as text.
///
/// Along an axis in which the slice does not extend, every point has the very text of Image Position (Patient): readers
/// find the slice of a contour by that number.
private func contourData(_ contour: Contour, slice: Int, _ pet: ImageSeries) -> [String] {
    let geometry = pet.geometry
    let origin = pet.positionText(slice: slice)
    let inPlane = zip(geometry.rowDirection.coordinates, geometry.columnDirection.coordinates)
        .map { $0 != 0 || $1 != 0 }
    return contour.flatMap { point in
        geometry.point(point.column, point.row, slice: slice).coordinates.enumerated().map { axis, value in
            inPlane[axis] ? coordinateString(value) : origin[axis]
        }
    }
}
