import COpenBLAS
import NeuralNetwork

/// The rival: a convolution as a matrix product, over patches unfolded into columns a few slices at a time.
///
/// Kernel 3×3×3, stride 1, padding 1, channels first.
struct UnfoldedConvolution {
    let geometry: ConvolutionGeometry
    /// Slices unfolded at once, so that the columns take 4 MB at most.
    let slices: Int

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        let slice = geometry.inputs * 27 * geometry.extent.height * geometry.extent.width
        slices = min(geometry.extent.depth, max(1, 1 << 20 / slice))
    }

    private var taps: Int { geometry.inputs * 27 }
    private var plane: Int { geometry.extent.height * geometry.extent.width }
    private var volume: Int { geometry.extent.count }
    var columnCount: Int { taps * slices * plane }

    /// Runs one pass over samples `range`. `columns` holds `columnCount` numbers and belongs to this call.
    func run(
        _ pass: ConvolutionPrimitive.Pass, samples range: Range<Int>, input: UnsafeMutablePointer<Float>,
        weights: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>, columns: UnsafeMutablePointer<Float>
    ) {
        for sample in range {
            let source = input + sample * geometry.inputs * volume
            let target = output + sample * geometry.outputs * volume
            if pass == .inputGradient { source.update(repeating: 0, count: geometry.inputs * volume) }
            for first in stride(from: 0, to: geometry.extent.depth, by: slices) {
                let count = min(slices, geometry.extent.depth - first)
                let (n, m, k, all) = (Int32(count * plane), Int32(geometry.outputs), Int32(taps), Int32(volume))
                let part = target + first * plane
                switch pass {
                case .forward:
                    unfold(source, columns, first, count)
                    cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, weights, k, columns, n, 0, part, all)
                case .weightGradient:
                    unfold(source, columns, first, count)
                    cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasTrans, m, k, n, 1, part, all, columns, n, 1, weights, k)
                case .inputGradient:
                    cblas_sgemm(
                        CblasRowMajor, CblasTrans, CblasNoTrans, k, n, m, 1, weights, k, part, all, 0, columns, n)
                    fold(columns, source, first, count)
                }
            }
        }
    }

    /// Calls `body` for each row of the columns that lies within the input: where it starts in the columns and in the
    /// input, how many columns it spans.
    @inline(__always)
    private func forEachRow(_ first: Int, _ count: Int, _ body: (_ column: Int, _ voxel: Int, _ length: Int) -> Void) {
        let size = geometry.extent
        for tap in 0..<taps {
            let (channel, dz, dy, dx) = (tap / 27, tap / 9 % 3 - 1, tap / 3 % 3 - 1, tap % 3 - 1)
            let (left, length) = (max(0, -dx), size.width - abs(dx))
            for z in 0..<count where (0..<size.depth).contains(first + z + dz) {
                for y in 0..<size.height where (0..<size.height).contains(y + dy) {
                    let column = ((tap * count + z) * size.height + y) * size.width + left
                    let row = (channel * size.depth + first + z + dz) * size.height + y + dy
                    body(column, row * size.width + left + dx, length)
                }
            }
        }
    }

    private func unfold(
        _ input: UnsafePointer<Float>, _ columns: UnsafeMutablePointer<Float>, _ first: Int, _ count: Int
    ) {
        columns.update(repeating: 0, count: taps * count * plane)
        forEachRow(first, count) { column, voxel, length in
            (columns + column).update(from: input + voxel, count: length)
        }
    }

    private func fold(_ columns: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ first: Int, _ count: Int)
    {
        forEachRow(first, count) { column, voxel, length in
            for x in 0..<length { input[voxel + x] += columns[column + x] }
        }
    }
}
