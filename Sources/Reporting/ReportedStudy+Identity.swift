import DICOM

extension ReportedStudy {
    /// Makes an object one of this study: patient and study byte for byte as in the PET, then series, equipment,
    /// instance and dates of its own.
    ///
    /// All text set here is ASCII, so it holds under any Specific Character Set that the PET declares.
    func stamp(_ object: inout DataSet, as kind: Kind) {
        copyIdentity(into: &object)
        setSeries(of: &object, kind)
        setEquipment(of: &object)
        object.set(.sopClassUID, kind.sopClassUID)
        object.set(.sopInstanceUID, sopInstanceUID(kind))
        object.set(.instanceNumber, 1)
        object.set(.instanceCreationDate, createdAt.date)
        object.set(.instanceCreationTime, createdAt.time)
        object.set(.contentQualification, "RESEARCH")
        setPredecessors(of: &object, kind)
    }

    private func copyIdentity(into object: inout DataSet) {
        let source = reading.pet.headers[0]
        for attribute in Self.copied { object.remove(attribute) }
        for attribute in Self.required { object.setEmpty(attribute) }
        object.copy(Self.copied, from: source)
    }

    private func setSeries(of object: inout DataSet, _ kind: Kind) {
        object.set(.seriesInstanceUID, seriesInstanceUID(kind))
        object.set(.seriesNumber, series(kind).number)
        object.set(.seriesDescription, ascii(series(kind).description, limit: 64))
        object.set(.seriesDate, createdAt.date)
        object.set(.seriesTime, createdAt.time)
    }

    private func setEquipment(of object: inout DataSet) {
        var contribution = DataSet()
        object.set(.manufacturer, ascii(device.manufacturer, limit: 64))
        object.set(.manufacturerModelName, ascii(device.modelName, limit: 64))
        object.set(.deviceSerialNumber, ascii(device.serialNumber, limit: 64))
        object.set(.softwareVersions, ascii(device.softwareVersion, limit: 64))
        contribution.copy(
            [.manufacturer, .manufacturerModelName, .deviceSerialNumber, .softwareVersions], from: object)
        contribution.set(.deviceUID, device.uid)
        contribution.set(.purposeOfReferenceCodeSequence, Concepts.processingEquipment)
        contribution.set(.contributionDateTime, createdAt.description)
        contribution.set(.contributionDescription, "Detection and classification of uptake (research use)")
        object.set(.contributingEquipmentSequence, [contribution])
    }

    /// Type 2: present even where the PET lacks them.
    static let required: [Attribute] = [
        .patientName, .patientID, .patientBirthDate, .patientSex, .studyDate, .studyTime, .accessionNumber,
        .referringPhysicianName, .studyID,
    ]

    /// Patient, General Study and Patient Study modules (PS3.3 sections C.7.1.1, C.7.2.1, C.7.2.2), the character set in
    /// which they are written, and the offset of the clock where the PET states it.
    static let copied: [Attribute] = [
        .specificCharacterSet, .timezoneOffsetFromUTC,
        .patientName, .patientID, .issuerOfPatientID, .issuerOfPatientIDQualifiersSequence, .patientBirthDate,
        .patientBirthTime, .patientSex, .otherPatientIDsSequence, .ethnicGroup, .patientComments,
        .patientIdentityRemoved, .deidentificationMethod, .deidentificationMethodCodeSequence,
        .studyInstanceUID, .studyDate, .studyTime, .studyID, .accessionNumber, .issuerOfAccessionNumberSequence,
        .referringPhysicianName, .studyDescription, .procedureCodeSequence, .physiciansOfRecord,
        .nameOfPhysiciansReadingStudy, .referencedStudySequence,
        .admittingDiagnosesDescription, .patientAge, .patientSize, .patientWeight, .occupation, .smokingStatus,
        .additionalPatientHistory, .pregnancyStatus,
    ]
}
