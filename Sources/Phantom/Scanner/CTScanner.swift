import Foundation
import Imaging

/// A CT scanner: Hounsfield units of the body, averaged over the voxel, with contrast medium, noise and streaks.
struct CTScanner: Sendable {
    let scene: Scene
    let body: BodySampler
    let density: TexturedParts
    let geometry: VolumeGeometry
    let acquisition: Acquisition
    let seed: UInt64

    private var plane: Int { geometry.columns * geometry.rows }

    func scan() -> [Float] {
        var voxels = [Float](repeating: 0, count: geometry.count)
        let metal = Set(scene.parts.indices.filter { scene.parts[$0].tissue.isMetal }.map { UInt16($0 + 1) })
        voxels.withUnsafeMutableBufferPointer { voxels in
            nonisolated(unsafe) let voxels = voxels.baseAddress!
            DispatchQueue.concurrentPerform(iterations: geometry.slices) { slice in
                let target = voxels + slice * plane
                let centres = draw(slice, target, metal)
                addNoise(slice, target)
                if !centres.isEmpty { addStreaks(slice, target, from: centres) }
                finish(target)
            }
        }
        return voxels
    }

    /// Draws a slice; gives the middles of metal in it, as column and row.
    private func draw(_ slice: Int, _ target: UnsafeMutablePointer<Float>, _ metal: Set<UInt16>) -> [SIMD2<Float>] {
        let origin = geometry.sliceOrigins[slice]
        let (fine, step) = (geometry.columns * 2, Float(geometry.columnSpacing) / 2)
        // Thick slices average over their height, thin ones are read in their middle.
        let thickness = Float(acquisition.ct.isOnPETGrid ? acquisition.sliceSpacing : acquisition.ct.sliceSpacing)
        let layers = thickness > 3.5 || acquisition.ct.isOnPETGrid ? 2 : 1
        var sums: [UInt16: (sum: SIMD2<Float>, count: Float)] = [:]
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: fine) { parts in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: fine) { hu in
                for row in 0..<geometry.rows {
                    for layer in 0..<layers * 2 {
                        let height = (Float(layer / 2) - Float(layers - 1) / 2) * thickness / 2
                        let samples = SampleRow(
                            x0: Float(origin.x) - step / 2, step: step,
                            y: Float(origin.y) + (Float(row * 2 + layer % 2) - 0.5) * step,
                            z: Float(origin.z) + height, count: fine)
                        body.read(samples, into: parts.baseAddress!)
                        density.read(samples, parts.baseAddress!, into: hu.baseAddress!)
                        drawTable(samples, parts.baseAddress!, hu.baseAddress!)
                        let line = target + row * geometry.columns
                        for column in 0..<geometry.columns { line[column] += hu[2 * column] + hu[2 * column + 1] }
                        guard !metal.isEmpty else { continue }
                        for column in 0..<fine where metal.contains(parts[column]) {
                            sums[parts[column], default: (.zero, 0)].sum += SIMD2(Float(column) / 2, Float(row))
                            sums[parts[column]]!.count += 1
                        }
                    }
                }
            }
        }
        let share = 1 / Float(layers * 4)
        for index in 0..<plane { target[index] *= share }
        return sums.keys.sorted().map { sums[$0]!.sum / sums[$0]!.count }
    }

    private func drawTable(_ row: SampleRow, _ parts: UnsafePointer<UInt16>, _ hu: UnsafeMutablePointer<Float>) {
        guard let table = scene.table, abs(row.y - table.sections[0].y) <= table.sections[0].b else { return }
        withUnsafeTemporaryAllocation(of: Bool.self, capacity: row.count) { mask in
            mask.initialize(repeating: false)
            table.cover(row, mask.baseAddress!)
            for index in 0..<row.count where mask[index] && parts[index] == 0 { hu[index] = -150 }
        }
    }

    /// Quantum noise, and long streaks through shoulders and hips, where a slice has much bone across.
    private func addNoise(_ slice: Int, _ target: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: plane) { noise in
            var random = SeededGenerator(seed: seed, stream: "ct-noise/\(slice)")
            random.fillNormal(noise)
            let sigma = max(0.6 * 500 / 256 / Float(geometry.columnSpacing), 0.3)
            let kernel = GaussianKernel(sigma: sigma)
            kernel.blurPlane(noise.baseAddress!, columns: geometry.columns, rows: geometry.rows)
            // Larger pixels average more: the noise is given for those of the reference scan.
            let averaged = min(500 / 256 / Float(geometry.columnSpacing), 1.5)
            let scale = Float(acquisition.ct.noise) * averaged / (kernel.noiseGain * kernel.noiseGain)
            for index in 0..<plane { target[index] += noise[index] * scale }
            let bone = (0..<plane).reduce(0) { $0 + (target[$1] > 250 ? 1 : 0) }
            let areaCm2 = Float(bone) * Float(geometry.columnSpacing * geometry.rowSpacing) / 100
            guard areaCm2 > 30 else { return }
            addBands(target, noise: noise.baseAddress!, strength: min((areaCm2 - 30) * 0.25, 14) * scale / 14)
        }
    }

    /// Horizontal bands: noise that is alike along each row.
    private func addBands(_ target: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>, strength: Float) {
        for row in 0..<geometry.rows {
            let line = row * geometry.columns
            let wave = strength * noise[line + geometry.columns / 2] * 1.4
            for column in 0..<geometry.columns where target[line + column] > -500 { target[line + column] += wave }
        }
    }

    /// Dark and bright rays around metal.
    private func addStreaks(_ slice: Int, _ target: UnsafeMutablePointer<Float>, from centres: [SIMD2<Float>]) {
        var random = SeededGenerator(seed: seed, stream: "ct-streaks/\(slice / 4)")
        let phases = (0..<3).map { _ in Float(random.uniform(0, 6.28)) }
        for index in 0..<plane where target[index] > -700 {
            for centre in centres {
                let away = SIMD2(Float(index % geometry.columns), Float(index / geometry.columns)) - centre
                let distance = (away * away).sum().squareRoot() * Float(geometry.columnSpacing)
                let angle = atan2f(away.y, away.x)
                let rays = sinf(3 * angle + phases[0]) + sinf(8 * angle + phases[1]) + sinf(17 * angle + phases[2])
                target[index] += 150 * rays * expf(-distance / 55)
            }
        }
    }

    /// Whole Hounsfield units within what scanners store, and nothing beyond the field of view.
    private func finish(_ target: UnsafeMutablePointer<Float>) {
        let radius = acquisition.truncationRadiusMm ?? 1e6
        let origin = geometry.sliceOrigins[0]
        for row in 0..<geometry.rows {
            let y = origin.y + Double(row) * geometry.rowSpacing
            for column in 0..<geometry.columns {
                let x = origin.x + Double(column) * geometry.columnSpacing
                let index = row * geometry.columns + column
                target[index] = min(max(target[index].rounded(), -1024), 3071)
                if x * x + y * y > radius * radius { target[index] = -1024 }
            }
        }
    }
}

/// What contrast medium adds to structures, Hounsfield units in a portal venous phase; rounded estimates.
enum ContrastMedium {
    static func enhancement(_ kind: Structure.Kind) -> Float {
        switch kind {
        case .aorta, .carotidArtery, .jugularVein, .subclavianVessel, .venaCava, .portalVein, .pulmonaryVessel,
            .heartBlood, .renalVessel, .iliacArtery:
            125
        case .iliacVein, .femoralVessel: 70
        case .kidney: 135
        case .spleen: 75
        case .liver: 55
        case .thyroid, .pancreas, .myocardium, .adrenalGland: 55
        case .prostate, .parotidGland, .submandibularGland, .seminalVesicle: 35
        case .stomachWall, .duodenum, .jejunum, .ileum, .colonWall, .rectum: 45
        // Taken by mouth.
        case .smallBowelContents, .stomachContents: 110
        case .muscle, .psoas: 12
        case .focus: 35
        default: 0
        }
    }
}
