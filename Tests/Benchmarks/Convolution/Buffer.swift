/// Memory aligned to a cache line, filled with numbers between −1 and 1 that repeat from run to run.
final class Buffer: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let bytes: Int

    init(bytes: Int, half: Bool = false) {
        self.bytes = max(bytes, 64)
        start = .allocate(byteCount: self.bytes, alignment: 64)
        var state: UInt32 = 12345
        func next() -> Float {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state) >> 8) / 0x80_0000
        }
        if half {
            let values = start.bindMemory(to: UInt16.self, capacity: self.bytes / 2)
            for index in 0..<self.bytes / 2 { values[index] = UInt16(next().bitPattern >> 16) }
        } else {
            for index in 0..<self.bytes / 4 { floats[index] = next() }
        }
    }

    deinit { start.deallocate() }

    var floats: UnsafeMutablePointer<Float> { start.assumingMemoryBound(to: Float.self) }
}
