import DICOM

/// The summary page as a colour picture (Secondary Capture Image IOD, PS3.3 section A.8.1).
///
/// It bears no name or number of the patient; whose it is stands in its attributes, which viewers show beside it.
func secondaryCaptureDataSet(of study: ReportedStudy, page: SummaryPage) -> DataSet {
    var dataSet = DataSet()
    study.stamp(&dataSet, as: .secondaryCapture)
    setCapture(of: &dataSet, study)
    dataSet.set(.modality, "OT")
    // The whole body has no side, so that Laterality (2C) is not asked for.
    dataSet.set(.bodyPartExamined, "WHOLEBODY")
    dataSet.set(.imageType, "DERIVED", "SECONDARY")
    dataSet.setEmpty(.patientOrientation)
    dataSet.set(.dateOfSecondaryCapture, study.createdAt.date)
    dataSet.set(.timeOfSecondaryCapture, study.createdAt.time)
    dataSet.set(.derivationDescription, "Maximum intensity projections of the PET with lesions, table and stage")
    dataSet.set(.sourceImageSequence, sources(of: study))
    setPixels(of: &dataSet, page)
    return dataSet
}

/// What the objects that show the page share (PS3.3 sections C.8.6.1 and C.8.6.2).
func setCapture(of object: inout DataSet, _ study: ReportedStudy) {
    study.identity.setContentDate(of: &object)
    // WSD: made by a workstation.
    object.set(.conversionType, "WSD")
    object.set(.secondaryCaptureDeviceManufacturer, ascii(study.device.manufacturer, limit: 64))
    object.set(.secondaryCaptureDeviceManufacturerModelName, ascii(study.device.modelName, limit: 64))
    object.set(.secondaryCaptureDeviceSoftwareVersions, ascii(study.device.softwareVersion, limit: 64))
    object.set(.burnedInAnnotation, "NO")
}

/// The slices of the PET that the picture projects.
private func sources(of study: ReportedStudy) -> [DataSet] {
    let pet = study.reading.pet
    return pet.headers.indices.map { slice in
        var item = pet.reference(slice: slice)
        item.set(.purposeOfReferenceCodeSequence, Concepts.sourceImage)
        return item
    }
}

private func setPixels(of dataSet: inout DataSet, _ page: SummaryPage) {
    dataSet.set(.samplesPerPixel, 3)
    dataSet.set(.photometricInterpretation, "RGB")
    dataSet.set(.planarConfiguration, 0)
    dataSet.set(.rows, SummaryPage.height)
    dataSet.set(.columns, SummaryPage.width)
    dataSet.set(.bitsAllocated, 8)
    dataSet.set(.bitsStored, 8)
    dataSet.set(.highBit, 7)
    dataSet.set(.pixelRepresentation, 0)
    dataSet.set(.lossyImageCompression, "00")
    dataSet.setBytes(.pixelData, page.pixels())
}
