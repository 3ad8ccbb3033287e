/// Well-known UIDs (PS3.6 annex A) under the names the standard gives them.
extension UID {
    // Transfer syntaxes
    /// Implicit VR Little Endian, the default of DICOM.
    public static let implicitVRLittleEndian = UID(constant: "1.2.840.10008.1.2")
    /// Explicit VR Little Endian.
    public static let explicitVRLittleEndian = UID(constant: "1.2.840.10008.1.2.1")
    /// Deflated Explicit VR Little Endian.
    public static let deflatedExplicitVRLittleEndian = UID(constant: "1.2.840.10008.1.2.1.99")
    /// Explicit VR Big Endian (retired).
    public static let explicitVRBigEndian = UID(constant: "1.2.840.10008.1.2.2")

    // SOP classes
    /// Verification.
    public static let verification = UID(constant: "1.2.840.10008.1.1")
    /// CT Image Storage.
    public static let ctImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.2")
    /// Enhanced CT Image Storage.
    public static let enhancedCTImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.2.1")
    /// Positron Emission Tomography Image Storage.
    public static let positronEmissionTomographyImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.128")
    /// Enhanced PET Image Storage.
    public static let enhancedPETImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.130")
    /// Legacy Converted Enhanced CT Image Storage.
    public static let legacyConvertedEnhancedCTImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.2.2")
    /// Legacy Converted Enhanced PET Image Storage.
    public static let legacyConvertedEnhancedPETImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.128.1")
    /// Enhanced SR Storage.
    public static let enhancedSRStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.88.22")
    /// Comprehensive SR Storage.
    public static let comprehensiveSRStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.88.33")
    /// Comprehensive 3D SR Storage.
    public static let comprehensive3DSRStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.88.34")
    /// RT Structure Set Storage.
    public static let rtStructureSetStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.481.3")
    /// Segmentation Storage.
    public static let segmentationStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.66.4")
    /// Secondary Capture Image Storage.
    public static let secondaryCaptureImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.7")
    /// Encapsulated PDF Storage.
    public static let encapsulatedPDFStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.104.1")
    /// Key Object Selection Document Storage.
    public static let keyObjectSelectionDocumentStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.88.59")
    /// Detached Study Management (retired), still the class of RT Referenced Study Sequence.
    public static let detachedStudyManagement = UID(constant: "1.2.840.10008.3.1.2.3.1")
}
