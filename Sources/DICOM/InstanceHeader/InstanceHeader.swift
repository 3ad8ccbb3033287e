/// What an index needs to know of a received object, read from its bytes within fixed bounds.
///
/// A listener may not trust what peers send: DCMTK's parser recurses into sequences and dies of an object nested deep
/// enough, so what runs in the listener reads headers here. The scan is iterative, never allocates by a length that it
/// was told, compares each length with what is there, holds one small window of the file and at most 4 MiB of an
/// inflated one, and ends after a bounded number of elements. Pixel data is stepped over.
public struct InstanceHeader: Sendable, Equatable {
    /// Transfer Syntax UID of the file meta information.
    public let transferSyntaxUID: UID
    /// SOP Class UID.
    public let sopClassUID: UID
    /// SOP Instance UID.
    public let sopInstanceUID: UID
    /// Study Instance UID.
    public let studyInstanceUID: UID
    /// Series Instance UID.
    public let seriesInstanceUID: UID
    /// Source Application Entity Title of the file meta information: who sent the object to whoever wrote the file.
    public let sourceApplicationEntityTitle: String?
    /// Those of `indexedAttributes` that the object has at its top level, little endian whatever its transfer syntax.
    ///
    /// Text stays in the object's own character set, which is among them, so that `DataSet.string` decodes it.
    public let attributes: DataSet
    /// Where the data set begins: the length of preamble, prefix and file meta information in bytes.
    public let dataSetOffset: Int

    /// The bounds of a scan.
    public struct Limits: Sendable {
        /// How many sequences may lie within each other.
        public var nesting = 64
        /// How many data elements and items are stepped through, over all levels.
        public var elements = 2_000_000
        /// How far elements out of order (PS3.5 section 7.1) may be from their places, over all of them: the work of DCMTK, which
        /// goes back from the last to the place of each.
        public var disorder = 10_000_000
        /// The longest value taken into the index, in bytes.
        public var valueBytes = 4096
        /// How much of a deflated data set is inflated, in bytes: the index attributes must lie within.
        public var inflatedBytes = 4 << 20

        /// The bounds that the node uses.
        public static let standard = Limits()
    }

    /// Reads the header of a Part 10 file (PS3.10 section 7).
    ///
    /// The structure of the whole file is followed to its end, so that a truncated object is known as such; only of a
    /// deflated one is the part after the index attributes left unread.
    /// - Throws: the reason for which the object cannot enter an index.
    public init(path: String, limits: Limits = .standard) throws(InstanceHeaderError) {
        self = try Self(source: ByteWindow(path: path), limits: limits)
    }

    /// Reads the header of a Part 10 file that is in memory.
    public init(bytes: [UInt8], limits: Limits = .standard) throws(InstanceHeaderError) {
        self = try Self(source: ByteWindow(bytes: bytes), limits: limits)
    }

    /// Reads the header of a Part 10 file that lies in memory of somebody else's.
    public init(
        contents: UnsafeRawBufferPointer, limits: Limits = .standard
    ) throws(InstanceHeaderError) {
        self = try Self(source: ByteWindow(borrowing: contents), limits: limits)
    }

    private init(source: ByteWindow, limits: Limits) throws(InstanceHeaderError) {
        var source = source
        let meta = try HeaderScanner.metaInformation(of: &source, limits: limits)
        guard let syntax = meta.attributes.uid(.transferSyntaxUID) else {
            throw Self.unusable(.transferSyntaxUID, in: meta.attributes)
        }
        guard let encoding = Encoding(transferSyntax: syntax) else { throw .unsupportedTransferSyntax(syntax) }
        let attributes = try HeaderScanner.dataSet(
            of: source, at: meta.end, in: encoding, limits: limits, inflated: syntax.isDeflated)
        try self.init(meta: meta.attributes, transferSyntax: syntax, attributes: attributes, dataSetOffset: meta.end)
    }

    private init(
        meta: DataSet, transferSyntax: UID, attributes: DataSet, dataSetOffset: Int
    ) throws(InstanceHeaderError) {
        func required(_ attribute: Attribute) throws(InstanceHeaderError) -> UID {
            guard let uid = attributes.uid(attribute) else { throw Self.unusable(attribute, in: attributes) }
            return uid
        }
        self.transferSyntaxUID = transferSyntax
        self.sopClassUID = try required(.sopClassUID)
        self.sopInstanceUID = try required(.sopInstanceUID)
        self.studyInstanceUID = try required(.studyInstanceUID)
        self.seriesInstanceUID = try required(.seriesInstanceUID)
        sourceApplicationEntityTitle = meta.string(.sourceApplicationEntityTitle)
        self.attributes = attributes
        self.dataSetOffset = dataSetOffset
        // PS3.10 section 7.1: the meta information names the same object. One that answers to two names has none.
        for (outside, inside) in [
            (Attribute.mediaStorageSOPClassUID, sopClassUID), (.mediaStorageSOPInstanceUID, sopInstanceUID),
        ] where meta.hasValue(outside) && meta.uid(outside) != inside {
            throw .identityMismatch(keyword: outside.keyword)
        }
    }

    private static func unusable(_ attribute: Attribute, in dataSet: DataSet) -> InstanceHeaderError {
        guard let bytes = dataSet.bytes(attribute), !bytes.isEmpty else {
            return .missing(keyword: attribute.keyword)
        }
        return .malformedUID(keyword: attribute.keyword)
    }
}

extension InstanceHeader {
    /// The attributes taken up: those of the query levels (PS3.4 section C.6) and those that tell whether a series is
    /// complete.
    public static let indexedAttributes: [Attribute] = [
        .specificCharacterSet, .imageType, .sopClassUID, .sopInstanceUID, .studyDate, .seriesDate, .acquisitionDate,
        .studyTime, .seriesTime, .acquisitionTime, .accessionNumber, .modality, .manufacturer, .institutionName,
        .referringPhysicianName, .stationName, .studyDescription, .seriesDescription, .manufacturerModelName,
        .patientName, .patientID, .issuerOfPatientID, .patientBirthDate, .patientSex, .bodyPartExamined,
        .protocolName, .studyInstanceUID, .seriesInstanceUID, .studyID, .seriesNumber, .acquisitionNumber,
        .instanceNumber, .imagePositionPatient, .imageOrientationPatient, .frameOfReferenceUID,
        .temporalPositionIdentifier, .numberOfTemporalPositions, .imagesInAcquisition, .numberOfFrames, .rows,
        .columns, .correctedImage, .numberOfTimeSlots, .numberOfSlices, .numberOfTimeSlices, .seriesType, .units,
    ]
}
