import DICOM

/// Who takes what a C-GET brings. Called in the thread of the C-GET.
public protocol InstanceReceiver {
    /// Names the file for a data set that is about to come. No name comes from the peer.
    func destination(for request: StoreRequest) -> StoreDestination
    /// Takes a data set over; the peer is answered with what this returns.
    func store(_ instance: ReceivedInstance) -> StoreAnswer
    /// A data set came in whole and could not be written; the peer is answered with `answer`, a failure.
    func writingFailed(_ request: StoreRequest, errno: Int32, answer: StoreAnswer)
}

/// The storage SOP classes that we retrieve by C-GET: each has to be proposed, and an association holds 128 proposals.
enum RetrievedClasses {
    /// Images: proposed in each lossless transfer syntax, so that they come as the peer holds them.
    static let images: [UID] = [
        .ctImageStorage, .positronEmissionTomographyImageStorage, .enhancedCTImageStorage, .enhancedPETImageStorage,
        .legacyConvertedEnhancedCTImageStorage, .legacyConvertedEnhancedPETImageStorage,
        UID(constant: "1.2.840.10008.5.1.4.1.1.4"),  // MR
        .secondaryCaptureImageStorage,
        UID(constant: "1.2.840.10008.5.1.4.1.1.20"),  // NM
    ]

    /// What else a study may hold.
    static let others: [UID] = [
        .segmentationStorage, .rtStructureSetStorage, .comprehensive3DSRStorage, .keyObjectSelectionDocumentStorage,
        UID(constant: "1.2.840.10008.5.1.4.1.1.88.11"),  // Basic Text SR
        UID(constant: "1.2.840.10008.5.1.4.1.1.88.22"),  // Enhanced SR
        UID(constant: "1.2.840.10008.5.1.4.1.1.88.33"),  // Comprehensive SR
        UID(constant: "1.2.840.10008.5.1.4.1.1.88.67"),  // X-Ray Radiation Dose SR
        UID(constant: "1.2.840.10008.5.1.4.1.1.88.68"),  // Radiopharmaceutical Radiation Dose SR
        UID(constant: "1.2.840.10008.5.1.4.1.1.11.1"),  // Grayscale Softcopy Presentation State
        UID(constant: "1.2.840.10008.5.1.4.1.1.11.4"),  // Blending Softcopy Presentation State
        UID(constant: "1.2.840.10008.5.1.4.1.1.66"),  // Raw Data
        UID(constant: "1.2.840.10008.5.1.4.1.1.66.1"),  // Spatial Registration
        UID(constant: "1.2.840.10008.5.1.4.1.1.67"),  // Real World Value Mapping
        UID(constant: "1.2.840.10008.5.1.4.1.1.104.1"),  // Encapsulated PDF
        UID(constant: "1.2.840.10008.5.1.4.1.1.7.2"),  // Multi-frame Grayscale Word Secondary Capture
        UID(constant: "1.2.840.10008.5.1.4.1.1.7.4"),  // Multi-frame True Color Secondary Capture
        UID(constant: "1.2.840.10008.5.1.4.1.1.481.2"),  // RT Dose
        UID(constant: "1.2.840.10008.5.1.4.1.1.481.5"),  // RT Plan
    ]

    /// The lossless compressions: JPEG Lossless SV1, JPEG-LS Lossless, JPEG 2000 Lossless, RLE Lossless.
    private static let compressions: [UID] = [
        UID(constant: "1.2.840.10008.1.2.4.70"), UID(constant: "1.2.840.10008.1.2.4.80"),
        UID(constant: "1.2.840.10008.1.2.4.90"), UID(constant: "1.2.840.10008.1.2.5"),
    ]

    /// The proposals, from a context ID on. An acceptor chooses one transfer syntax of a context, which should be that of
    /// its file: so each compression has a context of its own.
    static func contexts(from first: UInt8) -> [RequestedAssociation.PresentationContext] {
        let plain: [UID] = [.explicitVRLittleEndian, .implicitVRLittleEndian]
        let offers =
            (images + others).map { ($0, plain) }
            + images.flatMap { image in compressions.map { (image, [$0]) } }
        return offers.enumerated().map { index, offer in
            .init(id: first + UInt8(2 * index), abstractSyntax: offer.0, transferSyntaxes: offer.1, isSCP: true)
        }
    }
}
