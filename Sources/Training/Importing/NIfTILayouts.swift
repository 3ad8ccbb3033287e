import DICOM
import Foundation
import Imaging

/// autoPET and its archive FDAT: everything resampled to the PET's grid, one name for each study.
struct AutoPETLayout {
    let path: String
    private static let suffix = ".nii.gz"

    /// The studies that have a SUV volume and a label.
    var names: [String] {
        let images = Set(contents(of: path + "/imagesTr"))
        return contents(of: path + "/labelsTr").filter { $0.hasSuffix(Self.suffix) }
            .map { String($0.dropLast(Self.suffix.count)) }.filter { images.contains($0 + "_0001" + Self.suffix) }
    }

    func study(
        _ name: String, _ tracers: StudyTracers, _ places: [KnownPlace]
    ) throws(ImportError) -> LabelledStudy {
        let ct = path + "/imagesTr/" + name + "_0000" + Self.suffix
        return try NIfTIStudy(
            // Tracer, patient, study: two tracers are two hospitals, whose patients are numbered apart.
            name: name, person: name.split(separator: "_").prefix(2).joined(separator: "_"),
            pet: path + "/imagesTr/" + name + "_0001" + Self.suffix,
            ct: FileManager.default.fileExists(atPath: ct) ? ct : nil,
            lesions: path + "/labelsTr/" + name + Self.suffix,
            tracer: try Self.tracer(of: name, tracers)
        ).labelled(places)
    }

    /// The tracer of a study, by its name and the tables.
    static func tracer(of name: String, _ tracers: StudyTracers) throws(ImportError) -> Tracer {
        try tracers.tracer(of: name, told: .init(name))
    }
}

/// DEEP-PSMA: two tracers for each case, total tumour burden (TTB) as the label.
struct DeepPSMALayout {
    let path: String

    /// `CASE/TRACER` of every case.
    var names: [String] {
        contents(of: path).flatMap { name in ["PSMA", "FDG"].map { name + "/" + $0 } }.filter { name in
            ["PET", "TTB"].allSatisfy { FileManager.default.fileExists(atPath: "\(path)/\(name)/\($0).nii.gz") }
        }
    }

    func study(
        _ name: String, _ tracers: StudyTracers, _ places: [KnownPlace]
    ) throws(ImportError) -> LabelledStudy {
        let folder = path + "/" + name
        let ct = folder + "/CT.nii.gz"
        return try NIfTIStudy(
            name: name, person: String(name.prefix { $0 != "/" }), pet: folder + "/PET.nii.gz",
            ct: FileManager.default.fileExists(atPath: ct) ? ct : nil,
            lesions: folder + "/TTB.nii.gz",
            tracer: try Self.tracer(of: name, tracers)
        ).labelled(places)
    }

    /// The tracer of a study, by its folder's name and the tables.
    static func tracer(of name: String, _ tracers: StudyTracers) throws(ImportError) -> Tracer {
        try tracers.tracer(of: name, told: .init(name.split(separator: "/").last ?? ""))
    }
}

extension StudyTracers.Told {
    /// What the beginning of a name says: `fdg`, in either case, or else PSMA.
    fileprivate init(_ name: some StringProtocol) {
        if name.lowercased().hasPrefix("fdg") {
            self.init(tracer: .f18FDG)
        } else {
            self.init(target: .psma, explanation: "Its files do not tell the PSMA ligand.")
        }
    }
}

/// A study as three NIfTI files, the PET in SUVbw.
private struct NIfTIStudy {
    let name: String
    let person: String
    let pet: String
    let ct: String?
    let lesions: String
    let tracer: Tracer

    func labelled(_ places: [KnownPlace]) throws(ImportError) -> LabelledStudy {
        let frame = UID.derived(from: ["NIfTI", name])
        let suv: Volume<SUVbw> = try NIfTIImage(path: pet, frame: frame).volume()
        let mask = try NIfTIImage(path: lesions, frame: frame)
        guard mask.geometry.isSameGrid(as: suv.geometry) else {
            throw .incomplete(study: name, reason: "\(lesions) is not on the grid of the PET")
        }
        var density: Volume<HounsfieldUnits>?
        if let ct {
            let image: Volume<HounsfieldUnits> = try NIfTIImage(path: ct, frame: frame).volume()
            // On the PET's grid already it is taken as it is: no interpolation, and one grid to the last digit.
            density =
                image.geometry.isSameGrid(as: suv.geometry)
                ? Volume(geometry: suv.geometry, voxels: image.voxels)
                : image.resampled(to: suv.geometry, outside: .nan)
        }
        return LabelledStudy(
            name: name, person: person, scan: ScanVolumes(pet: suv, ct: density, tracer: tracer),
            isLesion: mask.values.map { $0 > 0.5 }, places: places)
    }
}

extension VolumeGeometry {
    /// Whether two grids are one but for the rounding of single precision (a hundredth of a millimetre at the corners).
    fileprivate func isSameGrid(as other: VolumeGeometry) -> Bool {
        guard columns == other.columns, rows == other.rows, slices == other.slices else { return false }
        return [0, columns - 1, columns * (rows - 1), count - 1].allSatisfy {
            point(at: $0).distance(to: other.point(at: $0)) < 0.01 * Double(slices) / 10 + 0.01
        }
    }
}
