import DICOM

extension StudyContent {
    /// Who a patient is, as far as images say so (PS3.3 section C.7.1.1).
    public struct PatientIdentity: Sendable, Hashable {
        /// Patient ID, empty where there is none.
        public let patientID: String
        /// Who issued it; nil where the image does not say.
        public let issuer: String?
        /// Patient's Birth Date; nil where the image does not say.
        public let birthDate: String?

        /// Names a patient.
        public init(patientID: String, issuer: String?, birthDate: String?) {
            (self.patientID, self.issuer, self.birthDate) = (patientID, issuer, birthDate)
        }

        /// Whether both can be the same patient: what one leaves out does not contradict the other. Names do not count, as
        /// devices write the same one in different ways.
        package func agrees(with other: PatientIdentity) -> Bool {
            func agree(_ one: String?, _ another: String?) -> Bool { one == nil || another == nil || one == another }
            return patientID == other.patientID && agree(issuer, other.issuer) && agree(birthDate, other.birthDate)
        }
    }

    /// The patients that the images are said to be of: one in each sound study, more where images contradict each other.
    public var patientIdentities: [PatientIdentity] {
        let all = Set(
            series.flatMap(\.headers).map { header in
                PatientIdentity(
                    patientID: header.string(.patientID) ?? "", issuer: header.string(.issuerOfPatientID),
                    birthDate: header.string(.patientBirthDate))
            })
        // Of two that agree the fuller one stands for both.
        let fullest = all.sorted { ($0.stated, $0.key) > ($1.stated, $1.key) }
        return fullest.reduce(into: []) { patients, identity in
            if !patients.contains(where: { $0.agrees(with: identity) }) { patients.append(identity) }
        }
    }
}

extension StudyContent.PatientIdentity {
    /// How much is said.
    fileprivate var stated: Int { (issuer == nil ? 0 : 1) + (birthDate == nil ? 0 : 1) }
    /// For an order that does not depend on hashing.
    fileprivate var key: String { "\(patientID)\u{0}\(issuer ?? "")\u{0}\(birthDate ?? "")" }
}
