import Foundation
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
    /// Standard deviation of the noise added where the SUV of a PSMA ligand is 1; with FDG, of which more activity is injected,
    /// half of it. It grows with the uptake to the power of 0.62, between counting statistics (the root) and ordered subsets
    /// (the uptake itself).
    public var noise: Float = 0
    /// Full width at half maximum of that noise's grain, mm.
    public var grainMm = 7.0
    /// What it is drawn from.
    public var noiseSeed: UInt64 = 0
    /// Full width at half maximum by which the PET is smoothed before anything else, mm; 0 for not.
    public var blurMm = 0.0

    /// What share of the slices is kept, from the first on: of a scan that begins at the thighs its lower part.
    public var keptSlices = 1.0

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

    /// The lowest 20 to 55 % of the slices: a late acquisition of the pelvis, or a scan that was broken off. Often neither
    /// liver nor blood pool is in view.
    static func cropped(_ name: String) -> ScanChanges {
        var random = SplitMix64(seed: 0, stream: "crop/" + name)
        var changes = ScanChanges()
        changes.keptSlices = 0.2 + 0.35 * random.uniform()
        return changes
    }

    /// The PET noisier, as after a shorter scan or of a larger patient: by 0.2 to 0.7 where the SUV is 1, of a grain of 5 to 9 mm.
    static func noisier(_ name: String) -> ScanChanges {
        var random = SplitMix64(seed: 0, stream: "noise/" + name)
        var changes = ScanChanges()
        changes.noise = Float(0.2 + 0.5 * random.uniform())
        changes.grainMm = 5 + 4 * random.uniform()
        changes.noiseSeed = random.next()
        return changes
    }

    /// The PET smoothed by 3 to 7 mm: an older scanner, or a reconstruction with a filter.
    static func blurred(_ name: String) -> ScanChanges {
        var random = SplitMix64(seed: 0, stream: "blur/" + name)
        var changes = ScanChanges()
        changes.blurMm = 3 + 4 * random.uniform()
        return changes
    }

    /// The same, with noise of his own for each patient.
    func drawn(for name: String) -> ScanChanges {
        guard noise > 0 else { return self }
        var random = SplitMix64(seed: noiseSeed, stream: "noise/" + name)
        var changes = self
        changes.noiseSeed = random.next()
        return changes
    }

    /// The changed scan.
    func applied(to scan: ScanVolumes) -> ScanVolumes {
        var pet = blurMm > 0 ? scan.pet.smoothed(fullWidthAtHalfMaximumMm: blurMm) : scan.pet
        if noise > 0 { addNoise(scan.tracer.target == .psma ? noise : noise / 2, to: &pet) }
        if calibration != 1 { for index in pet.voxels.indices { pet.voxels[index] *= calibration } }
        return ScanVolumes(
            pet: cropped(pet), ct: hidesCT ? nil : scan.ct.map { cropped(moved($0)) }, tracer: scan.tracer)
    }

    /// The first slices, whose voxels keep their numbers.
    private func cropped<Unit>(_ volume: Volume<Unit>) -> Volume<Unit> {
        guard keptSlices < 1 else { return volume }
        let geometry = volume.geometry
        let count = min(max(Int((Double(geometry.slices) * keptSlices).rounded()), 2), geometry.slices)
        let kept = VolumeGeometry(
            columns: geometry.columns, rows: geometry.rows, columnSpacing: geometry.columnSpacing,
            rowSpacing: geometry.rowSpacing, rowDirection: geometry.rowDirection,
            columnDirection: geometry.columnDirection, sliceOrigins: Array(geometry.sliceOrigins.prefix(count)),
            frameOfReferenceUID: geometry.frameOfReferenceUID)
        return Volume(geometry: kept, voxels: Array(volume.voxels.prefix(kept.count)))
    }

    private func addNoise(_ noise: Float, to pet: inout Volume<SUVbw>) {
        var random = SplitMix64(seed: noiseSeed)
        var field = Volume<SUVbw>(
            geometry: pet.geometry, voxels: (0..<pet.geometry.count).map { _ in Float(random.normal()) })
        field = field.smoothed(fullWidthAtHalfMaximumMm: grainMm)
        let power = field.voxels.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(pet.geometry.count)
        let scale = noise / Float(power.squareRoot())
        for index in pet.voxels.indices {
            let uptake = pet.voxels[index]
            pet.voxels[index] = max(uptake + scale * field.voxels[index] * powf(max(uptake, 0), 0.62), 0)
        }
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
