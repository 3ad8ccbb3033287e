import DICOM
import Foundation
import Imaging

extension PhantomPatient {
    /// Distance between the samples on which the body is painted, mm.
    private static let paintStep: Float = 1.7

    /// Scans the patient: PET with point spread and noise, CT, and the truth.
    /// - Parameter acquisition: scanner and protocol; the reference scan of the tracer if not given.
    public func scan(_ acquisition: Acquisition? = nil) -> PhantomStudy {
        let acquisition = acquisition ?? .reference(tracer)
        let identity = PhantomIdentity(self)
        let heights =
            habitus.z(Float(acquisition.heights.lowerBound))...habitus.z(Float(acquisition.heights.upperBound))
        let petGeometry = geometry(
            columns: acquisition.columns, spacing: acquisition.spacing, sliceSpacing: acquisition.sliceSpacing, heights,
            identity.frameOfReferenceUID)
        let ctGeometry = ctGeometry(acquisition, petGeometry, heights, identity.frameOfReferenceUID)
        let map = LabelMap(scene, step: Self.paintStep, heights: heights.lowerBound - 30...heights.upperBound + 30)
        let body = BodySampler(map: map, deformation: Deformation(seed: seed, within: map.bounds))
        let pet = PETScanner(
            scene: scene, body: body, activity: activity, geometry: petGeometry, acquisition: acquisition,
            seed: noiseSeed,
            diaphragm: habitus.z(Habitus.diaphragm)
        ).scan()
        var moved = body
        moved.shift = motion(acquisition)
        let ct = CTScanner(
            scene: scene, body: moved, density: density(contrast: Float(acquisition.ct.contrast)),
            geometry: ctGeometry, acquisition: acquisition, seed: noiseSeed
        ).scan()
        return PhantomStudy(
            patient: self, acquisition: acquisition, identity: identity,
            pet: Volume(geometry: petGeometry, voxels: pet.voxels), ct: Volume(geometry: ctGeometry, voxels: ct),
            truth: PhantomTruth(self, pet, petGeometry))
    }

    private var activity: TexturedParts {
        TexturedParts(seed: seed, stream: "activity", air: 0, scene.parts, isFactor: true) { part in
            let texture = part.tissue.layer == .lesion ? Texture.of(.focus) : Texture.of(part.structure.kind)
            return TexturedParts.Value(mean: part.suv, deviation: texture.uptake, density: 4 / texture.sizeMm)
        }
    }

    private func density(contrast: Float) -> TexturedParts {
        TexturedParts(seed: seed, stream: "density", air: -1000, scene.parts, isFactor: false) { part in
            let kind = part.tissue.layer == .lesion ? Structure.Kind.focus : part.structure.kind
            // Air and gas take no contrast medium.
            let enhancement = part.tissue.hu < -300 ? 0 : contrast * ContrastMedium.enhancement(kind)
            let texture = Texture.of(kind)
            return TexturedParts.Value(
                mean: part.tissue.hu + enhancement, deviation: part.tissue.isMetal ? 0 : texture.hounsfield,
                density: 4 / texture.sizeMm)
        }
    }

    /// By how much the body lay elsewhere during the CT than during the PET.
    private func motion(_ acquisition: Acquisition) -> @Sendable (Float) -> Point {
        let diaphragm = habitus.z(Habitus.diaphragm)
        let (neck, vertex) = (habitus.z(1480), habitus.z(1750))
        let sideways = Point(Float(acquisition.motionMm[0]), Float(acquisition.motionMm[1]), 0)
        let (lower, head) = (Float(acquisition.diaphragmOffsetMm), Float(acquisition.headMotionMm))
        return { z in
            let turned = min(max((z - neck) / (vertex - neck), 0), 1) * head
            return sideways + Point(turned, 0, -lower * Breathing.share(z - diaphragm))
        }
    }

    private func ctGeometry(
        _ acquisition: Acquisition, _ pet: VolumeGeometry, _ heights: ClosedRange<Float>, _ frameOfReferenceUID: UID
    ) -> VolumeGeometry {
        guard !acquisition.ct.isOnPETGrid else { return pet }
        // The CT begins a little lower and ends a little higher than the PET, on slices of its own.
        return geometry(
            columns: acquisition.ct.columns, spacing: acquisition.ct.spacing,
            sliceSpacing: acquisition.ct.sliceSpacing, heights.lowerBound - 2...heights.upperBound + 2,
            frameOfReferenceUID)
    }

    private func geometry(
        columns: Int, spacing: Double, sliceSpacing: Double, _ heights: ClosedRange<Float>, _ frameOfReferenceUID: UID
    ) -> VolumeGeometry {
        // Decimal strings keep what is rounded here, so that files and memory agree.
        func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
        let corner = rounded(-spacing * Double(columns - 1) / 2)
        let extent = Double(heights.upperBound - heights.lowerBound)
        return .axial(
            columns: columns, rows: columns, slices: Int((extent / sliceSpacing).rounded(.up)) + 1,
            spacing: PatientPoint(spacing, spacing, sliceSpacing),
            origin: PatientPoint(corner, corner, rounded(Double(heights.lowerBound))),
            frameOfReferenceUID: frameOfReferenceUID)
    }
}
