/// Who is learnt from and who is measured on, over several folders of patients: whoever has been met stays on his side,
/// whichever folder he is met in again.
public struct TrainingSides: Sendable {
    private var isHeldOut: [String: Bool] = [:]

    /// Nobody has been met.
    public init() {}

    /// Whether each study of a folder is measured on, and not learnt from.
    public mutating func heldOut(_ patients: [TrainingPatient]) -> [Bool] { heldOut(people: patients.map(\.person)) }

    /// Whether each study of a folder is measured on, by whose it is.
    public mutating func heldOut(people: [String]) -> [Bool] {
        zip(people, people.numbered).map { person, number in
            let isHeld = isHeldOut[person] ?? PatientFolder.isHeldOut(number)
            isHeldOut[person] = isHeld
            return isHeld
        }
    }
}
