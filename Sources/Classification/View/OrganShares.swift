import Detection
import Imaging

/// What organ a place lies in, by the map of the organs: a byte for each of `OrganGrid.classes`, 255 times the root of its
/// probability, so that a hundredth is told from nothing.
public struct OrganShares: Sendable, Equatable {
    /// By PET and CT, or by PET alone where there is no CT.
    public let all: [UInt8]
    /// By PET alone; nil where the map was not asked without CT.
    public let withoutCT: [UInt8]?

    /// Gathers what the map says.
    public init(all: [UInt8], withoutCT: [UInt8]? = nil) { (self.all, self.withoutCT) = (all, withoutCT) }

    /// Asks the map about places in a scan.
    static func of(
        _ uptake: DetectedUptake, in scan: ScanVolumes, at points: [PatientPoint], by map: OrganMap,
        alsoWithoutCT: Bool
    ) -> [OrganShares] {
        guard !points.isEmpty else { return [] }
        let grid = OrganGrid(uptake, in: scan)
        let all = map.shares(at: points, in: grid)
        guard alsoWithoutCT, scan.ct != nil else { return all.map { OrganShares(all: $0) } }
        return zip(all, map.shares(at: points, in: grid, hidesCT: true)).map { OrganShares(all: $0, withoutCT: $1) }
    }

    /// What a network is given: the roots of the probabilities times four, which as a vector is about as long as a focus's
    /// other figures; sides exchanged where the focus is seen mirrored.
    package func seen(_ viewing: Viewing) -> [Float] {
        let bytes = viewing.hidesCT ? withoutCT ?? all : all
        return bytes.indices.map { index in
            Float(bytes[viewing.geometry.isMirrored ? Self.mirrored[index] : index]) / 255 * 4
        }
    }

    private static let mirrored = LocationClasses.mirrored + [OrganGrid.outside]
}
