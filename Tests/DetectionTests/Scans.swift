import DICOM
import Detection
import Foundation
import Imaging
import Phantom

/// A phantom, its volumes on one grid, and what detection finds in it.
struct Scanned: Sendable {
    let study: PhantomStudy
    let scan: ScanVolumes
    let uptake: DetectedUptake

    init(_ patient: PhantomPatient) {
        study = patient.scan()
        let ct = study.ct.resampled(to: study.pet.geometry, outside: .nan)
        scan = ScanVolumes(pet: study.pet, ct: ct, tracer: patient.tracer)
        uptake = FocusDetection().detect(in: scan)
    }

    var truth: PhantomTruth { study.truth }

    // Drawn once for all tests.
    static let psma = (301...303).map { Scanned(PhantomPatient(seed: $0)) }
    // Not 311: insulin drives that patient's muscles, and no organ stands out.
    static let glucose = (312...313).map { Scanned(PhantomPatient(seed: $0, tracer: .f18FDG)) }
    static let all = psma + glucose
}

extension Volume {
    /// The same values at the same points of the patient, with columns or rows counted from the other end; slices follow,
    /// so that they ascend along the new normal.
    func flipped(columns flipsColumns: Bool, rows flipsRows: Bool) -> Volume {
        let g = geometry
        let flipsSlices = flipsColumns != flipsRows
        func place(_ index: Int, _ count: Int, _ isFlipped: Bool) -> Int { isFlipped ? count - 1 - index : index }
        let origins = (0..<g.slices).map { k in
            g.point(
                Double(place(0, g.columns, flipsColumns)), Double(place(0, g.rows, flipsRows)),
                slice: place(k, g.slices, flipsSlices))
        }
        let geometry = VolumeGeometry(
            columns: g.columns, rows: g.rows, columnSpacing: g.columnSpacing, rowSpacing: g.rowSpacing,
            rowDirection: flipsColumns ? -g.rowDirection : g.rowDirection,
            columnDirection: flipsRows ? -g.columnDirection : g.columnDirection, sliceOrigins: origins,
            frameOfReferenceUID: g.frameOfReferenceUID)
        let voxels = (0..<g.count).map { index in
            let (i, j, k) = g.voxel(at: index)
            return self[
                place(i, g.columns, flipsColumns), place(j, g.rows, flipsRows), place(k, g.slices, flipsSlices)]
        }
        return Volume(geometry: geometry, voxels: voxels)
    }

    /// An axial volume cut into coronal slices: rows run to the feet, slices to the back.
    func coronal() -> Volume {
        let g = geometry
        let geometry = VolumeGeometry(
            columns: g.columns, rows: g.slices, columnSpacing: g.columnSpacing, rowSpacing: g.sliceSpacing,
            rowDirection: PatientPoint(1, 0, 0), columnDirection: PatientPoint(0, 0, -1),
            sliceOrigins: (0..<g.rows).map { g.point(0, Double($0), slice: g.slices - 1) },
            frameOfReferenceUID: g.frameOfReferenceUID)
        let voxels = (0..<geometry.count).map { index in
            let (i, j, k) = geometry.voxel(at: index)
            return self[i, k, g.slices - 1 - j]
        }
        return Volume(geometry: geometry, voxels: voxels)
    }

    /// Some of the slices.
    func slices(_ range: Range<Int>) -> Volume {
        let g = geometry
        let geometry = VolumeGeometry(
            columns: g.columns, rows: g.rows, columnSpacing: g.columnSpacing, rowSpacing: g.rowSpacing,
            rowDirection: g.rowDirection, columnDirection: g.columnDirection,
            sliceOrigins: Array(g.sliceOrigins[range]), frameOfReferenceUID: g.frameOfReferenceUID)
        let count = g.columns * g.rows
        return Volume(geometry: geometry, voxels: Array(voxels[range.lowerBound * count..<range.upperBound * count]))
    }
}

extension ScanVolumes {
    /// Both volumes changed in the same way.
    func mapped(
        _ pet: (Volume<SUVbw>) -> Volume<SUVbw>, _ ct: (Volume<HounsfieldUnits>) -> Volume<HounsfieldUnits>
    ) -> ScanVolumes {
        ScanVolumes(pet: pet(self.pet), ct: self.ct.map(ct), tracer: tracer)
    }
}

/// A small axial grid.
func grid(
    _ columns: Int, _ rows: Int, _ slices: Int, spacing: Double = 4, origin: PatientPoint = .zero
) -> VolumeGeometry {
    .axial(
        columns: columns, rows: rows, slices: slices, spacing: PatientPoint(spacing, spacing, spacing), origin: origin,
        frameOfReferenceUID: UID("1.2.3")!)
}

/// Values computed from the points of a grid.
func volume<Measured>(_ geometry: VolumeGeometry, _ value: (PatientPoint) -> Double) -> Volume<Measured> {
    Volume(geometry: geometry, voxels: (0..<geometry.count).map { Float(value(geometry.point(at: $0))) })
}

/// A round spot of uptake.
struct Blob {
    let centre: PatientPoint
    let height: Double
    let sigma: Double

    func callAsFunction(_ point: PatientPoint) -> Double {
        let distance = point.distance(to: centre)
        return height * exp(-distance * distance / (2 * sigma * sigma))
    }
}
