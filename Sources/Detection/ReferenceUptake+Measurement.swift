import Imaging

extension ReferenceUptake {
    /// Finds the reference organs and measures them.
    ///
    /// An organ that is not found, or not in view, is nil; nothing is guessed in its place.
    init(pet: Volume<SUVbw>, ct: Volume<HounsfieldUnits>?, grid: BlockGrid, landmarks: BodyLandmarks, tracer: Tracer) {
        let search = OrganSearch(pet: pet, ct: ct, grid: grid, landmarks: landmarks, tracer: tracer)
        let liver = search.liver()
        self.init(
            bloodPool: search.descendingAorta(),
            liver: liver,
            parotid: tracer.target == .psma ? search.parotids() : nil,
            spleen: search.spleen(liver: liver))
    }
}

/// The search for the reference organs of one patient.
struct OrganSearch {
    let pet: Volume<SUVbw>
    let ct: Volume<HounsfieldUnits>?
    let grid: BlockGrid
    let landmarks: BodyLandmarks
    let tracer: Tracer

    // MARK: Liver and spleen: large even organs on either side of the upper abdomen

    /// A 3 cm sphere in the right lobe of the liver, where it is most even (PERCIST: 3 cm sphere).
    func liver() -> ReferenceUptake.Region? {
        // Mean uptake of the liver, with room for the spread between patients (docs/science/reference-uptake.md).
        let range: ClosedRange<Float> = tracer.target == .psma ? 2...25 : 0.9...5
        return evenOrgan(
            suv: range, minimumMl: 250, radius: 15, preferring: { volumeMl, _ in volumeMl },
            where: { $0.x < landmarks.midline - 10 && isUpperAbdomen($0.z) })
    }

    /// A 2 cm sphere in the spleen, at the level of the liver: of the even organs there the one farthest to the left, since
    /// the stomach and the muscles of the back may be as even, and larger.
    func spleen(liver: ReferenceUptake.Region?) -> ReferenceUptake.Region? {
        guard let liver else { return nil }
        let range: ClosedRange<Float> = tracer.target == .psma ? 1.5...30 : 0.9...5
        return evenOrgan(
            suv: range, minimumMl: 15, radius: 10, preferring: { _, centre in centre.x },
            where: {
                $0.x > landmarks.midline + 40 && abs($0.z - liver.centre.z) < 110 && $0.y > liver.centre.y - 30
            })
    }

    private func isUpperAbdomen(_ z: Double) -> Bool { (0.35...1.75).contains(landmarks.trunkLevel(z)) }

    /// The preferred one of the connected sets of even soft tissue within bounds, measured at its most central, most even
    /// place.
    /// - Parameters:
    ///   - rank: of two sets the one of higher rank is taken; told volume (ml) and centre.
    ///   - isPlausible: where the organ may lie.
    private func evenOrgan(
        suv range: ClosedRange<Float>, minimumMl: Double, radius: Double,
        preferring rank: (_ volumeMl: Double, _ centre: PatientPoint) -> Double,
        where isPlausible: (PatientPoint) -> Bool
    ) -> ReferenceUptake.Region? {
        let components = grid.components { block in
            guard grid.inside[block] > 0.9, isPlausible(grid.centres[block]), isSoftTissue(grid.hu[block]),
                let around = grid.neighbourhood(block)
            else { return false }
            return range.contains(around.mean) && around.variation < 0.3
        }
        var sums = [PatientPoint](repeating: .zero, count: components.sizes.count)
        for (block, label) in components.labels.enumerated() where label > 0 {
            sums[Int(label) - 1] = sums[Int(label) - 1] + grid.centres[block]
        }
        func rankOfSet(_ index: Int) -> Double {
            rank(Double(components.sizes[index]) * grid.blockMl, sums[index] * (1 / Double(components.sizes[index])))
        }
        let organ = components.sizes.indices.filter { Double(components.sizes[$0]) * grid.blockMl >= minimumMl }
            .max { rankOfSet($0) < rankOfSet($1) }
        guard let organ else { return nil }
        let members = components.labels.map { $0 == Int32(organ + 1) }
        return centralPlace(of: members).flatMap { measure(sphere: radius, at: grid.centres[$0]) }
    }

    /// The deepest block of a set; among those as deep, the one of the most even surroundings.
    private func centralPlace(of members: [Bool]) -> Int? {
        let depths = grid.depths(of: members)
        func merit(_ block: Int) -> (Int, Float) { (depths[block], -(grid.neighbourhood(block)?.variation ?? 1)) }
        return members.indices.filter { members[$0] }.max { merit($0) < merit($1) }
    }

    /// Soft tissue with or without contrast; unknown (no CT) passes.
    private func isSoftTissue(_ hu: Float) -> Bool { hu.isNaN || (hu > -20 && hu < 250) }

    // MARK: Parotids: the rearmost, outermost pair of hot glands in the head

    /// The voxels above half of the maximum of the rearmost lateral pair of hot regions in the head.
    func parotids() -> ReferenceUptake.Region? {
        let floor: Float = 4
        let components = grid.components {
            landmarks.trunkLevel(grid.centres[$0].z) > 2.15 && grid.inside[$0] > 0.3 && grid.suv[$0] > floor
        }
        var blocks = [[Int]](repeating: [], count: components.sizes.count)
        for (block, label) in components.labels.enumerated() where label > 0 { blocks[Int(label) - 1].append(block) }
        let glands = blocks.compactMap(hotRegion)
        let left = glands.filter { $0.centre.x > landmarks.midline + 25 }.max { $0.centre.y < $1.centre.y }
        let right = glands.filter { $0.centre.x < landmarks.midline - 25 }.max { $0.centre.y < $1.centre.y }
        switch (left, right) {
        case (let left?, let right?) where abs(left.centre.z - right.centre.z) < 40:
            return statistics(of: left.voxels + right.voxels)
        case (let gland?, nil), (nil, let gland?): return statistics(of: gland.voxels)
        default: return nil
        }
    }

    /// The voxels of a component's blocks at or above half of its maximum; nil below 2 ml.
    private func hotRegion(_ blocks: [Int]) -> (centre: PatientPoint, voxels: [Int])? {
        let voxels = blocks.flatMap(grid.voxels(ofBlock:))
        guard let peak = voxels.map({ pet.voxels[$0] }).max() else { return nil }
        let hot = voxels.filter { pet.voxels[$0] >= peak / 2 }
        guard let region = statistics(of: hot), region.volumeMl >= 2 else { return nil }
        return (region.centre, hot)
    }

    // MARK: Measuring

    /// Statistics of the voxels whose centres lie in a sphere.
    private func measure(sphere radius: Double, at centre: PatientPoint) -> ReferenceUptake.Region? {
        var voxels: [Int] = []
        pet.geometry.forEachVoxel(within: radius, of: centre) { voxel, _ in voxels.append(voxel) }
        return statistics(of: voxels)
    }

    /// Mean, standard deviation, volume and centre of a set of voxels; nil for an empty one.
    func statistics(of voxels: [Int]) -> ReferenceUptake.Region? {
        guard !voxels.isEmpty else { return nil }
        let geometry = pet.geometry
        let values = voxels.map { Double(pet.voxels[$0]) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let sum = voxels.reduce(PatientPoint.zero) { $0 + geometry.point(at: $1) }
        let volume = voxels.reduce(0) { $0 + geometry.voxelVolumeMl(slice: geometry.voxel(at: $1).k) }
        return .init(
            suvMean: mean, suvSD: variance.squareRoot(), volumeMl: volume, centre: sum * (1 / Double(voxels.count)))
    }
}
