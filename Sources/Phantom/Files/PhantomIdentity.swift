import DICOM
import Foundation
import Imaging

/// Who a phantom says it is, when it was scanned and what it was given; all from the seed, nothing from a clock.
public struct PhantomIdentity: Sendable {
    /// Patient's Name.
    public let patientName: String
    /// Patient ID.
    public let patientID: String
    /// Patient's Birth Date.
    public let birthDate: String
    /// The study.
    public let studyInstanceUID: UID
    /// The PET series.
    public let petSeriesInstanceUID: UID
    /// The CT series.
    public let ctSeriesInstanceUID: UID
    /// The one frame of reference of both.
    public let frameOfReferenceUID: UID
    /// When the radiopharmaceutical was given.
    public let administration: DateTime
    /// When the first bed position began: what all activity is decay-corrected to.
    public let seriesStart: DateTime
    /// Activity given, Bq, at the administration.
    public let administeredBq: Double

    private let instanceSeed: UInt64

    init(_ patient: PhantomPatient) {
        let examination = patient.examination == 1 ? "" : "/\(patient.examination)"
        var random = SeededGenerator(seed: patient.seed, stream: "identity/\(patient.tracer.rawValue)\(examination)")
        patientName = "PHANTOM^SEED\(patient.seed)"
        patientID = "PHANTOM-\(patient.seed)"
        birthDate = "\(2025 - patient.habitus.age)0101"
        studyInstanceUID = .random(using: &random)
        petSeriesInstanceUID = .random(using: &random)
        ctSeriesInstanceUID = .random(using: &random)
        frameOfReferenceUID = .random(using: &random)
        // A working morning of a fixed day; the series begins about an hour after the injection.
        let day = DateTime(date: "20250304", time: "090000")! + Double(patient.examination - 1) * 84 * 86_400
        administration = day + (random.unit() * 7200).rounded()
        seriesStart = administration + (random.bounded(mean: 3900, sd: 420)).rounded()
        let perKg: Double =
            switch patient.tracer {
            case .ga68PSMA11, .ga68PSMA617: 1.9e6
            case .f18DCFPyL, .f18PSMA1007, .f18RhPSMA7: 3.8e6
            case .f18FDG: 3.5e6
            }
        administeredBq = (perKg * patient.weightKg * random.bounded(mean: 1, sd: 0.08) / 1e5).rounded() * 1e5
        instanceSeed = random.next()
    }

    /// The SOP Instance UID of a slice of a series.
    func instanceUID(_ series: String, slice: Int) -> UID {
        var random = SeededGenerator(seed: instanceSeed, stream: "\(series)/\(slice)")
        return .random(using: &random)
    }

    /// Activity given, decayed to the start of the series, Bq.
    func activityAtStart(of radionuclide: Radionuclide) -> Double {
        administeredBq * exp2(-(seriesStart - administration) / radionuclide.halfLifeSeconds)
    }
}
