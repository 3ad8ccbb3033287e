import Foundation
import Imaging
import OtherPrograms

extension WrittenStudy {
    /// The voxels of each lesion as a rasteriser fills them, places in the volume, in the order of the lesions.
    typealias Masks = [[Int32]]

    /// What plastimatch makes of the Structure Sets. It fills contours on axial, evenly spaced grids only.
    static func plastimatchMasks(_ written: [WrittenStudy]) throws -> [Masks] {
        for study in written {
            let folder = study.folder.path
            let converted = try Program(
                "plastimatch",
                [
                    "convert", "--input", folder + "/structures.dcm", "--referenced-ct", folder + "/pet",
                    "--output-prefix", folder + "/masks", "--prefix-format", "nrrd",
                ])
            guard converted.status == 0 else { throw Unread(program: "plastimatch", output: converted.output) }
        }
        let masks: [[String: [Int32]]] = try decode("nrrd_masks.py", written.map { $0.folder.path + "/masks" })
        return try zip(written, masks).map { written, masks in try written.inOrder(masks) }
    }

    /// What rt-utils makes of the Structure Sets. It finds slices by their instances, so any straight stack will do.
    static func rtUtilsMasks(_ written: [WrittenStudy]) throws -> [Masks] {
        let arguments = written.flatMap { [$0.folder.path + "/structures.dcm", $0.folder.path + "/pet"] }
        let masks: [[String: [String: [Int]]]] = try decode("rt_utils_masks.py", arguments)
        return try zip(written, masks).map { written, masks in
            try written.inOrder(masks.mapValues(written.places))
        }
    }

    /// What rt-utils makes of the Structure Sets on the CT: name of a region → instance of the CT → places in it.
    static func rtUtilsMasksOnCT(_ written: [WrittenStudy]) throws -> [[String: [String: [Int]]]] {
        try decode(
            "rt_utils_masks.py",
            written.flatMap { [$0.folder.path + "/structures-ct.dcm", $0.folder.path + "/ct"] })
    }

    /// Runs a judge that prints JSON on its last line.
    static func decode<Value: Decodable>(_ judge: String, _ arguments: [String]) throws -> Value {
        let program = try Program.judge(judge, arguments)
        // Warnings of the libraries may come before.
        guard program.status == 0, let line = program.output.split(separator: "\n").last(where: { $0.hasPrefix("[") })
        else { throw Unread(program: judge, output: program.output) }
        return try JSONDecoder().decode(Value.self, from: Data(line.utf8))
    }

    /// A judge that gave no verdict.
    struct Unread: Error, CustomStringConvertible {
        let program, output: String
        var description: String { "\(program) gave no verdict: \(output.suffix(2000))" }
    }

    private func inOrder(_ masks: [String: [Int32]]) throws -> Masks {
        guard masks.count == study.reading.lesions.count else {
            throw Unread(program: "rasteriser", output: "\(masks.count) regions: \(masks.keys.sorted())")
        }
        // Regions are named L01, L02 … and what they are.
        return masks.sorted { Self.number(of: $0.key) < Self.number(of: $1.key) }.map(\.value)
    }

    private static func number(of region: String) -> Int { Int(region.dropFirst().prefix(while: \.isNumber)) ?? 0 }
}
