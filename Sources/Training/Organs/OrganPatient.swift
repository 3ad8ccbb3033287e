import Anatomy
import Classification
import Detection
import Imaging
import Phantom

/// A digital patient for the organ map: the scan on its grid, and what was drawn there.
public struct OrganPatient: Sendable {
    package let grid: OrganGrid
    /// The class in the middle of each cube; nil above and below the scan, and in disease of soft tissue, which hides what
    /// organ it lies in.
    package let labels: [UInt8?]

    /// Puts a patient on the grid.
    public init(_ study: CohortStudy) {
        let scan = ScanVolumes(pet: study.pet, ct: study.ct, tracer: study.truth.tracer)
        grid = OrganGrid(FocusDetection().detect(in: scan), in: scan)
        let (geometry, bytes, size) = (scan.pet.geometry, grid.bytes, OrganGrid.size)
        labels = (0..<size.count).map { cube in
            let place = PatientPoint(
                Double(cube % size.x), Double(cube / size.x % size.y), Double(cube / (size.x * size.y)))
            let (i, j, k) = geometry.fractionalVoxel(at: bytes.origin + place * bytes.spacing)
            let (column, row, slice) = (Int(i.rounded()), Int(j.rounded()), Int(k.rounded()))
            guard (0..<geometry.slices).contains(slice) else { return nil }
            guard (0..<geometry.columns).contains(column), (0..<geometry.rows).contains(row),
                let site = study.truth.site(atVoxel: geometry.index(column, row, slice))
            else { return UInt8(OrganGrid.outside) }
            guard !site.suspicious || site.location.group == .bone else { return nil }
            return LocationClasses.index(site.location, site.laterality).map(UInt8.init)
        }
    }

    /// The class that is seen at a place of a changed grid.
    package func label(_ cube: Int, _ change: OrganGrid.Change) -> Int? {
        let size = OrganGrid.size
        guard cube / (size.x * size.y) < change.height else { return nil }
        guard change.isMirrored else { return labels[cube].map(Int.init) }
        let mirrored = labels[cube - cube % size.x + size.x - 1 - cube % size.x].map(Int.init)
        return mirrored.map { $0 == OrganGrid.outside ? $0 : LocationClasses.mirrored[$0] }
    }
}
