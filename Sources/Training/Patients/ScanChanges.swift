import Imaging
import NeuralNetwork

/// What may be done to a scan to see how detection and network bear it.
public struct ScanChanges: Sendable, Equatable, Codable {
    /// What the scanner shows for a true SUV of 1.
    public var calibration: Float = 1
    /// Whether the CT is left out.
    public var hidesCT = false
    /// By how much the CT is moved against the PET along x, y and z, mm.
    public var offsetOfCT: [Double] = [0, 0, 0]

    /// None.
    public init() {}

    /// The CT moved against the PET in a random direction by 8 to 25 mm: a patient who moved between the two, or breathed
    /// otherwise.
    static func displacement(_ name: String) -> ScanChanges {
        var random = SplitMix64(seed: 0, stream: "displacement/" + name)
        let direction = [random.normal(), random.normal(), random.normal()]
        let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let distance = 8 + 17 * random.uniform()
        var changes = ScanChanges()
        changes.offsetOfCT = direction.map { $0 / max(length, 1e-6) * distance }
        return changes
    }

    /// The changed scan.
    func applied(to scan: ScanVolumes) -> ScanVolumes {
        var pet = scan.pet
        if calibration != 1 { for index in pet.voxels.indices { pet.voxels[index] *= calibration } }
        return ScanVolumes(pet: pet, ct: hidesCT ? nil : scan.ct.map(moved), tracer: scan.tracer)
    }

    private func moved(_ ct: Volume<HounsfieldUnits>) -> Volume<HounsfieldUnits> {
        guard offsetOfCT.contains(where: { $0 != 0 }) else { return ct }
        let offset = PatientPoint(offsetOfCT[0], offsetOfCT[1], offsetOfCT[2])
        let geometry = ct.geometry
        let elsewhere = VolumeGeometry(
            columns: geometry.columns, rows: geometry.rows, columnSpacing: geometry.columnSpacing,
            rowSpacing: geometry.rowSpacing, rowDirection: geometry.rowDirection,
            columnDirection: geometry.columnDirection, sliceOrigins: geometry.sliceOrigins.map { $0 + offset },
            frameOfReferenceUID: geometry.frameOfReferenceUID)
        return Volume<HounsfieldUnits>(geometry: elsewhere, voxels: ct.voxels)
            .resampled(to: geometry, outside: .nan)
    }
}
