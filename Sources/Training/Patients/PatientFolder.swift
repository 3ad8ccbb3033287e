import Classification
import Detection
import Foundation
import Synchronization

/// A folder from which training patients are made: a cohort (`uptake-lab cohort`), each patient kept in a file beside his
/// volumes so that the next experiment begins at once, or a collection of labelled studies from elsewhere (`StudySource`),
/// beside which nothing is written.
public struct PatientFolder: Sendable {
    /// The folder.
    public let path: String
    private let members: [String]
    private let collection: StudySource?
    private let organs: OrganMap?

    /// Lists a folder's whole patients by name.
    /// - Parameters:
    ///   - assumptions: what a collection from elsewhere does not tell.
    ///   - organs: the map that says what organ each focus lies in; nil for networks that are not told.
    /// - Throws: `CohortError.unfinished` where patients of a cohort are missing; `CohortError.notACollection` where there are
    ///   none.
    public init(
        _ path: String, assuming assumptions: StudySource.Assumptions = StudySource.Assumptions(),
        organs: OrganMap? = nil
    ) throws(CohortError) {
        (self.path, self.organs) = (path, organs)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let drawn = names.filter { CohortStudy.isComplete(path + "/" + $0) }.sorted {
            $0.compare($1, options: .numeric) == .orderedAscending
        }
        // As many as were to be drawn, or at least as many as were begun.
        let begun = names.count { FileManager.default.fileExists(atPath: path + "/" + $0 + "/pet.nrrd") }
        let wanted = max(try CohortDescription(folder: path)?.memberCount ?? 0, begun)
        guard drawn.count >= wanted else { throw .unfinished(path: path, whole: drawn.count, of: wanted) }
        do throws(ImportError) {
            collection = drawn.isEmpty ? try StudySource(path, assuming: assumptions) : nil
        } catch {
            throw .notACollection(error)
        }
        members = collection?.names ?? drawn
    }

    /// Whether a person of a cohort is measured on and not learnt from: every eighth is, by whatever network, with all his
    /// studies.
    /// - Parameter number: as of `[TrainingPatient].people`.
    public static func isHeldOut(_ number: Int) -> Bool { number % 8 == 7 }

    /// Whether its patients are drawn.
    public var isDigital: Bool { collection == nil }

    /// How many patients.
    public var count: Int { members.count }

    /// The patients in order.
    /// - Parameters:
    ///   - limit: only the first ones.
    ///   - changes: what is done to each scan before.
    ///   - leftOut: told of each study from elsewhere that cannot be used. A drawn one that cannot be read is an error, and so is
    ///     what the options do not say.
    ///   - progress: told how many are ready, and how many there will be.
    /// - Throws: the first error, where none of those from elsewhere can be used.
    public func patients(
        limit: Int = .max, changes: ScanChanges = ScanChanges(), leftOut: @escaping (CohortError) -> Void = { _ in },
        progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(CohortError) -> [TrainingPatient] {
        let names = members.prefix(limit)
        do throws(ImportError) { try collection?.requireTracers(of: names) } catch { throw .notACollection(error) }
        let patients = try each(names, leftOut, progress) { name throws(CohortError) in
            try patient(name, changes.drawn(for: name), file: changes == ScanChanges() ? "views" : nil)
        }
        do throws(ImportError) { try collection?.requireLesionNameMet() } catch { throw .notACollection(error) }
        return patients
    }

    /// How patients are looked at once more, each in a way of his own.
    public enum Variation: String, Sendable, CaseIterable {
        /// The CT moved against the PET by 8 to 25 mm.
        case displaced
        /// The PET with more noise.
        case noisier
        /// The PET smoother.
        case blurred
        /// Only the first slices, from the thighs up in most scans.
        case cropped

        fileprivate func changes(_ name: String) -> ScanChanges {
            switch self {
            case .displaced: .displacement(name)
            case .noisier: .noisier(name)
            case .blurred: .blurred(name)
            case .cropped: .cropped(name)
            }
        }
    }

    /// Some of the patients, changed.
    /// - Parameter names: which of them, by what they are called.
    public func patients(
        _ names: [String], changed variation: Variation, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(CohortError) -> [TrainingPatient] {
        try each(names, nil, progress) { name throws(CohortError) in
            try patient(name, variation.changes(name), file: "views-\(variation.rawValue)")
        }
    }

    /// Who the patients of a cohort are, in order.
    public func people(limit: Int = .max) -> [String] { members.prefix(limit).map(TrainingPatient.person(drawnAs:)) }

    /// The patients as the training of an organ map sees them, in order.
    /// - Parameters:
    ///   - limit: only the first ones.
    ///   - progress: told how many are ready, and how many there will be.
    /// - Throws: `CohortError.notACollection` where nobody knows their organs.
    public func organPatients(
        limit: Int = .max, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(CohortError) -> [OrganPatient] {
        guard isDigital else {
            throw .notACollection(.unreadable(path: path, reason: "not drawn, so that its organs are unknown"))
        }
        return try each(members.prefix(limit), nil, progress) { name throws(CohortError) in
            OrganPatient(try CohortStudy(contentsOf: path + "/" + name))
        }
    }

    /// Makes a patient of each name, on all processors. What stands in the way of all ends it at once.
    /// - Parameter leftOut: told of studies from elsewhere that cannot be used; nil where each of them has to be.
    private func each<Patient: Sendable>(
        _ names: some Collection<String>, _ leftOut: ((CohortError) -> Void)?,
        _ progress: @escaping @Sendable (Int, Int) -> Void,
        _ make: @Sendable (String) throws(CohortError) -> Patient
    ) throws(CohortError) -> [Patient] {
        let wanted = Array(names)
        let results = Mutex([Swift.Result<Patient, CohortError>?](repeating: nil, count: wanted.count))
        let done = Atomic(0)
        let isOver = Atomic(false)
        let mayLeaveOut = leftOut != nil
        DispatchQueue.concurrentPerform(iterations: wanted.count) { index in
            guard !isOver.load(ordering: .relaxed) else { return }
            let result = Swift.Result { () throws(CohortError) in try make(wanted[index]) }
            if case .failure(let error) = result, !(mayLeaveOut && error.isOfOneStudy) {
                isOver.store(true, ordering: .relaxed)
            }
            results.withLock { $0[index] = result }
            progress(done.add(1, ordering: .relaxed).newValue, wanted.count)
        }
        var patients: [Patient] = []
        var refusals: [CohortError] = []
        for result in results.withLock({ $0 }) {
            switch result {
            case .success(let patient)?: patients.append(patient)
            case .failure(let error)?:
                guard mayLeaveOut, error.isOfOneStudy else { throw error }
                refusals.append(error)
            // Not begun, since one after it ended everything.
            case nil: continue
            }
        }
        if patients.isEmpty, let first = refusals.first { throw first }
        for refusal in refusals { leftOut?(refusal) }
        return patients
    }

    /// Makes a patient, or reads him from a file beside his volumes.
    /// - Parameter file: what the file's name begins with; nil to look afresh and write nothing.
    private func patient(
        _ name: String, _ changes: ScanChanges, file: String?
    ) throws(CohortError) -> TrainingPatient {
        if let collection {
            do throws(ImportError) {
                return TrainingPatient(try collection.study(name), changes: changes, organs: organs)
            } catch {
                throw .notACollection(error)
            }
        }
        let folder = path + "/" + name
        // Other drawings, settings of detection and changes make other foci, and another map names other organs.
        let key = " \(CohortStudy.edition) \(FocusDetection()) \(changes) \(organs?.digest ?? "no map")"
        // Each map has a file of its own, so that models of different maps may be trained and measured in turn.
        let path = file.map { folder + "/" + $0 + (organs.map { "-" + $0.digest.prefix(8) } ?? "") + ".plist" }
        if let path, let patient = TrainingPatient(contentsOf: path, key: key) { return patient }
        let patient = TrainingPatient(try CohortStudy(contentsOf: folder), name: name, changes: changes, organs: organs)
        // Kept for the next time; where nothing can be written, as in a cohort that is only to be read, he is looked at again.
        if let path { try? patient.write(to: path, key: key) }
        return patient
    }
}
