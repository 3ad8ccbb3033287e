import DICOM
import Imaging

/// The Key Object Selection: for each lesion the PET slice through its hottest voxel, in the order of the lesions
/// (PS3.3 section A.35.4, TID 2010).
func keyObjectsDataSet(of study: ReportedStudy) -> DataSet {
    let pet = study.reading.pet
    let slices = keySlices(of: study)
    var dataSet = DataSet()
    study.stamp(&dataSet, as: .keyObjects)
    study.identity.setContentDate(of: &dataSet)
    dataSet.set(.modality, "KO")
    dataSet.setEmpty(.referencedPerformedProcedureStepSequence)
    dataSet.set(.currentRequestedProcedureEvidenceSequence, [evidence(of: pet, slices: slices)])
    dataSet.set(.valueType, "CONTAINER")
    dataSet.set(.conceptNameCodeSequence, Concepts.ofInterest)
    dataSet.set(.continuityOfContent, "SEPARATE")
    var template = DataSet()
    template.set(.mappingResource, "DCMR")
    template.set(.templateIdentifier, "2010")
    dataSet.set(.contentTemplateSequence, [template])
    dataSet.set(
        .contentSequence,
        observer(study.device) + [description(of: study)] + slices.map { image(pet.reference(slice: $0)) })
    return dataSet
}

/// The slices to look at, each once.
private func keySlices(of study: ReportedStudy) -> [Int] {
    let geometry = study.reading.pet.geometry
    var slices: [Int] = []
    for lesion in study.lesions {
        let slice = geometry.voxel(at: lesion.focus.peakVoxel).k
        if !slices.contains(slice) { slices.append(slice) }
    }
    return slices
}

private func evidence(of pet: ImageSeries, slices: [Int]) -> DataSet {
    var series = DataSet()
    series.set(.referencedSOPSequence, slices.map(pet.reference))
    series.set(.seriesInstanceUID, pet.seriesInstanceUID)
    var study = DataSet()
    study.set(.referencedSeriesSequence, [series])
    study.set(.studyInstanceUID, pet.studyInstanceUID)
    return study
}

// MARK: - Content items

/// Who chose (TID 1002, 1004), with the values of the Structured Report.
private func observer(_ device: Device) -> [DataSet] {
    var type = item("HAS OBS CONTEXT", "CODE", Concepts.observerType)
    type.set(.conceptCodeSequence, Concepts.device)
    var uid = item("HAS OBS CONTEXT", "UIDREF", Concepts.deviceObserverUID)
    uid.set(.uid, device.uid)
    let names = [
        (Concepts.deviceObserverName, device.name), (Concepts.deviceObserverManufacturer, device.manufacturer),
        (Concepts.deviceObserverModelName, device.modelName),
        (Concepts.deviceObserverSerialNumber, device.serialNumber),
    ]
    return [type, uid]
        + names.map { concept, value in
            var item = item("HAS OBS CONTEXT", "TEXT", concept)
            item.set(.textValue, ascii(value, limit: 64))
            return item
        }
}

/// Which lesion each slice shows.
private func description(of study: ReportedStudy) -> DataSet {
    let geometry = study.reading.pet.geometry
    let lines = study.lesions.map { lesion in
        let header = study.reading.pet.headers[geometry.voxel(at: lesion.focus.peakVoxel).k]
        let number = header.integer(.instanceNumber).map { "image \($0)" } ?? "one image"
        return "\(lesion.identifier) \(lesion.sentence): \(number)."
    }
    var item = item("CONTAINS", "TEXT", Concepts.keyObjectDescription)
    let opening =
        "PET slices through the highest uptake of each suspicious lesion, found by software (research)."
    item.set(.textValue, ascii(([opening] + lines).joined(separator: "\n")))
    return item
}

private func image(_ reference: DataSet) -> DataSet {
    var item = item("CONTAINS", "IMAGE", nil)
    item.set(.referencedSOPSequence, [reference])
    return item
}

private func item(_ relationship: String, _ type: String, _ concept: CodedConcept?) -> DataSet {
    var item = DataSet()
    item.set(.relationshipType, relationship)
    item.set(.valueType, type)
    if let concept { item.set(.conceptNameCodeSequence, concept) }
    return item
}
