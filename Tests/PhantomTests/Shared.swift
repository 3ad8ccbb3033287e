import DICOM
import Imaging
import Phantom

/// Scans that several tests look at, made once.
enum Shared {
    static let psma = PhantomPatient(seed: 42).scan()
    static let fdg = PhantomPatient(seed: 43, tracer: .f18FDG).scan()
}
