import Foundation
import Imaging

extension Volume<SUVbw> {
    /// How noisy the PET is: the standard deviation of a cube of 5 mm from its neighbours to either side, as a share of its
    /// uptake (of SUV + 0.25); 0 where nothing has uptake.
    ///
    /// By the median, so that the edges of organs do not count: of normal noise the difference from the neighbours' mean has
    /// the root of 1.5 times its deviation, and half of the differences are below 0.6745 of theirs. Of cubes with SUV 0.25
    /// and more, as air has none. Needs no liver in view. Voxels larger than 5 mm are interpolated and seem quieter than they
    /// are.
    public var noise: Double {
        let grid = geometry.cubes(ofEdge: 5)
        let logarithms = resampled(to: grid, outside: 0).voxels.map { log(max($0, 0) + Self.softening) }
        let least = log(0.25 + Self.softening)
        var counts = [Int](repeating: 0, count: 1000)
        logarithms.withUnsafeBufferPointer { values in
            for row in stride(from: 0, to: values.count, by: grid.columns) where grid.columns > 2 {
                for index in row + 1..<row + grid.columns - 1
                where values[index] >= least && values[index - 1] >= least && values[index + 1] >= least
                    && values[index].isFinite && values[index - 1].isFinite && values[index + 1].isFinite
                {
                    let difference = abs(values[index] - (values[index - 1] + values[index + 1]) / 2)
                    counts[Int(min(difference / Self.step, Float(counts.count - 1)))] += 1
                }
            }
        }
        let half = Double(counts.reduce(0, +)) / 2
        var below = 0.0
        for (bin, count) in counts.enumerated() where count > 0 {
            if below + Double(count) >= half {
                // Within a bin differences are taken as even.
                let median = (Double(bin) + (half - below) / Double(count)) * Double(Self.step)
                return median / (0.6745 * 1.5.squareRoot())
            }
            below += Double(count)
        }
        return 0
    }

    private static var softening: Float { 0.25 }
    /// Differences are counted in steps of this.
    private static var step: Float { 0.002 }
}
