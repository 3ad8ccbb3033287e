import DICOM
import Detection
import Foundation
import Imaging
import NeuralNetwork

/// A coarse map of the organs: what a network trained for it says of each cube of 12 mm (`OrganGrid`).
public struct OrganMap: Sendable {
    /// The shape of its network.
    package let shape: OrganNetwork
    /// Its weights.
    package let parameters: Parameters
    /// How it came about, in words; nil where its file does not say.
    package let account: String?
    /// Tells it from maps of other weights: their SHA-256, hexadecimal.
    package let digest: String
    private let network: Network

    /// Under what its file says how it came about.
    package static let accountKey = "training"

    /// Puts a map together.
    /// - Throws: `ModelError` where shape and weights do not fit together.
    public init(_ shape: OrganNetwork, _ weights: SafeTensors) throws(ModelError) {
        if let fault = shape.fault { throw .mismatch("\(fault) is out of bounds") }
        network = shape.network
        do { parameters = try weights.parameters(for: network.declarations) } catch {
            throw .mismatch("the weights of its organ map: \(error)")
        }
        self.shape = shape
        account = weights.metadata[Self.accountKey]
        digest = SHA256Digest(of: Array(SafeTensors(parameters).encoded())).description
    }

    /// Reads a map of the usual shape from the file that `uptake-lab organs` wrote, or from the weights of a model that has
    /// one.
    /// - Throws: `ModelError.noMap`.
    public init(path: String) throws(ModelError) {
        do {
            let weights = try SafeTensors(path: path).parted { $0.hasPrefix(OrganNetwork.prefix) }.wanted
            try self.init(OrganNetwork(), weights)
        } catch {
            throw .noMap(path: path, reason: String(describing: error))
        }
    }

    /// What it says of the places of foci.
    /// - Parameters:
    ///   - uptake: what detection found in the scan.
    ///   - points: the places (LPS, mm).
    ///   - hidesCT: whether the CT is left out.
    /// - Returns: for each place, `OrganGrid.classes` bytes: 255 times the root of the class's probability, so that what is a
    ///   hundredth is told from nothing.
    package func shares(
        at points: [PatientPoint], in grid: OrganGrid, hidesCT: Bool = false
    ) -> [[UInt8]] {
        var change = OrganGrid.Change()
        change.hidesCT = hidesCT
        let (size, classes) = (OrganGrid.size, OrganGrid.classes)
        var input = Tensor([1, size.z, size.y, size.x, OrganGrid.channels])
        input.withUnsafeMutableBuffer { grid.fill($0, change) }
        let answers = network.forward([input], Run(parameters: parameters)).outputs[0]
        return answers.withUnsafeBuffer { logits in
            points.map { point in
                var sums = [Float](repeating: 0, count: classes)
                for (cube, share) in Self.cubes(about: grid.bytes.place(of: point)) {
                    let row = logits[cube * classes..<(cube + 1) * classes]
                    let highest = row.max()!
                    let exponentials = row.map { expf($0 - highest) }
                    let total = exponentials.reduce(0, +)
                    for index in sums.indices { sums[index] += share * exponentials[index] / total }
                }
                // Weights that make numbers run away make no share, and no trap.
                return sums.map { $0 > 0 ? UInt8((min($0, 1).squareRoot() * 255).rounded()) : 0 }
            }
        }
    }

    /// The eight cubes about a place and how near it is to each; outside of the grid those at its edge.
    private static func cubes(about place: PatientPoint) -> [(cube: Int, share: Float)] {
        let size = OrganGrid.size
        func two(_ place: Double, _ count: Int) -> [(Int, Float)] {
            let held = min(max(place, 0), Double(count - 1))
            let low = min(Int(held), count - 2)
            let share = Float(held - Double(low))
            return [(low, 1 - share), (low + 1, share)]
        }
        var cubes: [(Int, Float)] = []
        for (z, w) in two(place.z, size.z) {
            for (y, v) in two(place.y, size.y) {
                for (x, u) in two(place.x, size.x) where u * v * w > 0 {
                    cubes.append(((z * size.y + y) * size.x + x, u * v * w))
                }
            }
        }
        return cubes
    }
}
