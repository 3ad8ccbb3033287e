import Detection
import Foundation
import Imaging
import NeuralNetwork

/// A scan as the organ map sees it: cubes of 12 mm about the body's midline, from the lowest part in view.
package struct OrganGrid: Sendable {
    /// Cubes along x, y and z: 58 by 48 by 115 cm. Each a multiple of eight, as the network halves it three times.
    package static let size = ByteGrid.Size(x: 48, y: 40, z: 96)
    /// Edge of a cube, mm.
    package static let spacing = 12.0
    /// Uptake over the reference, uptake, soft tissue, density, whether there is CT.
    package static let channels = 5
    /// Every location with its side, and what is outside of the body.
    package static let classes = LocationClasses.all.count + 1
    /// The class outside of the body.
    package static let outside = classes - 1

    /// Cubes along x, y and z, and their edge, as a model's description says them.
    static let description = [Double(size.x), Double(size.y), Double(size.z), spacing]

    package let bytes: ByteGrid
    /// Reference uptake, SUVbw.
    let reference: Float

    /// Puts a scan on the grid.
    /// - Parameter uptake: what detection found in it.
    package init(_ uptake: DetectedUptake, in scan: ScanVolumes) {
        bytes = ByteGrid(
            scan, size: Self.size, spacing: Self.spacing,
            origin: ScanView.origin(of: uptake, scan, size: Self.size, spacing: Self.spacing))
        reference = ScanView.reference(uptake.reference, tracer: scan.tracer)
    }

    /// How a grid is changed in training.
    package struct Change {
        /// Whether left and right are exchanged.
        package var isMirrored = false
        /// What the scanner shows for a true SUV of 1.
        package var calibration: Float = 1
        /// Whether the CT is left out.
        package var hidesCT = false
        /// By how many cubes along x, y and z the CT lies elsewhere.
        package var offsetOfCT = (x: 0, y: 0, z: 0)
        /// How many layers from the lowest on are seen.
        package var height = OrganGrid.size.z

        /// None.
        package init() {}
    }

    /// Fills D×H×W×`channels` numbers.
    package func fill(_ target: UnsafeMutableBufferPointer<Float>, _ change: Change = Change()) {
        let size = Self.size
        let uptake = (0...255).map { byte in
            let suv = ByteScale.suv(UInt8(byte))
            return (log2(1 + suv / max(reference, 0.05)) / 3, log2(1 + suv * change.calibration) / 4)
        }
        for z in 0..<size.z {
            for y in 0..<size.y {
                for x in 0..<size.x {
                    let start = ((z * size.y + y) * size.x + x) * Self.channels
                    guard z < change.height else {
                        for channel in 0..<Self.channels { target[start + channel] = 0 }
                        continue
                    }
                    let column = change.isMirrored ? size.x - 1 - x : x
                    let cube = (z * size.y + y) * size.x + column
                    (target[start], target[start + 1]) = uptake[Int(bytes.pet[cube])]
                    let byte = change.hidesCT ? ByteScale.unknown : density(column, y, z, change)
                    (target[start + 2], target[start + 3], target[start + 4]) = ByteScale.densities[Int(byte)]
                }
            }
        }
    }

    private func density(_ x: Int, _ y: Int, _ z: Int, _ change: Change) -> UInt8 {
        let size = Self.size
        func held(_ place: Int, _ count: Int) -> Int { min(max(place, 0), count - 1) }
        let (i, j, k) = (
            held(x + change.offsetOfCT.x, size.x), held(y + change.offsetOfCT.y, size.y),
            held(z + change.offsetOfCT.z, size.z)
        )
        return bytes.ct[(k * size.y + j) * size.x + i]
    }
}
