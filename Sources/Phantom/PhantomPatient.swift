import Anatomy
import DICOM
import Foundation
import Imaging

/// A digital patient, drawn in code from a seed: no data file, and the same voxels every time.
///
/// Male, from the vertex to the middle of the thighs. Stature, girth, spine, organs, uptake and disease vary with the
/// seed. Figures of uptake and disease are those of `method.md` section 3.
public struct PhantomPatient: Sendable {
    /// What everything is drawn from.
    public let seed: UInt64
    /// The radiopharmaceutical.
    public let tracer: Tracer
    /// Whether the prostate is there, or was removed.
    public let hasProstate: Bool
    /// Whether a CT comes with the PET.
    public let includesCT: Bool

    let habitus: Habitus
    let scene: Scene

    /// Draws a patient.
    /// - Parameters:
    ///   - seed: any number; another seed is another patient.
    ///   - tracer: sets uptake, noise and the kind of disease.
    ///   - disease: what to draw beside the normal.
    ///   - hasProstate: nil lets the seed decide (two of three patients still have it).
    ///   - armsUp: nil lets the seed decide (four of five hold them above the head).
    ///   - includesCT: whether the data sets and files have a CT series.
    public init(
        seed: UInt64, tracer: Tracer = .ga68PSMA11, disease: Disease = .typical, hasProstate: Bool? = nil,
        armsUp: Bool? = nil, includesCT: Bool = true
    ) {
        self.seed = seed
        self.tracer = tracer
        self.includesCT = includesCT
        var random = SeededGenerator(seed: seed, stream: "patient")
        let drawn = random.chance(0.66)
        self.hasProstate = hasProstate ?? (drawn || tracer.target == .glucose)
        habitus = Habitus(seed: seed, armsUp: armsUp)
        var drawing = PatientDrawing(seed: seed, tracer: tracer, habitus: habitus, hasProstate: self.hasProstate)
        drawing.draw(DiseasePlan(disease, seed: seed, drawing: drawing))
        scene = drawing.scene
    }

    /// Body weight, kg.
    public var weightKg: Double { habitus.weightKg }

    /// Body height, m.
    public var heightM: Double { (habitus.stature * 100).rounded() / 100 }

    /// Scans the patient: PET with point spread and noise, CT, and the truth.
    public func scan() -> PhantomStudy {
        let identity = PhantomIdentity(self)
        let petGeometry = geometry(
            columns: PETScanner.columns, spacing: PETScanner.spacing, sliceSpacing: PETScanner.sliceSpacing, margin: 0,
            identity.frameOfReferenceUID)
        // The CT begins a little lower and ends a little higher than the PET, on slices of its own.
        let ctGeometry = geometry(
            columns: CTScanner.columns, spacing: CTScanner.spacing, sliceSpacing: CTScanner.sliceSpacing, margin: 2,
            identity.frameOfReferenceUID)
        let pet = PETScanner(scene: scene, geometry: petGeometry, seed: seed, noise: noise).scan()
        let ct = CTScanner(scene: scene, geometry: ctGeometry, seed: seed).scan()
        return PhantomStudy(
            patient: self, identity: identity, pet: Volume(geometry: petGeometry, voxels: pet.voxels),
            ct: Volume(geometry: ctGeometry, voxels: ct), truth: PhantomTruth(self, pet, petGeometry))
    }

    /// The lesions as drawn, before any scan.
    package var drawnLesions: [(location: AnatomicalLocation, laterality: Laterality)] {
        scene.sites.filter(\.suspicious).map { ($0.location, $0.laterality) }
    }

    /// The stage of the lesions as drawn, before any scan; nil for ¹⁸F-FDG.
    package var drawnStage: PhantomTruth.Stage? { stage(of: scene.sites) }

    /// The stage of some of the sites drawn; nil for ¹⁸F-FDG.
    func stage(of sites: [Scene.Site]) -> PhantomTruth.Stage? {
        tracer.target == .psma ? PhantomTruth.Stage(sites.filter(\.suspicious), hasProstate: hasProstate) : nil
    }

    /// SUV drawn at a location, mean of its sites.
    package func drawnSUV(_ location: AnatomicalLocation) -> Double {
        let values = scene.sites.filter { $0.location == location && !$0.suspicious }.map { Double($0.suv) }
        return values.reduce(0, +) / Double(max(values.count, 1))
    }

    /// Noise at SUV 1: gallium is given in less activity and decays sooner than fluorine; FDG in more than PSMA ligands.
    private var noise: Float {
        switch tracer {
        case .ga68PSMA11, .ga68PSMA617: 0.24
        case .f18DCFPyL, .f18PSMA1007, .f18RhPSMA7: 0.17
        case .f18FDG: 0.12
        }
    }

    private func geometry(
        columns: Int, spacing: Float, sliceSpacing: Float, margin: Float, _ frameOfReferenceUID: UID
    ) -> VolumeGeometry {
        let (low, high) = (habitus.z(Habitus.lowest) - margin, habitus.z(1750) + 9 + margin)
        // Decimal strings keep what is rounded here, so that files and memory agree.
        func rounded(_ value: Float) -> Double { (Double(value) * 1000).rounded() / 1000 }
        let corner = rounded(-spacing * Float(columns - 1) / 2)
        return .axial(
            columns: columns, rows: columns, slices: Int(((high - low) / sliceSpacing).rounded(.up)) + 1,
            spacing: PatientPoint(decimal(spacing), decimal(spacing), Double(sliceSpacing)),
            origin: PatientPoint(corner, corner, rounded(low)), frameOfReferenceUID: frameOfReferenceUID)
    }

    /// A spacing without the digits that single precision adds.
    private func decimal(_ spacing: Float) -> Double { (Double(spacing) * 1e6).rounded() / 1e6 }
}
