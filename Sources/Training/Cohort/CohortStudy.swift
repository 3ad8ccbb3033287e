import DICOM
import Foundation
import Imaging
import Phantom

/// A patient of a cohort as training needs him: PET and CT on one grid around the body, and the truth on the same grid.
///
/// On disk a folder with `pet.nrrd` (16-bit shares of the highest SUV), `ct.nrrd` (Hounsfield units), `sites.nrrd`
/// (index into the truth's sites plus one), `structures.nrrd` (the organ map) and `patient.json`, written last.
public struct CohortStudy: Sendable {
    /// The PET.
    public let pet: Volume<SUVbw>
    /// The CT on the PET's grid.
    public let ct: Volume<HounsfieldUnits>
    /// What there is to find; `labels` and `structures` are on the PET's grid.
    public let truth: PhantomTruth
    /// Scanner and protocol.
    public let acquisition: Acquisition

    /// What `patient.json` holds.
    private struct Record: Codable {
        var truth: PhantomTruth
        var acquisition: Acquisition
        /// Columns, rows and slices.
        var size: [Int]
        /// Distance of columns, rows and slices, mm.
        var spacing: [Double]
        /// Middle of the first voxel, LPS mm.
        var origin: [Double]
        var frameOfReferenceUID: String
        /// The digests' stand-in: whoever changes the drawing raises it, and old folders are drawn again.
        var edition: Int
    }

    /// The edition of the drawing: patients of another one are drawn anew.
    static let edition = 2

    /// Crops a scan to the body.
    /// - Precondition: the CT is on the PET's grid (`Acquisition.Tomography.isOnPETGrid`).
    public init(_ study: PhantomStudy) {
        precondition(study.ct.geometry == study.pet.geometry, "the CT must be on the PET's grid")
        let box = VoxelBox(around: study.truth.labels, study.pet.geometry, margin: 3)
        let geometry = box.geometry(in: study.pet.geometry)
        pet = Volume(geometry: geometry, voxels: box.crop(study.pet.voxels, study.pet.geometry))
        ct = Volume(geometry: geometry, voxels: box.crop(study.ct.voxels, study.pet.geometry))
        var truth = study.truth
        truth.labels = box.crop(study.truth.labels, study.pet.geometry)
        truth.structures = box.crop(study.truth.structures, study.pet.geometry)
        self.truth = truth
        acquisition = study.acquisition
    }

    /// Whether a folder holds a whole patient of this edition of the drawing.
    public static func isComplete(_ folder: String) -> Bool { (try? record(folder))?.edition == edition }

    private static func record(_ folder: String) throws(CohortError) -> Record {
        let path = folder + "/patient.json"
        do {
            return try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .unreadable(path: path, reason: "there is no whole patient")
        }
    }

    /// Writes the patient to a folder, which is made where it does not exist.
    /// - Throws: `CohortError.unwritable`.
    public func write(to folder: String) throws(CohortError) {
        let geometry = pet.geometry
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: folder, reason: error.localizedDescription)
        }
        let unit = max((pet.voxels.max() ?? 0) / 65_535, 1e-6)
        try NRRDFile.write(
            pet.voxels.map { UInt16(min(max($0 / unit, 0).rounded(), 65_535)) }, geometry,
            keys: ["SUVbw of one unit": String(unit)], to: folder + "/pet.nrrd")
        try NRRDFile.write(ct.voxels.map { Int16($0) }, geometry, to: folder + "/ct.nrrd")
        try NRRDFile.write(truth.labels, geometry, to: folder + "/sites.nrrd")
        try NRRDFile.write(truth.structures, geometry, to: folder + "/structures.nrrd")
        let record = Record(
            truth: truth, acquisition: acquisition, size: [geometry.columns, geometry.rows, geometry.slices],
            spacing: [geometry.columnSpacing, geometry.rowSpacing, geometry.sliceSpacing],
            origin: geometry.sliceOrigins[0].coordinates, frameOfReferenceUID: geometry.frameOfReferenceUID.description,
            edition: Self.edition)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(record).write(to: URL(fileURLWithPath: folder + "/patient.json"), options: .atomic)
        } catch {
            throw .unwritable(path: folder + "/patient.json", reason: error.localizedDescription)
        }
    }

    /// Reads a patient that `write` wrote.
    /// - Throws: `CohortError.unreadable`.
    public init(contentsOf folder: String) throws(CohortError) {
        let record = try Self.record(folder)
        guard record.size.count == 3, record.spacing.count == 3, record.origin.count == 3,
            let frame = UID(record.frameOfReferenceUID)
        else { throw .unreadable(path: folder + "/patient.json", reason: "its grid is not that of a volume") }
        let geometry = VolumeGeometry.axial(
            columns: record.size[0], rows: record.size[1], slices: record.size[2],
            spacing: PatientPoint(record.spacing[0], record.spacing[1], record.spacing[2]),
            origin: PatientPoint(record.origin[0], record.origin[1], record.origin[2]), frameOfReferenceUID: frame)
        let (units, keys) = try NRRDFile.read(UInt16.self, count: geometry.count, from: folder + "/pet.nrrd")
        guard let unit = keys["SUVbw of one unit"].flatMap(Float.init) else {
            throw .unreadable(path: folder + "/pet.nrrd", reason: "it does not say what its units are")
        }
        pet = Volume(geometry: geometry, voxels: units.map { Float($0) * unit })
        ct = Volume(
            geometry: geometry,
            voxels: try NRRDFile.read(Int16.self, count: geometry.count, from: folder + "/ct.nrrd").values.map {
                Float($0)
            })
        var truth = record.truth
        truth.labels = try NRRDFile.read(UInt16.self, count: geometry.count, from: folder + "/sites.nrrd").values
        truth.structures = try NRRDFile.read(UInt8.self, count: geometry.count, from: folder + "/structures.nrrd")
            .values
        self.truth = truth
        acquisition = record.acquisition
    }
}
