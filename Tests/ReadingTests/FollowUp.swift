import Classification
import DICOM
import Detection
import Imaging
import Phantom
import Reading

/// A patient scanned twice, twelve weeks apart, on two scanners and lying elsewhere the second time.
enum FollowUp {
    static let nodes: [Disease.Lesion] = [
        Disease.Lesion(.retroperitonealNode, .left, suvMax: 18, diameterMm: 14),
        Disease.Lesion(.externalIliacNode, .right, suvMax: 15, diameterMm: 12),
        Disease.Lesion(.lumbarSpine, .midline, suvMax: 16, diameterMm: 14),
    ]
    static let added = Disease.Lesion(.pelvicBone, .left, suvMax: 20, diameterMm: 18)

    /// Where the patient lies at the second scan: two degrees about an odd axis, and a hand's breadth down the table.
    static let motion = RigidTransform(
        rotation: PatientPoint(0.02, -0.015, 0.03), about: PatientPoint(0, 0, 900),
        translation: PatientPoint(9, -14, 180))

    static func patient(_ lesions: [Disease.Lesion], examination: Int = 1) -> PhantomPatient {
        PhantomPatient(seed: 77, disease: .lesions(lesions), armsUp: true, examination: examination)
    }

    /// The first scan.
    static let first = patient(nodes).scan()
    /// The second: another scanner's grid, resolution, noise and breathing, and another place.
    static let second = patient(
        [grown(nodes[0]), nodes[1], vanished(nodes[2]), added], examination: 2
    ).scan(Acquisition(seed: 4, tracer: .ga68PSMA11)).moved(by: motion)

    /// A lesion with twice the diameter, eight times the volume.
    static func grown(_ lesion: Disease.Lesion) -> Disease.Lesion {
        var lesion = lesion
        lesion.diameterMm *= 1.8
        return lesion
    }

    /// A lesion that keeps its place in the list, and no room in the body.
    static func vanished(_ lesion: Disease.Lesion) -> Disease.Lesion {
        var lesion = lesion
        (lesion.suvMax, lesion.diameterMm) = (1.2, 1)
        return lesion
    }

    static func scan(_ study: PhantomStudy, withCT: Bool = true) -> ScanVolumes {
        let ct = withCT ? study.ct.resampled(to: study.pet.geometry, outside: .nan) : nil
        return ScanVolumes(pet: study.pet, ct: ct, tracer: study.truth.tracer)
    }
}

/// Judges the foci of `FollowUp`'s scans as their lesions were drawn.
struct DrawnLesions: FocusClassifier {
    let identity = ModelIdentity(name: "drawn", version: "1", sha256: "00")

    func classify(_ uptake: DetectedUptake, in scan: ScanVolumes) -> [ClassifiedFocus] {
        let frame = scan.pet.geometry.frameOfReferenceUID
        let study = frame == FollowUp.first.identity.frameOfReferenceUID ? FollowUp.first : FollowUp.second
        let lesions = study.truth.lesions.filter { $0.suvTrue > 5 }
        return uptake.foci.map { focus in
            let site = lesions.first { lesion in
                focus.voxels.contains { scan.pet.geometry.point(at: Int($0)).distance(to: lesion.centroid) < 5 }
            }
            let verdict = Verdict(
                suspiciousProbability: site == nil ? 0 : 1, suspicious: site != nil,
                location: site?.location ?? .softTissue, laterality: site?.laterality ?? .midline,
                locationProbability: 1)
            return ClassifiedFocus(focus: focus, verdict: verdict)
        }
    }
}
