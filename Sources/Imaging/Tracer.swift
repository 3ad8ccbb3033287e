import DICOM

/// A radiopharmaceutical that Uptake knows.
public enum Tracer: String, Sendable, Hashable, Codable, CaseIterable {
    case ga68PSMA11 = "68Ga-PSMA-11"
    case ga68PSMA617 = "68Ga-PSMA-617"
    case f18DCFPyL = "18F-DCFPyL"
    case f18PSMA1007 = "18F-PSMA-1007"
    case f18RhPSMA7 = "18F-rhPSMA-7"
    case f18FDG = "18F-FDG"

    /// What the tracer shows.
    public enum Target: String, Sendable, Hashable, Codable {
        /// Prostate-specific membrane antigen.
        case psma = "PSMA"
        /// Glucose metabolism.
        case glucose = "FDG"
    }

    /// The names of all tracers, for texts.
    public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// What this tracer shows.
    public var target: Target { self == .f18FDG ? .glucose : .psma }

    /// Whether the liver excretes the ligand, so that the spleen stands in for the liver in the PSMA expression score
    /// (PROMISE; `docs/science`).
    public var isLiverExcreted: Bool { self == .f18PSMA1007 || self == .f18RhPSMA7 }

    /// The radionuclide.
    public var radionuclide: Radionuclide {
        switch self {
        case .ga68PSMA11, .ga68PSMA617: .ga68
        case .f18DCFPyL, .f18PSMA1007, .f18RhPSMA7, .f18FDG: .f18
        }
    }

    /// The agent as coded in Radiopharmaceutical Code Sequence (CID 4020, 4021); rhPSMA-7 has no code there.
    public var code: CodedConcept? {
        switch self {
        case .ga68PSMA11: CodedConcept("C118961", "NCIt", "Ga-68 Gozetotide")
        case .ga68PSMA617: CodedConcept("126759", "DCM", "68Ga-PSMA-617")
        case .f18DCFPyL: CodedConcept("C116352", "NCIt", "Piflufolastat F 18")
        case .f18PSMA1007: CodedConcept("126758", "DCM", "18F-PSMA-1007")
        case .f18RhPSMA7: nil
        case .f18FDG: CodedConcept("35321007", "SCT", "Fluorodeoxyglucose F^18^")
        }
    }
}

/// A positron emitter with which these tracers are labelled.
public enum Radionuclide: String, Sendable, Hashable, Codable, CaseIterable {
    case ga68 = "68Ga"
    case f18 = "18F"

    /// Half-life in seconds (67.71 min; 109.77 min: ICRP Publication 107).
    public var halfLifeSeconds: Double {
        switch self {
        case .ga68: 4062.6
        case .f18: 6586.2
        }
    }

    /// The nuclide as coded in Radionuclide Code Sequence (CID 4020).
    public var code: CodedConcept {
        switch self {
        case .ga68: CodedConcept("35337001", "SCT", "^68^Gallium")
        case .f18: CodedConcept("77004003", "SCT", "^18^Fluorine")
        }
    }
}
