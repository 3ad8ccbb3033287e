import DICOM
import Imaging
import Phantom

/// Scans that several tests look at, made once.
enum Shared {
    static let psma = PhantomPatient(seed: 42).scan()
    static let fdg = PhantomPatient(seed: 43, tracer: .f18FDG).scan()

    /// A scan on a coarse grid, CT and PET alike, of the reference scanner with one thing changed.
    static func coarseScan(_ patient: PhantomPatient, _ change: (inout Acquisition) -> Void = { _ in }) -> PhantomStudy
    {
        var acquisition = Acquisition.reference(patient.tracer)
        (acquisition.columns, acquisition.spacing, acquisition.sliceSpacing) = (128, 5.46875, 5)
        acquisition.ct.isOnPETGrid = true
        change(&acquisition)
        return patient.scan(acquisition)
    }
}

extension PhantomStudy {
    /// The voxels of a structure.
    func voxels(of structure: Structure) -> [Int] {
        truth.structures.indices.filter { truth.structures[$0] == structure.number }
    }
}

/// Mean and standard deviation.
func moments(_ values: [Float]) -> (mean: Float, deviation: Float) {
    let mean = values.reduce(0, +) / Float(values.count)
    return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)).squareRoot())
}
