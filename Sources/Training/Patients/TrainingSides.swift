/// Who is learnt from and who is measured on, over several folders of patients: whoever has been met stays on his side,
/// whichever folder he is met in again.
public struct TrainingSides: Sendable {
    private var isHeldOut: [String: Bool] = [:]

    /// Nobody has been met.
    public init() {}

    /// Whether each study of a folder is measured on, and not learnt from.
    public mutating func heldOut(_ patients: [TrainingPatient]) -> [Bool] {
        zip(patients, patients.people).map { patient, number in
            let isHeld = isHeldOut[patient.person] ?? PatientFolder.isHeldOut(number)
            isHeldOut[patient.person] = isHeld
            return isHeld
        }
    }
}
