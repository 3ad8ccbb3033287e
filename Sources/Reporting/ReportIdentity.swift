import DICOM
import Classification

/// What makes objects those of one study and one device: whose they are, who made them and when, and what they are called.
struct ReportIdentity: Sendable {
    /// The image header whose patient and study the objects share.
    let source: DataSet
    let device: Device
    let createdAt: DateTime
    let options: ReportOptions
    /// The name from which every UID derives.
    private let origin: UID

    /// - Parameters:
    ///   - source: An image header of the study, with its Study Instance UID.
    ///   - inputs: Every instance that was looked at.
    ///   - traits: Further words that tell these objects from others of the same inputs, software and model.
    init(
        source: DataSet, inputs: [UID], model: ModelIdentity, device: Device, createdAt: DateTime,
        options: ReportOptions, traits: [String] = []
    ) {
        (self.source, self.device, self.createdAt, self.options) = (source, device, createdAt, options)
        let study = source.uid(.studyInstanceUID)?.description ?? ""
        origin = .derived(
            from: [study] + inputs.map(\.description) + [device.softwareVersion, model.sha256] + options.traits
                + traits)
    }

    /// The UID of something in these objects.
    func uid(_ names: [String]) -> UID { .derived(from: [origin.description] + names) }

    /// The instance of a kind of object.
    func sopInstanceUID(_ kind: ReportObject) -> UID { uid([kind.rawValue, "instance"]) }

    /// The series of a kind of object.
    func seriesInstanceUID(_ kind: ReportObject) -> UID { uid([kind.rawValue, "series"]) }

    /// Makes an object one of this study: patient and study byte for byte as in the image, then series, equipment,
    /// instance and dates of its own.
    ///
    /// All text set here is ASCII, so it holds under any Specific Character Set that the image declares.
    func stamp(_ object: inout DataSet, as kind: ReportObject) {
        copyIdentity(into: &object)
        setSeries(of: &object, kind)
        setEquipment(of: &object)
        object.set(.sopClassUID, kind.sopClassUID)
        object.set(.sopInstanceUID, sopInstanceUID(kind))
        object.set(.instanceNumber, 1)
        object.set(.instanceCreationDate, createdAt.date)
        object.set(.instanceCreationTime, createdAt.time)
        object.set(.contentQualification, "RESEARCH")
    }

    /// Content Date and Time, of objects that have them.
    func setContentDate(of object: inout DataSet) {
        object.set(.contentDate, createdAt.date)
        object.set(.contentTime, createdAt.time)
    }

    private func copyIdentity(into object: inout DataSet) {
        for attribute in Self.copied { object.remove(attribute) }
        for attribute in Self.required { object.setEmpty(attribute) }
        object.copy(Self.copied, from: source)
    }

    private func setSeries(of object: inout DataSet, _ kind: ReportObject) {
        object.set(.seriesInstanceUID, seriesInstanceUID(kind))
        object.set(.seriesNumber, options.seriesNumber(of: kind))
        object.set(.seriesDescription, kind.seriesDescription)
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
