import Imaging

/// What detection found in a patient.
public struct DetectedUptake: Sendable {
    /// Normal uptake of the reference organs.
    public let reference: ReferenceUptake
    /// The SUV above which uptake was looked at.
    public let floor: UptakeFloor
    /// Every candidate focus, in descending order of SUVmax.
    public let foci: [CandidateFocus]
    /// How many more foci there were, less conspicuous than all of these, beyond `FocusDetection.maximumCount`.
    public let droppedCount: Int
    /// The patient's landmarks.
    public let landmarks: BodyLandmarks
    /// The patient's outline.
    public let body: BodyMask
    /// How noisy the PET is (`Volume.noise`).
    public let noise: Double
}

/// Finds the sites of elevated uptake in a patient.
public struct FocusDetection: Sendable {
    /// The part of its height by which a maximum must rise above its neighbours to be a focus of its own.
    public var prominence: Float = 0.12
    /// How much a maximum must stand out (`UptakeBasins.conspicuity`) in a scan as noisy as most to be a focus of its own;
    /// what stands out less is part of the hotter site it hangs on.
    public var conspicuity: Float = 1
    /// Foci smaller than this must stand out more, by the root of what they lack (millilitres): most of them are ripples. One
    /// that does not is dropped, and leaves the hotter site that it hangs on without it.
    public var fullVolumeMl = 0.4
    /// No more foci than these, the most conspicuous, in one patient.
    public var maximumCount = 400
    /// A focus reaches down to this part of its maximum (but never below the floor).
    public var isocontour: Float = 0.45
    /// Foci below this volume are noise (millilitres).
    public var minimumVolumeMl = 0.1
    /// Full width at half maximum of the smoothing before maxima are sought (millimetres).
    public var smoothingMm = 2.5

    /// The published settings.
    public init() {}

    /// Finds the reference organs and every candidate focus of a scan.
    public func detect(in scan: ScanVolumes) -> DetectedUptake {
        let (pet, ct, tracer) = (scan.pet, scan.ct, scan.tracer)
        let body = BodyMask(pet: pet, ct: ct)
        let grid = BlockGrid(pet: pet, ct: ct, body: body)
        let landmarks = BodyLandmarks(grid: grid, body: body, geometry: pet.geometry)
        let reference = ReferenceUptake(pet: pet, ct: ct, grid: grid, landmarks: landmarks, tracer: tracer)
        let floor = UptakeFloor(tracer: tracer, reference: reference)
        let noise = pet.noise
        let (foci, dropped) = foci(
            in: pet, isInside: body.isInside, floor: Float(floor.suv),
            conspicuity: requiredConspicuity(noise: noise))
        return DetectedUptake(
            reference: reference, floor: floor, foci: foci, droppedCount: dropped, landmarks: landmarks, body: body,
            noise: noise)
    }

    /// How much a maximum must stand out in a scan: ripples grow with its noise, though the root of it serves best.
    /// - Parameter noise: of the scan (`Volume.noise`).
    public func requiredConspicuity(noise: Double) -> Float {
        conspicuity * Float(min(max(noise / Self.usualNoise, 0.4), 2.5).squareRoot())
    }

    /// The noise of the median digital patient.
    private static let usualNoise = 0.087

    /// Finds the basins that stand out enough on the smoothed PET, and grows and measures the focus of each.
    private func foci(
        in pet: Volume<SUVbw>, isInside: [Bool], floor: Float, conspicuity: Float
    ) -> (foci: [CandidateFocus], dropped: Int) {
        let smoothed = pet.smoothed(fullWidthAtHalfMaximumMm: smoothingMm)
        let all = UptakeBasins(pet: smoothed, isInside: isInside, floor: floor, prominence: prominence)
        let conspicuities = all.conspicuity(in: smoothed, isInside: isInside, floor: floor)
        let measured = foci(of: all.joined(keeping: conspicuities.map { $0 >= conspicuity }), in: pet, floor: floor)
        let found = zip(measured, conspicuities.filter { $0 >= conspicuity })
            .compactMap { focus, conspicuity in
                focus.map { focus in
                    let share = Float(min(focus.volumeMl / fullVolumeMl, 1))
                    return (focus: focus, conspicuity: conspicuity * share.squareRoot())
                }
            }
            .filter { $0.conspicuity >= conspicuity }
            .sorted { ($0.conspicuity, -$0.focus.peakVoxel) > ($1.conspicuity, -$1.focus.peakVoxel) }
        let kept = found.prefix(maximumCount).map(\.focus)
            .sorted { ($0.suvMax, -$0.peakVoxel) > ($1.suvMax, -$1.peakVoxel) }
        return (kept.enumerated().map { $1.focus(id: $0 + 1) }, found.count - kept.count)
    }

    /// The focus of each basin, measured on the PET itself; nil for one that is too small or too faint there.
    private func foci(of basins: UptakeBasins, in pet: Volume<SUVbw>, floor: Float) -> [FocusMeasurement?] {
        // Basins are sought on the smoothed PET, but a focus is what the PET itself shows.
        var hottest = basins.peaks
        for voxel in basins.labels.indices where basins.labels[voxel] > 0 {
            let basin = Int(basins.labels[voxel]) - 1
            if pet.voxels[voxel] > pet.voxels[hottest[basin]] { hottest[basin] = voxel }
        }
        let sphere = SphereKernel(volumeMl: 1, geometry: pet.geometry)
        var isTaken = [Bool](repeating: false, count: pet.voxels.count)
        return hottest.map { peak in
            guard pet.voxels[peak] >= floor else { return nil }
            let limit = max(floor, isocontour * pet.voxels[peak])
            let voxels = grow(from: peak, in: pet, down: limit, basins: basins, isTaken: &isTaken)
            let measurement = FocusMeasurement(pet: pet, voxels: voxels, peakVoxel: peak, sphere: sphere)
            return measurement.volumeMl >= minimumVolumeMl ? measurement : nil
        }
    }

    /// The voxels of a basin connected to its maximum at or above a limit, ascending.
    private func grow(
        from peak: Int, in pet: Volume<SUVbw>, down limit: Float, basins: UptakeBasins, isTaken: inout [Bool]
    ) -> [Int32] {
        var voxels = [Int32(peak)]
        isTaken[peak] = true
        var next = 0
        while next < voxels.count {
            UptakeBasins.forEachNeighbour(of: Int(voxels[next]), in: pet.geometry) { neighbour in
                guard !isTaken[neighbour], basins.labels[neighbour] == basins.labels[peak],
                    pet.voxels[neighbour] >= limit
                else { return }
                isTaken[neighbour] = true
                voxels.append(Int32(neighbour))
            }
            next += 1
        }
        return voxels.sorted()
    }
}
