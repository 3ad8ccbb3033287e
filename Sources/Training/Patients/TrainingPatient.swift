import Classification
import DICOM
import Detection
import Imaging
import Phantom

/// A patient as the network learns from him and is measured on him: what it sees, and what is known.
public struct TrainingPatient: Sendable {
    /// How the patient is called in the cohort, or his study.
    public let name: String
    /// Who he is: the same for all his studies, of which some must not be learnt from while others are measured on.
    public let person: String
    /// What the network sees.
    public let view: ScanView
    /// The candidate foci, in the order of the view's. Their voxels are left out.
    public let foci: [CandidateFocus]
    /// What is known of each focus.
    public let labels: [FocusLabel]
    /// The body's middle from side to side (LPS, mm).
    public let midline: Double
    /// What is known of the patient.
    public let truth: Truth

    /// Gathers a patient.
    /// - Parameter person: who he is; the name where not given.
    /// - Precondition: as many foci and labels as the view has foci.
    public init(
        name: String, person: String? = nil, view: ScanView, foci: [CandidateFocus], labels: [FocusLabel],
        midline: Double, truth: Truth
    ) {
        precondition(foci.count == view.foci.count && labels.count == foci.count, "labels for other foci")
        (self.name, self.person, self.view, self.foci, self.labels) = (name, person ?? name, view, foci, labels)
        (self.midline, self.truth) = (midline, truth)
    }

    /// Detects the foci of a digital patient and labels them.
    /// - Parameters:
    ///   - changes: what is done to the scan before.
    ///   - organs: the map that says what organ each focus lies in; nil for networks that are not told.
    public init(
        _ study: CohortStudy, name: String, changes: ScanChanges = ScanChanges(), organs: OrganMap? = nil
    ) {
        let scan = changes.applied(to: ScanVolumes(pet: study.pet, ct: study.ct, tracer: study.truth.tracer))
        let uptake = FocusDetection().detect(in: scan)
        let truth = study.truth
        self.init(
            name: name, person: Self.person(drawnAs: name),
            view: ScanView(uptake, in: scan, organs: organs, isLearntFrom: true),
            foci: uptake.foci.map(\.withoutVoxels),
            labels: uptake.foci.map { FocusLabel(truth.site(of: $0)) }, midline: uptake.landmarks.midline,
            truth: Truth(truth, foci: uptake.foci))
    }

    /// Who a digital patient is, whatever tracer he was given: his body and his disease come of the seed, with which the name of
    /// his folder ends.
    static func person(drawnAs name: String) -> String { "phantom " + (name.split(separator: "-").last ?? "") }

    /// Detects the foci of a labelled study and labels them by its mask. The stage is unknown, and so is whether a lesion can
    /// be seen: all count.
    /// - Parameters:
    ///   - changes: what is done to the scan before.
    ///   - organs: the map that says what organ each focus lies in; nil for networks that are not told.
    public init(_ study: LabelledStudy, changes: ScanChanges = ScanChanges(), organs: OrganMap? = nil) {
        let scan = changes.applied(to: study.scan)
        let uptake = FocusDetection().detect(in: scan)
        self.init(
            name: study.name, person: study.person,
            view: ScanView(uptake, in: scan, organs: organs, isLearntFrom: true),
            foci: uptake.foci.map(\.withoutVoxels),
            labels: uptake.foci.map { focus in
                let place = study.place(of: focus)
                return FocusLabel(
                    suspicious: study.isSuspicious(focus), location: place?.location, laterality: place?.laterality)
            }, midline: uptake.landmarks.midline,
            truth: Truth(detectable: study.lesionCount, found: study.hits(by: uptake.foci)))
    }
}

extension TrainingPatient {
    /// Tells patients from others, and from the same who were drawn or looked at otherwise: by their names, their foci's figures
    /// and labels, and what a view is.
    static func digest(of patients: [TrainingPatient]) -> SHA256Digest {
        var bytes = Array("\(edition) \(ModelDescription.Views())".utf8)
        for patient in patients {
            bytes += Array("\(patient.name) \(patient.labels)".utf8)
            for focus in patient.view.foci {
                focus.features.values.withUnsafeBytes { bytes += $0 }
                bytes += focus.organs?.all ?? []
            }
        }
        return SHA256Digest(of: bytes)
    }
}

extension [String] {
    /// For each name its number, counted from 0 in the order in which they first appear.
    var numbered: [Int] {
        var numbers: [String: Int] = [:]
        return map { name in
            let number = numbers[name] ?? numbers.count
            numbers[name] = number
            return number
        }
    }
}

extension [TrainingPatient] {
    /// The number of the person whose each study is, counted from 0 in the order in which they first appear.
    public var people: [Int] { map(\.person).numbered }

    /// The studies of those who are learnt from, and of those who are measured on (`PatientFolder.isHeldOut`).
    var parted: (learners: [TrainingPatient], validators: [TrainingPatient]) {
        var sides = TrainingSides()
        let marked = zip(self, sides.heldOut(self))
        return (marked.filter { !$1 }.map(\.0), marked.filter(\.1).map(\.0))
    }
}

extension FocusLabel {
    /// What a phantom knows of a focus. Where nothing was drawn it is noise: of no location, and no disease.
    init(_ site: PhantomTruth.Site?) {
        self.init(
            suspicious: site?.suspicious ?? false, location: site?.location, laterality: site?.laterality,
            lesion: site.flatMap { $0.suspicious ? $0.id : nil })
    }
}

extension CandidateFocus {
    /// The focus without its voxels, for which whoever wants only its figures has no use.
    fileprivate var withoutVoxels: CandidateFocus {
        CandidateFocus(
            id: id, voxels: [], peakVoxel: peakVoxel, centroid: centroid, suvMax: suvMax, suvMean: suvMean,
            suvPeak: suvPeak, volumeMl: volumeMl, totalUptake: totalUptake)
    }
}
