import Foundation
import NeuralNetwork
import Testing

/// Weights files: what goes in comes out, and nothing else comes in.
@Suite struct SafeTensorsTests {
    private let example = SafeTensors(
        Parameters([
            ("stem.weight", drawn([2, 3, 1, 1, 1], "w")), ("b\"\\\n\u{1}é", Tensor([1], [-0.0])),
            ("none", Tensor([0, 4])),
            ("single", Tensor([], [Float.leastNonzeroMagnitude])),
        ]), metadata: ["architecture": "{\"a\": [1, 2]}", "note": ":,{"])

    @Test func `a file read is the file written, bit for bit`() throws {
        let read = try SafeTensors(example.encoded())
        #expect(read == example)
        #expect(read.parameters["b\"\\\n\u{1}é"].values[0].sign == .minus)
        #expect(read.encoded() == example.encoded())
        let path = NSTemporaryDirectory() + "uptake-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try example.write(path: path)
        #expect(try SafeTensors(path: path) == example)
    }

    @Test func `a file that PyTorch's own writer made is read`() throws {
        #expect(Golden.tensor("dense/weight").shape == [4, 7])
        #expect(Golden.provenance.count == 3)
    }

    @Test func `a file that is not there is refused by name`() {
        #expect { try SafeTensors(path: "/nowhere/model.safetensors") } throws: { "\($0)".contains("/nowhere/model") }
    }

    static let hostile: [(why: String, header: String, numbers: Int)] = [
        ("no object", "[]", 0),
        ("no JSON", "{\"a\":", 0),
        ("space before the object", " {}", 0),
        ("text after the object", "{}x", 0),
        ("nothing said of a tensor", "{\"a\":{}}", 0),
        ("another type", "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4),
        ("no type", "{\"a\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,4]}}", 4),
        ("negative size", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4),
        ("two negative sizes", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1,-1],\"data_offsets\":[0,4]}}", 4),
        ("half a size", "{\"a\":{\"dtype\":\"F32\",\"shape\":[0.5],\"data_offsets\":[0,2]}}", 2),
        ("a text for a size", "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", 4),
        ("true for a size", "{\"a\":{\"dtype\":\"F32\",\"shape\":[true],\"data_offsets\":[0,4]}}", 4),
        (
            "sizes whose product overflows",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4],\"data_offsets\":[0,0]}}", 0
        ),
        (
            "a size beyond 64 bits",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[18446744073709551617],\"data_offsets\":[0,4]}}", 4
        ),
        ("shape and bytes disagree", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4),
        ("end before start", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4),
        ("negative start", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4),
        ("three offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4),
        ("beyond the end", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4),
        ("bytes left over", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8),
        ("a gap", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8),
        (
            "an overlap",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8
        ),
        (
            "a name twice",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4
        ),
        ("nine axes", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4),
        ("metadata that are no texts", "{\"__metadata__\":{\"a\":1}}", 0),
        ("endless nesting", "{\"a\":" + String(repeating: "[", count: 100_000), 0),
    ]

    @Test(arguments: hostile.map(\.why)) func `a malformed file is refused`(_ why: String) {
        let (_, header, numbers) = Self.hostile.first { $0.why == why }!
        #expect(refuses(file(header, numbers)))
    }

    @Test func `the same header is accepted when sound`() throws {
        let sound = try SafeTensors(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}  ", 8))
        #expect(sound.parameters["a"] == Tensor([2]))
        #expect(try SafeTensors(file("{}", 0)).parameters.names.isEmpty)
    }

    @Test func `every file cut short is refused`() {
        let whole = example.encoded()
        for length in 0..<whole.count { #expect(refuses(whole.prefix(length)), "\(length) bytes") }
    }

    @Test func `a header length beyond the file is refused`() {
        for length in [UInt64.max, UInt64(Int.max), 1 << 33, 100_000_001, 3] {
            let data = withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data("{}".utf8)
            #expect(refuses(data))
        }
    }

    @Test func `numbers that are not finite are refused`() {
        for value in [Float.nan, .infinity, -.infinity] {
            #expect(refuses(SafeTensors(Parameters([("a", Tensor([2], [1, value]))])).encoded()))
        }
    }

    @Test func `bytes changed at random are refused or read, never a crash`() {
        let whole = example.encoded()
        var random = SplitMix64(seed: 5)
        var refused = 0
        for _ in 0..<3000 {
            var data = whole
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                data[Int.random(in: 0..<data.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if refuses(data) { refused += 1 }
        }
        #expect(refused > 1000)
    }

    @Test func `weights of another network are refused with the name of what does not fit`() throws {
        let dense = Dense("d", inputs: 2, outputs: 3)
        let own = Parameters(dense.parameters.map { ($0.name, $0.drawn(seed: 1)) })
        #expect(try SafeTensors(own).parameters(for: dense.parameters) == own)
        let backwards = Parameters(zip(own.names, own.tensors).reversed().map { ($0, $1) })
        #expect(try SafeTensors(backwards).parameters(for: dense.parameters) == own)
        let wider = Dense("d", inputs: 4, outputs: 3)
        #expect(throws: SafeTensorsError.mismatch("d.weight has the shape [3, 2], not [3, 4]")) {
            try SafeTensors(own).parameters(for: wider.parameters)
        }
        #expect(throws: SafeTensorsError.mismatch("it lacks e.weight")) {
            try SafeTensors(own).parameters(for: dense.parameters + Dense("e", inputs: 1, outputs: 1).parameters)
        }
        #expect(throws: SafeTensorsError.mismatch("it holds d.bias, which the network does not know")) {
            try SafeTensors(own).parameters(for: [dense.parameters[0]])
        }
    }

    private func file(_ header: String, _ numbers: Int) -> Data {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
            + Data(count: numbers)
    }

    private func refuses(_ data: Data) -> Bool {
        do {
            _ = try SafeTensors(data)
            return false
        } catch {
            if case .malformed = error { return true }
            return false
        }
    }
}
