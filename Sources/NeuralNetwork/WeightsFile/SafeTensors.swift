import Foundation

/// A safetensors file of 32-bit floating-point tensors (format description: huggingface/safetensors, README «Format»).
///
/// Eight bytes with the length of the header, little-endian; the header, a JSON object that gives each tensor's `dtype`,
/// `shape` and `data_offsets` within what follows, and strings under `__metadata__`; then the numbers, row-major,
/// little-endian, without gaps.
public struct SafeTensors: Sendable, Equatable {
    /// The tensors, in the order in which they lie in the file.
    public var parameters: Parameters
    /// What is said about them.
    public var metadata: [String: String]

    /// Gathers what a file holds.
    public init(_ parameters: Parameters, metadata: [String: String] = [:]) {
        self.parameters = parameters
        self.metadata = metadata
    }

    /// The tensors whose names fit, and the others; what is said about them goes with both.
    public func parted(by isWanted: (String) -> Bool) -> (wanted: SafeTensors, others: SafeTensors) {
        let named = parameters.named
        return (
            SafeTensors(Parameters(named.filter { isWanted($0.name) }), metadata: metadata),
            SafeTensors(Parameters(named.filter { !isWanted($0.name) }), metadata: metadata)
        )
    }

    /// The tensors of both, these first.
    /// - Precondition: no name in both.
    public func joined(with other: Parameters) -> SafeTensors {
        SafeTensors(Parameters(parameters.named + other.named), metadata: metadata)
    }

    /// Reads a file.
    public init(path: String) throws(SafeTensorsError) {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw .unreadable("\(path): \(error.localizedDescription)")
        }
        try self.init(data)
    }

    /// Writes a file, whole or not at all.
    public func write(path: String) throws(SafeTensorsError) {
        do { try encoded().write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw .unreadable("\(path): \(error.localizedDescription)")
        }
    }

    /// The file's bytes. The same tensors and metadata always give the same bytes.
    public func encoded() -> Data {
        var entries: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
            entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for (name, tensor) in zip(parameters.names, parameters.tensors) {
            let end = offset + 4 * tensor.count
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(Self.quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Data("{\(entries.joined(separator: ","))}".utf8)
        // Spaces bring the numbers to a multiple of eight bytes, as the format asks of writers.
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        var data = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
        data.append(header)
        for tensor in parameters.tensors {
            let bits = tensor.withUnsafeBuffer { $0.map(\.bitPattern.littleEndian) }
            bits.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        return data
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\0"..<" ":
                result +=
                    "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2) + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
