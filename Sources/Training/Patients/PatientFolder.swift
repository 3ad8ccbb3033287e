import Detection
import Foundation
import Synchronization

/// A cohort on disk (`uptake-lab cohort`) from which training patients are made, each kept in a file beside his volumes so
/// that the next experiment begins at once.
public struct PatientFolder: Sendable {
    /// The folder.
    public let path: String
    private let members: [String]

    /// Lists a folder's whole patients by name.
    /// - Throws: `CohortError.unreadable` where there are none.
    public init(_ path: String) throws(CohortError) {
        self.path = path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        members = names.filter { CohortStudy.isComplete(path + "/" + $0) }.sorted {
            $0.compare($1, options: .numeric) == .orderedAscending
        }
        if members.isEmpty { throw .unreadable(path: path, reason: "there are no patients of a cohort in it") }
    }

    /// How many patients.
    public var count: Int { members.count }

    /// The patients in order.
    /// - Parameters:
    ///   - limit: only the first ones.
    ///   - changes: what is done to each scan before.
    ///   - progress: told how many are ready, and how many there will be.
    public func patients(
        limit: Int = .max, changes: ScanChanges = ScanChanges(), progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(CohortError) -> [TrainingPatient] {
        let wanted = Array(members.prefix(limit))
        let results = Mutex([Swift.Result<TrainingPatient, CohortError>?](repeating: nil, count: wanted.count))
        let done = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: wanted.count) { index in
            let result = Swift.Result { () throws(CohortError) in try patient(wanted[index], changes) }
            results.withLock { $0[index] = result }
            progress(done.add(1, ordering: .relaxed).newValue, wanted.count)
        }
        var patients: [TrainingPatient] = []
        for result in results.withLock({ $0 }) { patients.append(try result!.get()) }
        return patients
    }

    private func patient(_ name: String, _ changes: ScanChanges) throws(CohortError) -> TrainingPatient {
        let folder = path + "/" + name
        let isPlain = changes == ScanChanges()
        let file = folder + "/views.plist"
        // Other settings of detection make other foci.
        let key = " " + String(describing: FocusDetection())
        if isPlain, let patient = TrainingPatient(contentsOf: file, key: key) { return patient }
        let patient = TrainingPatient(try CohortStudy(contentsOf: folder), name: name, changes: changes)
        if isPlain { try patient.write(to: file, key: key) }
        return patient
    }
}
