import Foundation

/// Ellipsoids that flow into one another, as the lobes of a liver do: no seam shows where they meet.
///
/// A point is inside where the sum of exp(−k(qᵢ − 1)) over the ellipsoids reaches one, qᵢ being 1 on the surface of the
/// i-th (a smooth union after Ricci 1973).
struct Blob: Sendable {
    let lobes: [Ellipsoid]
    let bounds: Bounds
    /// k above: the lower, the softer the seams.
    private let sharpness: Float

    init(_ lobes: [Ellipsoid], sharpness: Float = 3) {
        self.lobes = lobes
        self.sharpness = sharpness
        let union = lobes.dropFirst().reduce(lobes[0].bounds) { $0.union($1.bounds) }
        let margin = (union.high - union.low) * 0.06
        bounds = Bounds(low: union.low - margin, high: union.high + margin)
    }

    func inset(by depth: Float) -> Blob { Blob(lobes.map { $0.inset(by: depth) }, sharpness: sharpness) }

    func cover(_ row: SampleRow, _ mask: UnsafeMutablePointer<Bool>) {
        let range = row.range(bounds.low.x, bounds.high.x)
        guard !range.isEmpty else { return }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count) { sum in
            sum.initialize(repeating: 0)
            for lobe in lobes { lobe.add(row, range, sharpness: sharpness, to: sum.baseAddress!) }
            for index in range where sum[index - range.lowerBound] >= 1 { mask[index] = true }
        }
    }
}

extension Ellipsoid {
    /// Adds exp(−k(q − 1)) at samples of a row, q being 1 on the surface.
    fileprivate func add(_ row: SampleRow, _ range: Range<Int>, sharpness: Float, to sum: UnsafeMutablePointer<Float>) {
        let start = local(Point(row.x0, row.y, row.z) - center)
        let along = local(Point(row.step, 0, 0))
        for index in range {
            let q = start + along * Float(index)
            let square = dot(q, q)
            // Beyond twice the size a lobe adds nothing worth an exponential.
            if square < 4 { sum[index - range.lowerBound] += expf(-sharpness * (square - 1)) }
        }
    }
}
