// swift-format-ignore-file
/// The attributes that Uptake reads or writes, by keyword (PS3.6 section 6), ascending by tag.
///
/// A test compares each with DCMTK's data dictionary.
extension Attribute {
    public static let mediaStorageSOPClassUID = Attribute(0x0002, 0x0002, .UI, "MediaStorageSOPClassUID")
    public static let mediaStorageSOPInstanceUID = Attribute(0x0002, 0x0003, .UI, "MediaStorageSOPInstanceUID")
    public static let transferSyntaxUID = Attribute(0x0002, 0x0010, .UI, "TransferSyntaxUID")
    public static let implementationClassUID = Attribute(0x0002, 0x0012, .UI, "ImplementationClassUID")
    public static let implementationVersionName = Attribute(0x0002, 0x0013, .SH, "ImplementationVersionName")
    public static let sourceApplicationEntityTitle = Attribute(0x0002, 0x0016, .AE, "SourceApplicationEntityTitle")

    public static let specificCharacterSet = Attribute(0x0008, 0x0005, .CS, "SpecificCharacterSet")
    public static let imageType = Attribute(0x0008, 0x0008, .CS, "ImageType")
    public static let instanceCreationDate = Attribute(0x0008, 0x0012, .DA, "InstanceCreationDate")
    public static let instanceCreationTime = Attribute(0x0008, 0x0013, .TM, "InstanceCreationTime")
    public static let sopClassUID = Attribute(0x0008, 0x0016, .UI, "SOPClassUID")
    public static let sopInstanceUID = Attribute(0x0008, 0x0018, .UI, "SOPInstanceUID")
    public static let studyDate = Attribute(0x0008, 0x0020, .DA, "StudyDate")
    public static let seriesDate = Attribute(0x0008, 0x0021, .DA, "SeriesDate")
    public static let acquisitionDate = Attribute(0x0008, 0x0022, .DA, "AcquisitionDate")
    public static let contentDate = Attribute(0x0008, 0x0023, .DA, "ContentDate")
    public static let acquisitionDateTime = Attribute(0x0008, 0x002A, .DT, "AcquisitionDateTime")
    public static let studyTime = Attribute(0x0008, 0x0030, .TM, "StudyTime")
    public static let seriesTime = Attribute(0x0008, 0x0031, .TM, "SeriesTime")
    public static let acquisitionTime = Attribute(0x0008, 0x0032, .TM, "AcquisitionTime")
    public static let contentTime = Attribute(0x0008, 0x0033, .TM, "ContentTime")
    public static let accessionNumber = Attribute(0x0008, 0x0050, .SH, "AccessionNumber")
    public static let issuerOfAccessionNumberSequence = Attribute(0x0008, 0x0051, .SQ, "IssuerOfAccessionNumberSequence")
    public static let queryRetrieveLevel = Attribute(0x0008, 0x0052, .CS, "QueryRetrieveLevel")
    public static let retrieveAETitle = Attribute(0x0008, 0x0054, .AE, "RetrieveAETitle")
    public static let instanceAvailability = Attribute(0x0008, 0x0056, .CS, "InstanceAvailability")
    public static let failedSOPInstanceUIDList = Attribute(0x0008, 0x0058, .UI, "FailedSOPInstanceUIDList")
    public static let modality = Attribute(0x0008, 0x0060, .CS, "Modality")
    public static let modalitiesInStudy = Attribute(0x0008, 0x0061, .CS, "ModalitiesInStudy")
    public static let sopClassesInStudy = Attribute(0x0008, 0x0062, .UI, "SOPClassesInStudy")
    public static let conversionType = Attribute(0x0008, 0x0064, .CS, "ConversionType")
    public static let presentationIntentType = Attribute(0x0008, 0x0068, .CS, "PresentationIntentType")
    public static let manufacturer = Attribute(0x0008, 0x0070, .LO, "Manufacturer")
    public static let institutionName = Attribute(0x0008, 0x0080, .LO, "InstitutionName")
    public static let institutionAddress = Attribute(0x0008, 0x0081, .ST, "InstitutionAddress")
    public static let referringPhysicianName = Attribute(0x0008, 0x0090, .PN, "ReferringPhysicianName")
    public static let codeValue = Attribute(0x0008, 0x0100, .SH, "CodeValue")
    public static let codingSchemeDesignator = Attribute(0x0008, 0x0102, .SH, "CodingSchemeDesignator")
    public static let codingSchemeVersion = Attribute(0x0008, 0x0103, .SH, "CodingSchemeVersion")
    public static let codeMeaning = Attribute(0x0008, 0x0104, .LO, "CodeMeaning")
    public static let mappingResource = Attribute(0x0008, 0x0105, .CS, "MappingResource")
    public static let codingSchemeUID = Attribute(0x0008, 0x010C, .UI, "CodingSchemeUID")
    public static let codingSchemeIdentificationSequence = Attribute(0x0008, 0x0110, .SQ, "CodingSchemeIdentificationSequence")
    public static let codingSchemeName = Attribute(0x0008, 0x0115, .ST, "CodingSchemeName")
    public static let codingSchemeResponsibleOrganization = Attribute(0x0008, 0x0116, .ST, "CodingSchemeResponsibleOrganization")
    public static let longCodeValue = Attribute(0x0008, 0x0119, .UC, "LongCodeValue")
    public static let timezoneOffsetFromUTC = Attribute(0x0008, 0x0201, .SH, "TimezoneOffsetFromUTC")
    public static let stationName = Attribute(0x0008, 0x1010, .SH, "StationName")
    public static let studyDescription = Attribute(0x0008, 0x1030, .LO, "StudyDescription")
    public static let procedureCodeSequence = Attribute(0x0008, 0x1032, .SQ, "ProcedureCodeSequence")
    public static let seriesDescription = Attribute(0x0008, 0x103E, .LO, "SeriesDescription")
    public static let institutionalDepartmentName = Attribute(0x0008, 0x1040, .LO, "InstitutionalDepartmentName")
    public static let physiciansOfRecord = Attribute(0x0008, 0x1048, .PN, "PhysiciansOfRecord")
    public static let performingPhysicianName = Attribute(0x0008, 0x1050, .PN, "PerformingPhysicianName")
    public static let nameOfPhysiciansReadingStudy = Attribute(0x0008, 0x1060, .PN, "NameOfPhysiciansReadingStudy")
    public static let operatorsName = Attribute(0x0008, 0x1070, .PN, "OperatorsName")
    public static let admittingDiagnosesDescription = Attribute(0x0008, 0x1080, .LO, "AdmittingDiagnosesDescription")
    public static let manufacturerModelName = Attribute(0x0008, 0x1090, .LO, "ManufacturerModelName")
    public static let referencedStudySequence = Attribute(0x0008, 0x1110, .SQ, "ReferencedStudySequence")
    public static let referencedPerformedProcedureStepSequence = Attribute(0x0008, 0x1111, .SQ, "ReferencedPerformedProcedureStepSequence")
    public static let referencedSeriesSequence = Attribute(0x0008, 0x1115, .SQ, "ReferencedSeriesSequence")
    public static let referencedPatientSequence = Attribute(0x0008, 0x1120, .SQ, "ReferencedPatientSequence")
    public static let referencedImageSequence = Attribute(0x0008, 0x1140, .SQ, "ReferencedImageSequence")
    public static let referencedInstanceSequence = Attribute(0x0008, 0x114A, .SQ, "ReferencedInstanceSequence")
    public static let referencedSOPClassUID = Attribute(0x0008, 0x1150, .UI, "ReferencedSOPClassUID")
    public static let referencedSOPInstanceUID = Attribute(0x0008, 0x1155, .UI, "ReferencedSOPInstanceUID")
    public static let definitionSourceSequence = Attribute(0x0008, 0x1156, .SQ, "DefinitionSourceSequence")
    public static let transactionUID = Attribute(0x0008, 0x1195, .UI, "TransactionUID")
    public static let failureReason = Attribute(0x0008, 0x1197, .US, "FailureReason")
    public static let failedSOPSequence = Attribute(0x0008, 0x1198, .SQ, "FailedSOPSequence")
    public static let referencedSOPSequence = Attribute(0x0008, 0x1199, .SQ, "ReferencedSOPSequence")
    public static let derivationDescription = Attribute(0x0008, 0x2111, .ST, "DerivationDescription")
    public static let sourceImageSequence = Attribute(0x0008, 0x2112, .SQ, "SourceImageSequence")
    public static let anatomicRegionSequence = Attribute(0x0008, 0x2218, .SQ, "AnatomicRegionSequence")
    public static let anatomicRegionModifierSequence = Attribute(0x0008, 0x2220, .SQ, "AnatomicRegionModifierSequence")
    public static let derivationImageSequence = Attribute(0x0008, 0x9124, .SQ, "DerivationImageSequence")
    public static let derivationCodeSequence = Attribute(0x0008, 0x9215, .SQ, "DerivationCodeSequence")

    public static let patientName = Attribute(0x0010, 0x0010, .PN, "PatientName")
    public static let patientID = Attribute(0x0010, 0x0020, .LO, "PatientID")
    public static let issuerOfPatientID = Attribute(0x0010, 0x0021, .LO, "IssuerOfPatientID")
    public static let issuerOfPatientIDQualifiersSequence = Attribute(0x0010, 0x0024, .SQ, "IssuerOfPatientIDQualifiersSequence")
    public static let patientBirthDate = Attribute(0x0010, 0x0030, .DA, "PatientBirthDate")
    public static let patientBirthTime = Attribute(0x0010, 0x0032, .TM, "PatientBirthTime")
    public static let patientSex = Attribute(0x0010, 0x0040, .CS, "PatientSex")
    public static let otherPatientIDsSequence = Attribute(0x0010, 0x1002, .SQ, "OtherPatientIDsSequence")
    public static let patientAge = Attribute(0x0010, 0x1010, .AS, "PatientAge")
    public static let patientSize = Attribute(0x0010, 0x1020, .DS, "PatientSize")
    public static let patientWeight = Attribute(0x0010, 0x1030, .DS, "PatientWeight")
    public static let ethnicGroup = Attribute(0x0010, 0x2160, .SH, "EthnicGroup")
    public static let occupation = Attribute(0x0010, 0x2180, .SH, "Occupation")
    public static let smokingStatus = Attribute(0x0010, 0x21A0, .CS, "SmokingStatus")
    public static let additionalPatientHistory = Attribute(0x0010, 0x21B0, .LT, "AdditionalPatientHistory")
    public static let pregnancyStatus = Attribute(0x0010, 0x21C0, .US, "PregnancyStatus")
    public static let patientComments = Attribute(0x0010, 0x4000, .LT, "PatientComments")

    public static let patientIdentityRemoved = Attribute(0x0012, 0x0062, .CS, "PatientIdentityRemoved")
    public static let deidentificationMethod = Attribute(0x0012, 0x0063, .LO, "DeidentificationMethod")
    public static let deidentificationMethodCodeSequence = Attribute(0x0012, 0x0064, .SQ, "DeidentificationMethodCodeSequence")

    public static let contrastBolusAgent = Attribute(0x0018, 0x0010, .LO, "ContrastBolusAgent")
    public static let bodyPartExamined = Attribute(0x0018, 0x0015, .CS, "BodyPartExamined")
    public static let radiopharmaceutical = Attribute(0x0018, 0x0031, .LO, "Radiopharmaceutical")
    public static let sliceThickness = Attribute(0x0018, 0x0050, .DS, "SliceThickness")
    public static let kvp = Attribute(0x0018, 0x0060, .DS, "KVP")
    public static let countsAccumulated = Attribute(0x0018, 0x0070, .IS, "CountsAccumulated")
    public static let spacingBetweenSlices = Attribute(0x0018, 0x0088, .DS, "SpacingBetweenSlices")
    public static let dataCollectionDiameter = Attribute(0x0018, 0x0090, .DS, "DataCollectionDiameter")
    public static let deviceSerialNumber = Attribute(0x0018, 0x1000, .LO, "DeviceSerialNumber")
    public static let deviceUID = Attribute(0x0018, 0x1002, .UI, "DeviceUID")
    public static let dateOfSecondaryCapture = Attribute(0x0018, 0x1012, .DA, "DateOfSecondaryCapture")
    public static let timeOfSecondaryCapture = Attribute(0x0018, 0x1014, .TM, "TimeOfSecondaryCapture")
    public static let secondaryCaptureDeviceManufacturer = Attribute(0x0018, 0x1016, .LO, "SecondaryCaptureDeviceManufacturer")
    public static let secondaryCaptureDeviceManufacturerModelName = Attribute(0x0018, 0x1018, .LO, "SecondaryCaptureDeviceManufacturerModelName")
    public static let secondaryCaptureDeviceSoftwareVersions = Attribute(0x0018, 0x1019, .LO, "SecondaryCaptureDeviceSoftwareVersions")
    public static let softwareVersions = Attribute(0x0018, 0x1020, .LO, "SoftwareVersions")
    public static let protocolName = Attribute(0x0018, 0x1030, .LO, "ProtocolName")
    public static let triggerTime = Attribute(0x0018, 0x1060, .DS, "TriggerTime")
    public static let frameTime = Attribute(0x0018, 0x1063, .DS, "FrameTime")
    public static let radiopharmaceuticalRoute = Attribute(0x0018, 0x1070, .LO, "RadiopharmaceuticalRoute")
    public static let radiopharmaceuticalVolume = Attribute(0x0018, 0x1071, .DS, "RadiopharmaceuticalVolume")
    public static let radiopharmaceuticalStartTime = Attribute(0x0018, 0x1072, .TM, "RadiopharmaceuticalStartTime")
    public static let radiopharmaceuticalStopTime = Attribute(0x0018, 0x1073, .TM, "RadiopharmaceuticalStopTime")
    public static let radionuclideTotalDose = Attribute(0x0018, 0x1074, .DS, "RadionuclideTotalDose")
    public static let radionuclideHalfLife = Attribute(0x0018, 0x1075, .DS, "RadionuclideHalfLife")
    public static let radionuclidePositronFraction = Attribute(0x0018, 0x1076, .DS, "RadionuclidePositronFraction")
    public static let radiopharmaceuticalSpecificActivity = Attribute(0x0018, 0x1077, .DS, "RadiopharmaceuticalSpecificActivity")
    public static let radiopharmaceuticalStartDateTime = Attribute(0x0018, 0x1078, .DT, "RadiopharmaceuticalStartDateTime")
    public static let reconstructionDiameter = Attribute(0x0018, 0x1100, .DS, "ReconstructionDiameter")
    public static let gantryDetectorTilt = Attribute(0x0018, 0x1120, .DS, "GantryDetectorTilt")
    public static let rotationDirection = Attribute(0x0018, 0x1140, .CS, "RotationDirection")
    public static let exposureTime = Attribute(0x0018, 0x1150, .IS, "ExposureTime")
    public static let xRayTubeCurrent = Attribute(0x0018, 0x1151, .IS, "XRayTubeCurrent")
    public static let collimatorType = Attribute(0x0018, 0x1181, .CS, "CollimatorType")
    public static let convolutionKernel = Attribute(0x0018, 0x1210, .SH, "ConvolutionKernel")
    public static let actualFrameDuration = Attribute(0x0018, 0x1242, .IS, "ActualFrameDuration")
    public static let patientPosition = Attribute(0x0018, 0x5100, .CS, "PatientPosition")
    public static let contentQualification = Attribute(0x0018, 0x9004, .CS, "ContentQualification")
    public static let decayCorrected = Attribute(0x0018, 0x9758, .CS, "DecayCorrected")
    public static let contributingEquipmentSequence = Attribute(0x0018, 0xA001, .SQ, "ContributingEquipmentSequence")
    public static let contributionDateTime = Attribute(0x0018, 0xA002, .DT, "ContributionDateTime")
    public static let contributionDescription = Attribute(0x0018, 0xA003, .ST, "ContributionDescription")

    public static let studyInstanceUID = Attribute(0x0020, 0x000D, .UI, "StudyInstanceUID")
    public static let seriesInstanceUID = Attribute(0x0020, 0x000E, .UI, "SeriesInstanceUID")
    public static let studyID = Attribute(0x0020, 0x0010, .SH, "StudyID")
    public static let seriesNumber = Attribute(0x0020, 0x0011, .IS, "SeriesNumber")
    public static let acquisitionNumber = Attribute(0x0020, 0x0012, .IS, "AcquisitionNumber")
    public static let instanceNumber = Attribute(0x0020, 0x0013, .IS, "InstanceNumber")
    public static let patientOrientation = Attribute(0x0020, 0x0020, .CS, "PatientOrientation")
    public static let imagePositionPatient = Attribute(0x0020, 0x0032, .DS, "ImagePositionPatient")
    public static let imageOrientationPatient = Attribute(0x0020, 0x0037, .DS, "ImageOrientationPatient")
    public static let frameOfReferenceUID = Attribute(0x0020, 0x0052, .UI, "FrameOfReferenceUID")
    public static let laterality = Attribute(0x0020, 0x0060, .CS, "Laterality")
    public static let imageLaterality = Attribute(0x0020, 0x0062, .CS, "ImageLaterality")
    public static let temporalPositionIdentifier = Attribute(0x0020, 0x0100, .IS, "TemporalPositionIdentifier")
    public static let numberOfTemporalPositions = Attribute(0x0020, 0x0105, .IS, "NumberOfTemporalPositions")
    public static let imagesInAcquisition = Attribute(0x0020, 0x1002, .IS, "ImagesInAcquisition")
    public static let positionReferenceIndicator = Attribute(0x0020, 0x1040, .LO, "PositionReferenceIndicator")
    public static let sliceLocation = Attribute(0x0020, 0x1041, .DS, "SliceLocation")
    public static let numberOfPatientRelatedStudies = Attribute(0x0020, 0x1200, .IS, "NumberOfPatientRelatedStudies")
    public static let numberOfPatientRelatedSeries = Attribute(0x0020, 0x1202, .IS, "NumberOfPatientRelatedSeries")
    public static let numberOfPatientRelatedInstances = Attribute(0x0020, 0x1204, .IS, "NumberOfPatientRelatedInstances")
    public static let numberOfStudyRelatedSeries = Attribute(0x0020, 0x1206, .IS, "NumberOfStudyRelatedSeries")
    public static let numberOfStudyRelatedInstances = Attribute(0x0020, 0x1208, .IS, "NumberOfStudyRelatedInstances")
    public static let numberOfSeriesRelatedInstances = Attribute(0x0020, 0x1209, .IS, "NumberOfSeriesRelatedInstances")
    public static let imageComments = Attribute(0x0020, 0x4000, .LT, "ImageComments")

    public static let derivationAlgorithmSequence = Attribute(0x0022, 0x1612, .SQ, "DerivationAlgorithmSequence")

    public static let algorithmSource = Attribute(0x0024, 0x0202, .LO, "AlgorithmSource")

    public static let samplesPerPixel = Attribute(0x0028, 0x0002, .US, "SamplesPerPixel")
    public static let photometricInterpretation = Attribute(0x0028, 0x0004, .CS, "PhotometricInterpretation")
    public static let planarConfiguration = Attribute(0x0028, 0x0006, .US, "PlanarConfiguration")
    public static let numberOfFrames = Attribute(0x0028, 0x0008, .IS, "NumberOfFrames")
    public static let rows = Attribute(0x0028, 0x0010, .US, "Rows")
    public static let columns = Attribute(0x0028, 0x0011, .US, "Columns")
    public static let pixelSpacing = Attribute(0x0028, 0x0030, .DS, "PixelSpacing")
    public static let correctedImage = Attribute(0x0028, 0x0051, .CS, "CorrectedImage")
    public static let bitsAllocated = Attribute(0x0028, 0x0100, .US, "BitsAllocated")
    public static let bitsStored = Attribute(0x0028, 0x0101, .US, "BitsStored")
    public static let highBit = Attribute(0x0028, 0x0102, .US, "HighBit")
    public static let pixelRepresentation = Attribute(0x0028, 0x0103, .US, "PixelRepresentation")
    public static let smallestImagePixelValue = Attribute(0x0028, 0x0106, .US, "SmallestImagePixelValue")
    public static let largestImagePixelValue = Attribute(0x0028, 0x0107, .US, "LargestImagePixelValue")
    public static let burnedInAnnotation = Attribute(0x0028, 0x0301, .CS, "BurnedInAnnotation")
    public static let windowCenter = Attribute(0x0028, 0x1050, .DS, "WindowCenter")
    public static let windowWidth = Attribute(0x0028, 0x1051, .DS, "WindowWidth")
    public static let rescaleIntercept = Attribute(0x0028, 0x1052, .DS, "RescaleIntercept")
    public static let rescaleSlope = Attribute(0x0028, 0x1053, .DS, "RescaleSlope")
    public static let rescaleType = Attribute(0x0028, 0x1054, .LO, "RescaleType")
    public static let spatialLocationsPreserved = Attribute(0x0028, 0x135A, .CS, "SpatialLocationsPreserved")
    public static let lossyImageCompression = Attribute(0x0028, 0x2110, .CS, "LossyImageCompression")

    public static let requestingPhysician = Attribute(0x0032, 0x1032, .PN, "RequestingPhysician")
    public static let requestedProcedureDescription = Attribute(0x0032, 0x1060, .LO, "RequestedProcedureDescription")
    public static let requestedProcedureCodeSequence = Attribute(0x0032, 0x1064, .SQ, "RequestedProcedureCodeSequence")

    public static let scheduledProcedureStepDescription = Attribute(0x0040, 0x0007, .LO, "ScheduledProcedureStepDescription")
    public static let scheduledProcedureStepID = Attribute(0x0040, 0x0009, .SH, "ScheduledProcedureStepID")
    public static let performedProcedureStepStartDate = Attribute(0x0040, 0x0244, .DA, "PerformedProcedureStepStartDate")
    public static let performedProcedureStepStartTime = Attribute(0x0040, 0x0245, .TM, "PerformedProcedureStepStartTime")
    public static let performedProcedureStepID = Attribute(0x0040, 0x0253, .SH, "PerformedProcedureStepID")
    public static let performedProcedureStepDescription = Attribute(0x0040, 0x0254, .LO, "PerformedProcedureStepDescription")
    public static let requestAttributesSequence = Attribute(0x0040, 0x0275, .SQ, "RequestAttributesSequence")
    public static let measurementUnitsCodeSequence = Attribute(0x0040, 0x08EA, .SQ, "MeasurementUnitsCodeSequence")
    public static let requestedProcedureID = Attribute(0x0040, 0x1001, .SH, "RequestedProcedureID")
    public static let relationshipType = Attribute(0x0040, 0xA010, .CS, "RelationshipType")
    public static let valueType = Attribute(0x0040, 0xA040, .CS, "ValueType")
    public static let conceptNameCodeSequence = Attribute(0x0040, 0xA043, .SQ, "ConceptNameCodeSequence")
    public static let continuityOfContent = Attribute(0x0040, 0xA050, .CS, "ContinuityOfContent")
    public static let uid = Attribute(0x0040, 0xA124, .UI, "UID")
    public static let textValue = Attribute(0x0040, 0xA160, .UT, "TextValue")
    public static let conceptCodeSequence = Attribute(0x0040, 0xA168, .SQ, "ConceptCodeSequence")
    public static let purposeOfReferenceCodeSequence = Attribute(0x0040, 0xA170, .SQ, "PurposeOfReferenceCodeSequence")
    public static let measuredValueSequence = Attribute(0x0040, 0xA300, .SQ, "MeasuredValueSequence")
    public static let numericValue = Attribute(0x0040, 0xA30A, .DS, "NumericValue")
    public static let predecessorDocumentsSequence = Attribute(0x0040, 0xA360, .SQ, "PredecessorDocumentsSequence")
    public static let currentRequestedProcedureEvidenceSequence = Attribute(0x0040, 0xA375, .SQ, "CurrentRequestedProcedureEvidenceSequence")
    public static let pertinentOtherEvidenceSequence = Attribute(0x0040, 0xA385, .SQ, "PertinentOtherEvidenceSequence")
    public static let completionFlag = Attribute(0x0040, 0xA491, .CS, "CompletionFlag")
    public static let verificationFlag = Attribute(0x0040, 0xA493, .CS, "VerificationFlag")
    public static let preliminaryFlag = Attribute(0x0040, 0xA496, .CS, "PreliminaryFlag")
    public static let contentTemplateSequence = Attribute(0x0040, 0xA504, .SQ, "ContentTemplateSequence")
    public static let contentSequence = Attribute(0x0040, 0xA730, .SQ, "ContentSequence")
    public static let templateIdentifier = Attribute(0x0040, 0xDB00, .CS, "TemplateIdentifier")

    public static let documentTitle = Attribute(0x0042, 0x0010, .ST, "DocumentTitle")
    public static let encapsulatedDocument = Attribute(0x0042, 0x0011, .OB, "EncapsulatedDocument")
    public static let mimeTypeOfEncapsulatedDocument = Attribute(0x0042, 0x0012, .LO, "MIMETypeOfEncapsulatedDocument")
    public static let sourceInstanceSequence = Attribute(0x0042, 0x0013, .SQ, "SourceInstanceSequence")
    public static let encapsulatedDocumentLength = Attribute(0x0042, 0x0015, .UL, "EncapsulatedDocumentLength")

    public static let energyWindowRangeSequence = Attribute(0x0054, 0x0013, .SQ, "EnergyWindowRangeSequence")
    public static let radiopharmaceuticalInformationSequence = Attribute(0x0054, 0x0016, .SQ, "RadiopharmaceuticalInformationSequence")
    public static let numberOfRRIntervals = Attribute(0x0054, 0x0061, .US, "NumberOfRRIntervals")
    public static let numberOfTimeSlots = Attribute(0x0054, 0x0071, .US, "NumberOfTimeSlots")
    public static let numberOfSlices = Attribute(0x0054, 0x0081, .US, "NumberOfSlices")
    public static let numberOfTimeSlices = Attribute(0x0054, 0x0101, .US, "NumberOfTimeSlices")
    public static let typeOfDetectorMotion = Attribute(0x0054, 0x0202, .CS, "TypeOfDetectorMotion")
    public static let radionuclideCodeSequence = Attribute(0x0054, 0x0300, .SQ, "RadionuclideCodeSequence")
    public static let administrationRouteCodeSequence = Attribute(0x0054, 0x0302, .SQ, "AdministrationRouteCodeSequence")
    public static let radiopharmaceuticalCodeSequence = Attribute(0x0054, 0x0304, .SQ, "RadiopharmaceuticalCodeSequence")
    public static let patientOrientationCodeSequence = Attribute(0x0054, 0x0410, .SQ, "PatientOrientationCodeSequence")
    public static let patientOrientationModifierCodeSequence = Attribute(0x0054, 0x0412, .SQ, "PatientOrientationModifierCodeSequence")
    public static let patientGantryRelationshipCodeSequence = Attribute(0x0054, 0x0414, .SQ, "PatientGantryRelationshipCodeSequence")
    public static let seriesType = Attribute(0x0054, 0x1000, .CS, "SeriesType")
    public static let units = Attribute(0x0054, 0x1001, .CS, "Units")
    public static let countsSource = Attribute(0x0054, 0x1002, .CS, "CountsSource")
    public static let reprojectionMethod = Attribute(0x0054, 0x1004, .CS, "ReprojectionMethod")
    public static let suvType = Attribute(0x0054, 0x1006, .CS, "SUVType")
    public static let randomsCorrectionMethod = Attribute(0x0054, 0x1100, .CS, "RandomsCorrectionMethod")
    public static let attenuationCorrectionMethod = Attribute(0x0054, 0x1101, .LO, "AttenuationCorrectionMethod")
    public static let decayCorrection = Attribute(0x0054, 0x1102, .CS, "DecayCorrection")
    public static let reconstructionMethod = Attribute(0x0054, 0x1103, .LO, "ReconstructionMethod")
    public static let detectorLinesOfResponseUsed = Attribute(0x0054, 0x1104, .LO, "DetectorLinesOfResponseUsed")
    public static let scatterCorrectionMethod = Attribute(0x0054, 0x1105, .LO, "ScatterCorrectionMethod")
    public static let axialAcceptance = Attribute(0x0054, 0x1200, .DS, "AxialAcceptance")
    public static let frameReferenceTime = Attribute(0x0054, 0x1300, .DS, "FrameReferenceTime")
    public static let primaryPromptsCountsAccumulated = Attribute(0x0054, 0x1310, .IS, "PrimaryPromptsCountsAccumulated")
    public static let sliceSensitivityFactor = Attribute(0x0054, 0x1320, .DS, "SliceSensitivityFactor")
    public static let decayFactor = Attribute(0x0054, 0x1321, .DS, "DecayFactor")
    public static let doseCalibrationFactor = Attribute(0x0054, 0x1322, .DS, "DoseCalibrationFactor")
    public static let scatterFractionFactor = Attribute(0x0054, 0x1323, .DS, "ScatterFractionFactor")
    public static let deadTimeFactor = Attribute(0x0054, 0x1324, .DS, "DeadTimeFactor")
    public static let imageIndex = Attribute(0x0054, 0x1330, .US, "ImageIndex")

    public static let segmentationType = Attribute(0x0062, 0x0001, .CS, "SegmentationType")
    public static let segmentSequence = Attribute(0x0062, 0x0002, .SQ, "SegmentSequence")
    public static let segmentedPropertyCategoryCodeSequence = Attribute(0x0062, 0x0003, .SQ, "SegmentedPropertyCategoryCodeSequence")
    public static let segmentNumber = Attribute(0x0062, 0x0004, .US, "SegmentNumber")
    public static let segmentLabel = Attribute(0x0062, 0x0005, .LO, "SegmentLabel")
    public static let segmentDescription = Attribute(0x0062, 0x0006, .ST, "SegmentDescription")
    public static let segmentAlgorithmType = Attribute(0x0062, 0x0008, .CS, "SegmentAlgorithmType")
    public static let segmentAlgorithmName = Attribute(0x0062, 0x0009, .LO, "SegmentAlgorithmName")
    public static let segmentIdentificationSequence = Attribute(0x0062, 0x000A, .SQ, "SegmentIdentificationSequence")
    public static let referencedSegmentNumber = Attribute(0x0062, 0x000B, .US, "ReferencedSegmentNumber")
    public static let recommendedDisplayCIELabValue = Attribute(0x0062, 0x000D, .US, "RecommendedDisplayCIELabValue")
    public static let segmentedPropertyTypeCodeSequence = Attribute(0x0062, 0x000F, .SQ, "SegmentedPropertyTypeCodeSequence")
    public static let trackingID = Attribute(0x0062, 0x0020, .UT, "TrackingID")
    public static let trackingUID = Attribute(0x0062, 0x0021, .UI, "TrackingUID")

    public static let algorithmFamilyCodeSequence = Attribute(0x0066, 0x002F, .SQ, "AlgorithmFamilyCodeSequence")
    public static let algorithmVersion = Attribute(0x0066, 0x0031, .LO, "AlgorithmVersion")
    public static let algorithmParameters = Attribute(0x0066, 0x0032, .LT, "AlgorithmParameters")
    public static let algorithmName = Attribute(0x0066, 0x0036, .LO, "AlgorithmName")

    public static let contentLabel = Attribute(0x0070, 0x0080, .CS, "ContentLabel")
    public static let contentDescription = Attribute(0x0070, 0x0081, .LO, "ContentDescription")
    public static let contentCreatorName = Attribute(0x0070, 0x0084, .PN, "ContentCreatorName")

    public static let structureSetLabel = Attribute(0x3006, 0x0002, .SH, "StructureSetLabel")
    public static let structureSetName = Attribute(0x3006, 0x0004, .LO, "StructureSetName")
    public static let structureSetDescription = Attribute(0x3006, 0x0006, .ST, "StructureSetDescription")
    public static let structureSetDate = Attribute(0x3006, 0x0008, .DA, "StructureSetDate")
    public static let structureSetTime = Attribute(0x3006, 0x0009, .TM, "StructureSetTime")
    public static let referencedFrameOfReferenceSequence = Attribute(0x3006, 0x0010, .SQ, "ReferencedFrameOfReferenceSequence")
    public static let rtReferencedStudySequence = Attribute(0x3006, 0x0012, .SQ, "RTReferencedStudySequence")
    public static let rtReferencedSeriesSequence = Attribute(0x3006, 0x0014, .SQ, "RTReferencedSeriesSequence")
    public static let contourImageSequence = Attribute(0x3006, 0x0016, .SQ, "ContourImageSequence")
    public static let predecessorStructureSetSequence = Attribute(0x3006, 0x0018, .SQ, "PredecessorStructureSetSequence")
    public static let structureSetROISequence = Attribute(0x3006, 0x0020, .SQ, "StructureSetROISequence")
    public static let roiNumber = Attribute(0x3006, 0x0022, .IS, "ROINumber")
    public static let referencedFrameOfReferenceUID = Attribute(0x3006, 0x0024, .UI, "ReferencedFrameOfReferenceUID")
    public static let roiName = Attribute(0x3006, 0x0026, .LO, "ROIName")
    public static let roiDescription = Attribute(0x3006, 0x0028, .ST, "ROIDescription")
    public static let roiDisplayColor = Attribute(0x3006, 0x002A, .IS, "ROIDisplayColor")
    public static let roiVolume = Attribute(0x3006, 0x002C, .DS, "ROIVolume")
    public static let roiGenerationAlgorithm = Attribute(0x3006, 0x0036, .CS, "ROIGenerationAlgorithm")
    public static let roiDerivationAlgorithmIdentificationSequence = Attribute(0x3006, 0x0037, .SQ, "ROIDerivationAlgorithmIdentificationSequence")
    public static let roiGenerationDescription = Attribute(0x3006, 0x0038, .LO, "ROIGenerationDescription")
    public static let roiContourSequence = Attribute(0x3006, 0x0039, .SQ, "ROIContourSequence")
    public static let contourSequence = Attribute(0x3006, 0x0040, .SQ, "ContourSequence")
    public static let contourGeometricType = Attribute(0x3006, 0x0042, .CS, "ContourGeometricType")
    public static let numberOfContourPoints = Attribute(0x3006, 0x0046, .IS, "NumberOfContourPoints")
    public static let contourNumber = Attribute(0x3006, 0x0048, .IS, "ContourNumber")
    public static let contourData = Attribute(0x3006, 0x0050, .DS, "ContourData")
    public static let rtROIObservationsSequence = Attribute(0x3006, 0x0080, .SQ, "RTROIObservationsSequence")
    public static let observationNumber = Attribute(0x3006, 0x0082, .IS, "ObservationNumber")
    public static let referencedROINumber = Attribute(0x3006, 0x0084, .IS, "ReferencedROINumber")
    public static let rtROIIdentificationCodeSequence = Attribute(0x3006, 0x0086, .SQ, "RTROIIdentificationCodeSequence")
    public static let rtROIInterpretedType = Attribute(0x3006, 0x00A4, .CS, "RTROIInterpretedType")
    public static let roiInterpreter = Attribute(0x3006, 0x00A6, .PN, "ROIInterpreter")

    public static let approvalStatus = Attribute(0x300E, 0x0002, .CS, "ApprovalStatus")

    public static let sharedFunctionalGroupsSequence = Attribute(0x5200, 0x9229, .SQ, "SharedFunctionalGroupsSequence")
    public static let perFrameFunctionalGroupsSequence = Attribute(0x5200, 0x9230, .SQ, "PerFrameFunctionalGroupsSequence")

    public static let pixelData = Attribute(0x7FE0, 0x0010, .OW, "PixelData")

    /// Every attribute above.
    package static let all: [Attribute] = [
        .mediaStorageSOPClassUID, .mediaStorageSOPInstanceUID, .transferSyntaxUID, .implementationClassUID,
        .implementationVersionName, .sourceApplicationEntityTitle, .specificCharacterSet, .imageType,
        .instanceCreationDate, .instanceCreationTime, .sopClassUID, .sopInstanceUID, .studyDate, .seriesDate,
        .acquisitionDate, .contentDate, .acquisitionDateTime, .studyTime, .seriesTime, .acquisitionTime,
        .contentTime, .accessionNumber, .issuerOfAccessionNumberSequence, .queryRetrieveLevel, .retrieveAETitle,
        .instanceAvailability, .failedSOPInstanceUIDList, .modality, .modalitiesInStudy, .sopClassesInStudy, .conversionType, .presentationIntentType,
        .manufacturer, .institutionName, .institutionAddress, .referringPhysicianName, .codeValue,
        .codingSchemeDesignator, .codingSchemeVersion, .codeMeaning, .mappingResource, .codingSchemeUID,
        .codingSchemeIdentificationSequence, .codingSchemeName, .codingSchemeResponsibleOrganization, .longCodeValue,
        .timezoneOffsetFromUTC, .stationName, .studyDescription, .procedureCodeSequence, .seriesDescription,
        .institutionalDepartmentName, .physiciansOfRecord, .performingPhysicianName, .nameOfPhysiciansReadingStudy,
        .operatorsName, .admittingDiagnosesDescription, .manufacturerModelName, .referencedStudySequence,
        .referencedPerformedProcedureStepSequence, .referencedSeriesSequence, .referencedPatientSequence,
        .referencedImageSequence, .referencedInstanceSequence, .referencedSOPClassUID, .referencedSOPInstanceUID,
        .definitionSourceSequence, .transactionUID, .failureReason, .failedSOPSequence, .referencedSOPSequence, .derivationDescription, .sourceImageSequence,
        .anatomicRegionSequence, .anatomicRegionModifierSequence, .derivationImageSequence, .derivationCodeSequence,
        .patientName, .patientID, .issuerOfPatientID, .issuerOfPatientIDQualifiersSequence, .patientBirthDate,
        .patientBirthTime, .patientSex, .otherPatientIDsSequence, .patientAge, .patientSize, .patientWeight,
        .ethnicGroup, .occupation, .smokingStatus, .additionalPatientHistory, .pregnancyStatus, .patientComments,
        .patientIdentityRemoved, .deidentificationMethod, .deidentificationMethodCodeSequence, .contrastBolusAgent,
        .bodyPartExamined, .radiopharmaceutical, .sliceThickness, .kvp, .countsAccumulated, .spacingBetweenSlices,
        .dataCollectionDiameter, .deviceSerialNumber, .deviceUID, .dateOfSecondaryCapture, .timeOfSecondaryCapture,
        .secondaryCaptureDeviceManufacturer,
        .secondaryCaptureDeviceManufacturerModelName, .secondaryCaptureDeviceSoftwareVersions, .softwareVersions,
        .protocolName, .triggerTime, .frameTime, .radiopharmaceuticalRoute, .radiopharmaceuticalVolume,
        .radiopharmaceuticalStartTime, .radiopharmaceuticalStopTime, .radionuclideTotalDose, .radionuclideHalfLife,
        .radionuclidePositronFraction, .radiopharmaceuticalSpecificActivity, .radiopharmaceuticalStartDateTime,
        .reconstructionDiameter, .gantryDetectorTilt, .rotationDirection, .exposureTime, .xRayTubeCurrent,
        .collimatorType, .convolutionKernel, .actualFrameDuration, .patientPosition, .contentQualification,
        .decayCorrected, .contributingEquipmentSequence, .contributionDateTime, .contributionDescription,
        .studyInstanceUID, .seriesInstanceUID, .studyID, .seriesNumber, .acquisitionNumber, .instanceNumber,
        .patientOrientation, .imagePositionPatient, .imageOrientationPatient, .frameOfReferenceUID, .laterality,
        .imageLaterality, .temporalPositionIdentifier, .numberOfTemporalPositions, .imagesInAcquisition,
        .positionReferenceIndicator, .sliceLocation, .numberOfPatientRelatedStudies, .numberOfPatientRelatedSeries, .numberOfPatientRelatedInstances, .numberOfStudyRelatedSeries, .numberOfStudyRelatedInstances, .numberOfSeriesRelatedInstances,
        .imageComments, .derivationAlgorithmSequence, .algorithmSource, .samplesPerPixel, .photometricInterpretation,
        .planarConfiguration, .numberOfFrames, .rows, .columns, .pixelSpacing, .correctedImage, .bitsAllocated,
        .bitsStored, .highBit, .pixelRepresentation, .smallestImagePixelValue, .largestImagePixelValue,
        .burnedInAnnotation, .windowCenter, .windowWidth, .rescaleIntercept, .rescaleSlope, .rescaleType,
        .spatialLocationsPreserved, .lossyImageCompression, .requestingPhysician, .requestedProcedureDescription,
        .requestedProcedureCodeSequence, .scheduledProcedureStepDescription, .scheduledProcedureStepID,
        .performedProcedureStepStartDate, .performedProcedureStepStartTime, .performedProcedureStepID,
        .performedProcedureStepDescription, .requestAttributesSequence, .measurementUnitsCodeSequence, .requestedProcedureID,
        .relationshipType,
        .valueType, .conceptNameCodeSequence, .continuityOfContent, .predecessorDocumentsSequence, .uid, .textValue, .conceptCodeSequence,
        .purposeOfReferenceCodeSequence, .measuredValueSequence, .numericValue,
        .currentRequestedProcedureEvidenceSequence, .pertinentOtherEvidenceSequence, .completionFlag,
        .verificationFlag, .preliminaryFlag, .contentTemplateSequence, .contentSequence, .templateIdentifier,
        .documentTitle, .encapsulatedDocument, .mimeTypeOfEncapsulatedDocument, .sourceInstanceSequence,
        .encapsulatedDocumentLength,
        .energyWindowRangeSequence, .radiopharmaceuticalInformationSequence, .numberOfRRIntervals,
        .numberOfTimeSlots, .numberOfSlices, .numberOfTimeSlices, .typeOfDetectorMotion, .radionuclideCodeSequence,
        .administrationRouteCodeSequence, .radiopharmaceuticalCodeSequence, .patientOrientationCodeSequence,
        .patientOrientationModifierCodeSequence, .patientGantryRelationshipCodeSequence, .seriesType, .units,
        .countsSource, .reprojectionMethod, .suvType, .randomsCorrectionMethod, .attenuationCorrectionMethod,
        .decayCorrection, .reconstructionMethod, .detectorLinesOfResponseUsed, .scatterCorrectionMethod,
        .axialAcceptance, .frameReferenceTime, .primaryPromptsCountsAccumulated, .sliceSensitivityFactor,
        .decayFactor, .doseCalibrationFactor, .scatterFractionFactor, .deadTimeFactor, .imageIndex,
        .segmentationType, .segmentSequence, .segmentedPropertyCategoryCodeSequence, .segmentNumber, .segmentLabel,
        .segmentDescription, .segmentAlgorithmType, .segmentAlgorithmName, .segmentIdentificationSequence,
        .referencedSegmentNumber, .recommendedDisplayCIELabValue, .segmentedPropertyTypeCodeSequence, .trackingID,
        .trackingUID, .algorithmFamilyCodeSequence, .algorithmVersion, .algorithmParameters, .algorithmName,
        .contentLabel, .contentDescription, .contentCreatorName, .structureSetLabel, .structureSetName,
        .structureSetDescription, .structureSetDate, .structureSetTime, .referencedFrameOfReferenceSequence, .predecessorStructureSetSequence,
        .rtReferencedStudySequence, .rtReferencedSeriesSequence, .contourImageSequence, .structureSetROISequence,
        .roiNumber, .referencedFrameOfReferenceUID, .roiName, .roiDescription, .roiDisplayColor, .roiVolume,
        .roiGenerationAlgorithm, .roiDerivationAlgorithmIdentificationSequence, .roiGenerationDescription,
        .roiContourSequence, .contourSequence, .contourGeometricType, .numberOfContourPoints, .contourNumber,
        .contourData, .rtROIObservationsSequence, .observationNumber, .referencedROINumber,
        .rtROIIdentificationCodeSequence, .rtROIInterpretedType, .roiInterpreter, .approvalStatus,
        .sharedFunctionalGroupsSequence, .perFrameFunctionalGroupsSequence, .pixelData,
    ]
}
