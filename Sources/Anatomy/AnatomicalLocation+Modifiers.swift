import DICOM

extension AnatomicalLocation {
    /// What narrows `code` where SNOMED CT, as far as DICOM uses it, has only a wider or a neighbouring concept; nil where
    /// the code is the location's own. Private scheme 99UPTAKE, for a Topographical Modifier.
    public var modifier: CodedConcept? {
        switch self {
        case .prostaticBed: CodedConcept("prostatic-bed", "99UPTAKE", "Prostatic bed after prostatectomy")
        case .ganglion: CodedConcept("ganglion", "99UPTAKE", "Sympathetic ganglion")
        case .brownFat: CodedConcept("brown-fat", "99UPTAKE", "Brown adipose tissue")
        case .presacralNode: CodedConcept("presacral", "99UPTAKE", "Presacral lymph node station")
        case .mesorectalNode: CodedConcept("mesorectal", "99UPTAKE", "Mesorectal lymph node station")
        default: nil
        }
    }
}
