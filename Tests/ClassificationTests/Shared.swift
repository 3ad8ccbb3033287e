import Classification
import DICOM
import Detection
import Foundation
import Imaging
import Phantom

/// A phantom and what detection finds in it, made once.
enum Shared {
    static let scan: ScanVolumes = {
        let study = PhantomPatient(seed: 401).scan()
        let ct = study.ct.resampled(to: study.pet.geometry, outside: .nan)
        return ScanVolumes(pet: study.pet, ct: ct, tracer: .ga68PSMA11)
    }()
    static let uptake = FocusDetection().detect(in: scan)

    /// The same scan without its CT, or with a CT of the lower half alone.
    static let withoutCT = ScanVolumes(pet: scan.pet, ct: nil, tracer: scan.tracer)
    static let halfCT: ScanVolumes = {
        var ct = scan.ct!
        for index in ct.voxels.count / 2..<ct.voxels.count { ct.voxels[index] = .nan }
        return ScanVolumes(pet: scan.pet, ct: ct, tracer: scan.tracer)
    }()
}

/// A small scan with one hot spot, of which no organ can be found.
func spot(at place: PatientPoint, in geometry: VolumeGeometry) -> ScanVolumes {
    let voxels = (0..<geometry.count).map { index in
        let distance = geometry.point(at: index).distance(to: place)
        return Float(0.5 + 20 * exp(-distance * distance / 200))
    }
    return ScanVolumes(pet: Volume(geometry: geometry, voxels: voxels), ct: nil, tracer: .f18FDG)
}

/// A small axial grid about the origin.
func grid(_ count: Int, slices: Int) -> VolumeGeometry {
    .axial(
        columns: count, rows: count, slices: slices, spacing: PatientPoint(4, 4, 4),
        origin: PatientPoint(-2 * Double(count - 1), -2 * Double(count - 1), 0), frameOfReferenceUID: UID("1.2.3")!)
}
