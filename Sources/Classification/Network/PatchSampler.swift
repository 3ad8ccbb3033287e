import Foundation
import Imaging
import NeuralNetwork

/// Draws what the network sees of a focus into the channels of its inputs, channels last.
struct PatchSampler {
    private let scan: ScanView
    private let focus: FocusView
    private let viewing: Viewing
    /// For each byte of uptake: the logarithm of what it is over the reference, and of what it is.
    private let uptake: [(Float, Float)]

    init(scan: ScanView, focus: FocusView, viewing: Viewing) {
        (self.scan, self.focus, self.viewing) = (scan, focus, viewing)
        let reference = max(scan.reference * viewing.calibration * viewing.referenceError, 0.05)
        uptake = (0...255).map { byte in
            let suv = ByteScale.suv(UInt8(byte)) * viewing.calibration
            return (log2(1 + suv / reference) / 3, log2(1 + suv) / 4)
        }
    }

    /// Fills a patch.
    /// - Parameters:
    ///   - target: side³ voxels of `FocusNetwork.patchChannels`.
    ///   - grid: where from; its spacing sets the size of the patch.
    func fill(_ target: UnsafeMutableBufferPointer<Float>, from grid: ByteGrid) {
        let axes = viewing.geometry.axes(1)
        let half = Double(FocusNetwork.side - 1) / 2
        let middle = grid.place(of: focus.middle + viewing.geometry.shift)
        let corner = middle - (axes.x + axes.y + axes.z) * half
        let source = GridReader(grid)
        source.withBytes { pet, ct in
            // Everything there is done for each of 8,000 voxels: the tables are unwrapped before.
            uptake.withUnsafeBufferPointer { uptake in
                ByteScale.densities.withUnsafeBufferPointer { densities in
                    fill(target, from: source, pet, ct, uptake, densities, corner: corner, axes: axes)
                }
            }
        }
        mark(target, corner: corner, axes: axes, in: grid)
    }

    /// Fills all channels but that of the focus, which is cleared.
    private func fill(
        _ target: UnsafeMutableBufferPointer<Float>, from source: GridReader, _ pet: UnsafeBufferPointer<UInt8>,
        _ ct: UnsafeBufferPointer<UInt8>, _ uptake: UnsafeBufferPointer<(Float, Float)>,
        _ densities: UnsafeBufferPointer<(Float, Float, Float)>, corner: PatientPoint,
        axes: (x: PatientPoint, y: PatientPoint, z: PatientPoint)
    ) {
        let (side, channels) = (FocusNetwork.side, FocusNetwork.patchChannels)
        let offset = viewing.geometry.offsetOfCT * (1 / source.spacing)
        let hidesCT = viewing.hidesCT
        var noise = NoiseSource(deviation: viewing.noise, seed: viewing.seed ^ UInt64(source.spacing))
        var voxel = target.baseAddress!
        for z in 0..<side {
            for y in 0..<side {
                let row = corner + axes.y * Double(y) + axes.z * Double(z)
                for x in 0..<side {
                    let place = row + axes.x * Double(x)
                    let byte = min(max(source.interpolated(pet, place) + noise.next(), 0), 255)
                    (voxel[0], voxel[1]) = uptake[Int(Double(byte) + 0.5)]
                    let density = hidesCT ? ByteScale.unknown : source.nearest(ct, place - offset)
                    (voxel[2], voxel[3], voxel[4]) = densities[Int(density)]
                    voxel[5] = 0
                    voxel += channels
                }
            }
        }
    }

    /// Marks the voxels of the focus.
    private func mark(
        _ target: UnsafeMutableBufferPointer<Float>, corner: PatientPoint,
        axes: (x: PatientPoint, y: PatientPoint, z: PatientPoint), in grid: ByteGrid
    ) {
        let (side, channels) = (FocusNetwork.side, FocusNetwork.patchChannels)
        let cells = scan.near
        let step = 1 / axes.x.dot(axes.x)
        // A cell of the fine grid fills a small part of a coarse voxel.
        let share = Float(pow(min(cells.spacing * viewing.geometry.scale / grid.spacing, 1), 3)) / 255
        for cell in focus.cells {
            let index = Int(cell.index)
            let x = Double(index % cells.size.x)
            let y = Double(index / cells.size.x % cells.size.y)
            let z = Double(index / (cells.size.x * cells.size.y))
            let point = cells.origin + PatientPoint(x, y, z) * cells.spacing
            let offset = grid.place(of: point) - corner
            let i = Int((offset.dot(axes.x) * step).rounded())
            let j = Int((offset.dot(axes.y) * step).rounded())
            let k = Int((offset.dot(axes.z) * step).rounded())
            guard (0..<side).contains(i), (0..<side).contains(j), (0..<side).contains(k) else { continue }
            let position = ((k * side + j) * side + i) * channels + 5
            target[position] = min(target[position] + Float(cell.share) * share, 1)
        }
    }

    /// Fills the overview, which is mirrored but neither turned nor moved.
    func fillOverview(_ target: UnsafeMutableBufferPointer<Float>) {
        let (grid, size) = (scan.overview, scan.overview.size)
        let place = grid.place(of: focus.middle)
        // A bell about the focus, of one cell's deviation: the product of one along each axis.
        func bell(_ count: Int, _ middle: Double) -> [Float] {
            (0..<count).map { Float(exp(-(middle - Double($0)) * (middle - Double($0)) / 2)) }
        }
        let (columns, rows, slices) = (bell(size.x, place.x), bell(size.y, place.y), bell(size.z, place.z))
        var voxel = target.baseAddress!
        for z in 0..<size.z {
            for y in 0..<size.y {
                let row = (z * size.y + y) * size.x
                let share = slices[z] * rows[y]
                for x in 0..<size.x {
                    let column = viewing.geometry.isMirrored ? size.x - 1 - x : x
                    (voxel[0], voxel[1]) = uptake[Int(grid.pet[row + column])]
                    let density = viewing.hidesCT ? ByteScale.unknown : grid.ct[row + column]
                    (_, voxel[2], voxel[3]) = ByteScale.densities[Int(density)]
                    voxel[4] = share * columns[column]
                    voxel += FocusNetwork.overviewChannels
                }
            }
        }
    }
}

/// Reads a grid at fractional places.
private struct GridReader {
    private let grid: ByteGrid
    private let size: ByteGrid.Size
    let spacing: Double

    init(_ grid: ByteGrid) {
        self.grid = grid
        (size, spacing) = (grid.size, grid.spacing)
    }

    /// Uptake and density in place.
    func withBytes(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Void) {
        grid.pet.withUnsafeBufferPointer { pet in grid.ct.withUnsafeBufferPointer { ct in body(pet, ct) } }
    }

    /// The byte nearest to a place; 0 outside.
    @inline(__always)
    func nearest(_ bytes: UnsafeBufferPointer<UInt8>, _ place: PatientPoint) -> UInt8 {
        // Truncation rounds down what is not negative, and calls nothing.
        guard place.x >= -0.5, place.y >= -0.5, place.z >= -0.5 else { return 0 }
        let (x, y, z) = (Int(place.x + 0.5), Int(place.y + 0.5), Int(place.z + 0.5))
        guard x < size.x, y < size.y, z < size.z else { return 0 }
        return bytes[(z * size.y + y) * size.x + x]
    }

    /// Trilinear interpolation; 0 outside.
    @inline(__always)
    func interpolated(_ bytes: UnsafeBufferPointer<UInt8>, _ place: PatientPoint) -> Float {
        guard place.x >= 0, place.y >= 0, place.z >= 0 else { return Float(nearest(bytes, place)) }
        let (x, y, z) = (Int(place.x), Int(place.y), Int(place.z))
        guard x + 1 < size.x, y + 1 < size.y, z + 1 < size.z else { return Float(nearest(bytes, place)) }
        let (u, v, w) = (Float(place.x) - Float(x), Float(place.y) - Float(y), Float(place.z) - Float(z))
        let start = (z * size.y + y) * size.x + x
        func row(_ at: Int) -> Float { Float(bytes[at]) * (1 - u) + Float(bytes[at + 1]) * u }
        func plane(_ at: Int) -> Float { row(at) * (1 - v) + row(at + size.x) * v }
        return plane(start) * (1 - w) + plane(start + size.x * size.y) * w
    }
}

/// Nearly normal noise, two numbers for each random word: sums of four bytes.
private struct NoiseSource {
    private let deviation: Float
    private var random: SplitMix64
    private var kept: Float?

    init(deviation: Float, seed: UInt64) {
        self.deviation = deviation
        random = SplitMix64(seed: seed)
    }

    mutating func next() -> Float {
        guard deviation > 0 else { return 0 }
        if let kept {
            self.kept = nil
            return kept
        }
        let word = random.next()
        func normal(_ bits: UInt64) -> Float {
            let sum = (bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24 & 255)
            // Four bytes sum to 510 on average, with a standard deviation of 147.8.
            return (Float(sum) - 510) / 147.8 * deviation
        }
        kept = normal(word >> 32)
        return normal(word)
    }
}
