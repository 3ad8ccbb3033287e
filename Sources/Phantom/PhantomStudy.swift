import DICOM
import Imaging

/// A scanned phantom: volumes and truth; `PhantomStudy+DataSets.swift` makes DICOM of them.
public struct PhantomStudy: Sendable {
    /// Who was scanned.
    public let patient: PhantomPatient
    /// How.
    public let acquisition: Acquisition
    /// Names, identifiers, times and dose.
    public let identity: PhantomIdentity
    /// The PET.
    public let pet: Volume<SUVbw>
    /// The CT, on a finer grid of its own in the same frame of reference.
    public let ct: Volume<HounsfieldUnits>
    /// What there is to find.
    public let truth: PhantomTruth
}
