/// Inflates the beginning of a deflate stream (RFC 1951).
///
/// A deflated data set is the one place where a few bytes become many, so the output has a limit, and the decoder is
/// in a language in which a wrong length cannot write past its buffer.
struct Inflater {
    enum Failure: Error, CustomStringConvertible {
        case endsEarly, reservedBlock, storedLength, codeLengths, symbol, distance

        var description: String {
            switch self {
            case .endsEarly: "it ends early"
            case .reservedBlock: "a block of the reserved type"
            case .storedLength: "a stored block with a wrong length"
            case .codeLengths: "impossible code lengths"
            case .symbol: "a code without a symbol"
            case .distance: "a distance before the beginning"
            }
        }
    }

    private let input: [UInt8]
    private let limit: Int
    private var position = 0
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []

    private init(_ input: [UInt8], _ limit: Int) {
        self.input = input
        self.limit = limit
    }

    /// The first `limit` bytes that `input` stands for; all of them where they are fewer.
    static func inflate(_ input: [UInt8], upTo limit: Int) throws(Failure) -> [UInt8] {
        var inflater = Inflater(input, limit)
        var isLast = false
        while !isLast, inflater.output.count < limit {
            isLast = try inflater.take(1) == 1
            switch try inflater.take(2) {
            case 0: try inflater.stored()
            case 1: try inflater.block(Huffman.fixedLiterals, Huffman.fixedDistances)
            case 2:
                let (literals, distances) = try inflater.dynamicCodes()
                try inflater.block(literals, distances)
            default: throw .reservedBlock
            }
        }
        return inflater.output
    }

    private mutating func take(_ count: Int) throws(Failure) -> Int {
        while bitCount < count {
            guard position < input.count else { throw .endsEarly }
            bits |= UInt32(input[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let value = bits & (1 << UInt32(count) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    private mutating func stored() throws(Failure) {
        (bits, bitCount) = (0, 0)
        let length = try take(16)
        guard try take(16) == length ^ 0xFFFF else { throw .storedLength }
        guard length <= input.count - position else { throw .endsEarly }
        output += input[position..<position + min(length, limit - output.count)]
        position += length
    }

    private mutating func block(_ literals: Huffman, _ distances: Huffman) throws(Failure) {
        while output.count < limit {
            let symbol = try decode(literals)
            if symbol == 256 { return }
            guard symbol > 256 else {
                output.append(UInt8(symbol))
                continue
            }
            guard symbol - 257 < Self.lengthBase.count else { throw .symbol }
            let length = Self.lengthBase[symbol - 257] + (try take(Self.lengthBits[symbol - 257]))
            let code = try decode(distances)
            guard code < Self.distanceBase.count else { throw .symbol }
            let distance = Self.distanceBase[code] + (try take(Self.distanceBits[code]))
            guard distance <= output.count else { throw .distance }
            for _ in 0..<min(length, limit - output.count) { output.append(output[output.count - distance]) }
        }
    }

    private mutating func decode(_ code: Huffman) throws(Failure) -> Int {
        // Canonical codes: of each length, `first` is the lowest code and `index` that code's place among the symbols.
        var (value, first, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw .symbol
    }

    private mutating func dynamicCodes() throws(Failure) -> (Huffman, Huffman) {
        let literals = try take(5) + 257
        let distances = try take(5) + 1
        var codeLengths = [Int](repeating: 0, count: 19)
        for index in 0..<(try take(4) + 4) { codeLengths[Self.codeLengthOrder[index]] = try take(3) }
        let code = try Huffman(codeLengths)
        var lengths: [Int] = []
        while lengths.count < literals + distances {
            switch try decode(code) {
            case let length where length < 16: lengths.append(length)
            case 16:
                guard let last = lengths.last else { throw .codeLengths }
                lengths += Array(repeating: last, count: 3 + (try take(2)))
            case 17: lengths += Array(repeating: 0, count: 3 + (try take(3)))
            default: lengths += Array(repeating: 0, count: 11 + (try take(7)))
            }
        }
        guard lengths.count == literals + distances else { throw .codeLengths }
        return (try Huffman(lengths[..<literals]), try Huffman(lengths[literals...]))
    }

    // RFC 1951 section 3.2.5
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    // RFC 1951 section 3.2.7
    private static let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
}

/// A canonical Huffman code (RFC 1951 section 3.2.2).
private struct Huffman {
    /// How many codes there are of each length in bits.
    let counts: [Int]
    /// The symbols by ascending code.
    let symbols: [Int]

    static let fixedLiterals = Huffman(
        checked: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    static let fixedDistances = Huffman(checked: Array(repeating: 5, count: 30))

    init(_ lengths: some Collection<Int>) throws(Inflater.Failure) {
        self.init(checked: Array(lengths))
        var left = 1
        for length in 1...15 {
            left = left << 1 - counts[length]
            if left < 0 { throw .codeLengths }
        }
    }

    private init(checked lengths: [Int]) {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths where length > 0 { counts[length] += 1 }
        self.counts = counts
        symbols = lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    }
}
