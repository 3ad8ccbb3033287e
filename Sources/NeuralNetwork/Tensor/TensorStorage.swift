import Synchronization

/// Memory for the numbers of a tensor, aligned to a cache line of 64 bytes.
///
/// Freed memory is kept for the next tensor of the same size: a training step asks for the same sizes again and again, and
/// fresh pages from the system cost as much time as a layer that is not a convolution.
final class TensorStorage: @unchecked Sendable {
    /// How many numbers.
    let count: Int
    /// Where they begin. Written only while the tensor that owns the storage is its sole owner.
    let start: UnsafeMutablePointer<Float>

    /// Takes memory whose content is undefined.
    init(count: Int) {
        self.count = count
        start = Self.pool.withLock { $0.take(count) } ?? Self.allocate(count)
    }

    deinit {
        let (count, address) = (count, UInt(bitPattern: start))
        let kept = Self.pool.withLock { $0.keep(address, count: count) }
        if !kept { start.deallocate() }
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        UnsafeMutableRawPointer.allocate(byteCount: max(count * 4, 64), alignment: 64)
            .bindMemory(to: Float.self, capacity: max(count, 16))
    }

    private static let pool = Mutex(Pool())

    /// Freed memory by size.
    private struct Pool: ~Copyable {
        /// At most 1 GiB is kept.
        private static let limit = 1 << 28
        private var free: [Int: [UInt]] = [:]
        private var kept = 0

        mutating func take(_ count: Int) -> UnsafeMutablePointer<Float>? {
            guard let address = free[count]?.popLast() else { return nil }
            kept -= count
            return UnsafeMutablePointer(bitPattern: address)
        }

        mutating func keep(_ address: UInt, count: Int) -> Bool {
            guard kept + count <= Self.limit else { return false }
            free[count, default: []].append(address)
            kept += count
            return true
        }
    }
}
