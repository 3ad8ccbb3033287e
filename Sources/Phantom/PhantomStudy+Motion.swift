import Imaging

extension PhantomStudy {
    /// The same scan of the patient lying elsewhere on the table: PET and CT interpolated at their own spacings.
    ///
    /// The sites of the truth move with the patient; its labels are left out, as voxels are no longer those that were
    /// drawn.
    /// - Parameter transform: takes a point of the patient to where it lies now.
    public func moved(by transform: RigidTransform) -> PhantomStudy {
        var truth = PhantomTruth(
            seed: truth.seed, tracer: truth.tracer, hasProstate: truth.hasProstate, stage: truth.stage,
            reference: truth.reference, sites: truth.sites.map { $0.moved(by: transform) })
        (truth.labels, truth.structures) = ([], [])
        return PhantomStudy(
            patient: patient, acquisition: acquisition, identity: identity, pet: pet.moved(by: transform, outside: 0),
            ct: ct.moved(by: transform, outside: -1000), truth: truth)
    }
}

extension Volume {
    /// What the volume shows, moved in the patient coordinate system, on an axial grid that moves with its middle.
    fileprivate func moved(by transform: RigidTransform, outside: Float) -> Volume {
        let turned = VolumeGeometry(
            columns: geometry.columns, rows: geometry.rows, columnSpacing: geometry.columnSpacing,
            rowSpacing: geometry.rowSpacing, rowDirection: transform.turned(geometry.rowDirection),
            columnDirection: transform.turned(geometry.columnDirection),
            sliceOrigins: geometry.sliceOrigins.map { transform($0) },
            frameOfReferenceUID: geometry.frameOfReferenceUID)
        let middle = geometry.point(
            Double(geometry.columns - 1) / 2, Double(geometry.rows - 1) / 2, slice: geometry.slices / 2)
        // Whole millimetres, as headers hold no more than micrometres.
        let shift = transform(middle) - middle
        let origin = geometry.sliceOrigins[0] + PatientPoint(shift.x.rounded(), shift.y.rounded(), shift.z.rounded())
        let grid = VolumeGeometry.axial(
            columns: geometry.columns, rows: geometry.rows, slices: geometry.slices,
            spacing: PatientPoint(geometry.columnSpacing, geometry.rowSpacing, geometry.sliceSpacing), origin: origin,
            frameOfReferenceUID: geometry.frameOfReferenceUID)
        return Volume(geometry: turned, voxels: voxels).resampled(to: grid, outside: outside)
    }
}

extension PhantomTruth.Site {
    fileprivate func moved(by transform: RigidTransform) -> PhantomTruth.Site {
        PhantomTruth.Site(
            id: id, location: location, laterality: laterality, suspicious: suspicious,
            centroid: transform(centroid), volumeMl: volumeMl, suvTrue: suvTrue, suvMax: suvMax,
            detectable: detectable)
    }
}
