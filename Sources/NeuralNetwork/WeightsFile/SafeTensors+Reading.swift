import Foundation

extension SafeTensors {
    /// Longest header that is read, as in the reference implementation.
    static let longestHeader = 100_000_000

    /// Reads a file's bytes. Nothing in them is believed before it was checked: lengths, shapes, gaps, overlaps, types,
    /// and that every number is finite.
    public init(_ data: Data) throws(SafeTensorsError) {
        let header = try Self.header(data)
        let numbers = data.dropFirst(8 + header.count)
        let listing: HeaderListing
        do { listing = try JSONDecoder().decode(HeaderListing.self, from: header) } catch {
            throw .malformed("its header does not list tensors by dtype, shape and data_offsets")
        }
        guard JSONNames.count(in: header) == listing.count else { throw .malformed("it names a tensor twice") }
        var described: [Entry] = []
        for (name, description) in listing.tensors { described.append(try Entry(name, description)) }
        described.sort { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
        try Self.checkCover(described, bytes: numbers.count)
        var named: [(String, Tensor)] = []
        for entry in described { named.append((entry.name, try entry.tensor(numbers))) }
        self.init(Parameters(named), metadata: listing.metadata ?? [:])
    }

    /// The weights for a network: those it declares, no more and no fewer, each of its shape, in the network's order.
    public func parameters(for declarations: [ParameterDeclaration]) throws(SafeTensorsError) -> Parameters {
        let expected = Set(declarations.map(\.name))
        if let extra = parameters.names.first(where: { !expected.contains($0) }) {
            throw .mismatch("it holds \(extra), which the network does not know")
        }
        var named: [(String, Tensor)] = []
        for declaration in declarations {
            guard parameters.contains(declaration.name) else { throw .mismatch("it lacks \(declaration.name)") }
            let tensor = parameters[declaration.name]
            guard tensor.shape == declaration.shape else {
                throw .mismatch("\(declaration.name) has the shape \(tensor.shape), not \(declaration.shape)")
            }
            named.append((declaration.name, tensor))
        }
        return Parameters(named)
    }

    private static func header(_ data: Data) throws(SafeTensorsError) -> Data {
        guard data.count >= 8 else { throw .malformed("it has \(data.count) bytes") }
        let length = data.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(longestHeader) else { throw .malformed("its header would have \(length) bytes") }
        guard Int(length) <= data.count - 8 else { throw .malformed("it ends within its header") }
        let header = data.dropFirst(8).prefix(Int(length))
        guard header.first == UInt8(ascii: "{") else { throw .malformed("its header does not begin with {") }
        return Data(header)
    }

    /// The tensors must lie one after the other and fill the rest of the file.
    private static func checkCover(_ entries: [Entry], bytes: Int) throws(SafeTensorsError) {
        var end = 0
        for entry in entries {
            guard entry.start == end else {
                throw .malformed("\(entry.name) does not begin where the last tensor ends")
            }
            end = entry.end
        }
        guard end == bytes else { throw .malformed("its header describes \(end) bytes of numbers, it has \(bytes)") }
    }
}

/// The header as JSON says it.
private struct HeaderListing: Decodable {
    var tensors: [String: Description] = [:]
    var metadata: [String: String]?

    /// How many entries there are, the metadata counted.
    var count: Int { tensors.count + (metadata == nil ? 0 : 1) }

    struct Description: Decodable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for name in container.allKeys {
            if name.stringValue == "__metadata__" {
                metadata = try container.decode([String: String].self, forKey: name)
            } else {
                tensors[name.stringValue] = try container.decode(Description.self, forKey: name)
            }
        }
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// What the header says of one tensor.
private struct Entry {
    let name: String
    let shape: [Int]
    let start: Int
    let end: Int

    init(_ name: String, _ description: HeaderListing.Description) throws(SafeTensorsError) {
        let (shape, offsets) = (description.shape, description.data_offsets)
        guard description.dtype == "F32" else {
            throw .malformed("\(name) is of type \(description.dtype), only F32 is read")
        }
        guard (shape + offsets).allSatisfy({ $0 >= 0 }) else { throw .malformed("\(name) has a size below zero") }
        guard shape.count <= 8 else { throw .malformed("\(name) has \(shape.count) axes") }
        guard offsets.count == 2, offsets[0] <= offsets[1] else { throw .malformed("\(name) ends before it begins") }
        var bytes = 4
        for size in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .malformed("\(name) is larger than any memory") }
            bytes = product
        }
        guard offsets[1] - offsets[0] == bytes else { throw .malformed("\(name) does not have the bytes of its shape") }
        self.name = name
        self.shape = shape
        (start, end) = (offsets[0], offsets[1])
    }

    func tensor(_ numbers: Data) throws(SafeTensorsError) -> Tensor {
        let bytes = numbers.dropFirst(start).prefix(end - start)
        var tensor = Tensor(uninitialized: shape)
        tensor.withUnsafeMutableBuffer { values in
            bytes.withUnsafeBytes { bytes in
                for index in values.indices {
                    let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                    values[index] = Float(bitPattern: bits)
                }
            }
        }
        guard tensor.isFinite else { throw .malformed("\(name) holds a number that is not finite") }
        return tensor
    }
}

/// Counts the names of a JSON object, repeated ones too: JSON readers keep one of two entries of the same name without a
/// word, and not all of them the same one.
private enum JSONNames {
    /// How many entries the outermost object of valid JSON has.
    static func count(in json: Data) -> Int {
        var (depth, colons, quoted, escaped) = (0, 0, false, false)
        for byte in json {
            if quoted {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    quoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): quoted = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1: colons += 1
            default: break
            }
        }
        return colons
    }
}
