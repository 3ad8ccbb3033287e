/// A repeatable source of chance (SplitMix64), one stream for each case, so that a case can be drawn without those before
/// it.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, case number: UInt64) {
        state = seed &* 0xD134_2543_DE82_EF95 ^ number
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<max(count, 1), using: &self) }
    mutating func byte() -> UInt8 { UInt8.random(in: 0...255, using: &self) }
}

extension [UInt8] {
    /// Bytes that mean something in DICOM: lengths at the edges, item and delimiter tags, representations.
    private static let telling: [[UInt8]] = [
        [0], [1], [0x7F], [0x80], [0xFE], [0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F],
        [0xFE, 0xFF, 0x00, 0xE0], [0xFE, 0xFF, 0x0D, 0xE0], [0xFE, 0xFF, 0xDD, 0xE0], [0xE0, 0x7F, 0x10, 0x00],
        Array("SQ".utf8), Array("UN".utf8), Array("OB".utf8), Array("UT".utf8), Array("UI".utf8), [0, 0],
    ]

    /// Changes from one to eight places: a bit, a byte, a telling value, a piece cut out, repeated, moved, or cut off.
    mutating func mutate(_ chance: inout Chance) {
        for _ in 0...chance.below(8) where !isEmpty {
            let place = chance.below(count)
            let piece = place..<Swift.min(count, place + 1 + chance.below(24))
            switch chance.below(8) {
            case 0: self[place] ^= 1 << UInt8(chance.below(8))
            case 1: self[place] = chance.byte()
            case 2, 3: overwrite(at: place, Self.telling[chance.below(Self.telling.count)])
            case 4: removeSubrange(piece)
            case 5: insert(contentsOf: Array(self[piece]), at: chance.below(count))
            case 6: insert(contentsOf: (0..<1 + chance.below(16)).map { _ in chance.byte() }, at: place)
            default: if chance.below(4) == 0 { removeLast(count - place) }
            }
        }
    }

    private mutating func overwrite(at place: Int, _ bytes: [UInt8]) {
        for (offset, byte) in bytes.enumerated() where place + offset < count { self[place + offset] = byte }
    }
}
