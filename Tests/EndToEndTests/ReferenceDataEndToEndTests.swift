import DICOM
import Foundation
import Imaging
import Testing

/// The commands on real images and on the reference objects, none of which this project made.
@Suite struct ReferenceDataEndToEndTests {
    private static let folder =
        ProcessInfo.processInfo.environment["UPTAKE_REFERENCE_DATA"]
        ?? URL(fileURLWithPath: Place.root).deletingLastPathComponent().appendingPathComponent("shared/data").path

    /// Unpacks an archive, or a part of it.
    private func unpack(_ archive: String, _ part: String = "") throws -> Scratch {
        let scratch = try Scratch("reference")
        let path = "\(Self.folder)/\(archive).tar.xz"
        let tar = try Child.run("tar", ["-xJf", path, "-C", scratch.path] + (part.isEmpty ? [] : [part]))
        guard tar.status == 0 else {
            throw Unmet(description: "\(path): set UPTAKE_REFERENCE_DATA to the reference data's folder; \(tar.errors)")
        }
        return scratch
    }

    /// The parts of `uptake measure`'s JSON that scripts rely on.
    private struct Measured: Decodable {
        struct SUV: Decodable {
            let factor: Double?
            let referenceTimeSource: String
        }
        struct Image: Decodable { let min, max, mean: Double }
        struct ROI: Decodable {
            let name: String
            let min, median, mean, max, peak: Double?
            let volumeMl: Double
        }
        let suv: SUV
        let image: Image
        let rois: [ROI]
    }

    private func measure(_ arguments: [String]) throws -> Measured {
        let run = try Child.run(Place.uptake, ["measure"] + arguments)
        try #require(run.status == 0, "\(run)")
        return try JSONDecoder().decode(Measured.self, from: Data(run.output.utf8))
    }

    @Test func tumourOfARealPETIsAmongTheFoci() throws {
        let data = try unpack("sts-001")
        let output = try Scratch("output")
        let run = try Child.run(
            Place.uptake, ["read", "--input", data.path + "/sts-001", "--output", output.path])
        try #require(run.status == 0, "\(run)")
        let json = try Data(contentsOf: URL(fileURLWithPath: output.path + "/reading.json"))
        let document = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(document["tracer"] as? String == "18F-FDG" && document["stage"] is NSNull)
        #expect(document["ctSeriesInstanceUID"] is String)
        let warnings = try #require(document["warnings"] as? [String])
        #expect(warnings.contains { $0.hasPrefix("The CT covers 22 % of the PET") }, "\(warnings)")

        let mass = try massContours(below: data.path + "/sts-001/RTSTRUCT")
        let foci = try #require(document["foci"] as? [[String: Any]])
        let inside = foci.filter { focus in
            (focus["centroid"] as? [Double]).map { encloses(mass, PatientPoint($0[0], $0[1], $0[2])) } ?? false
        }
        // The highest voxel of the contour is one of theirs.
        let hottest = inside.compactMap { $0["suvMax"] as? Double }.max()
        #expect(abs(try #require(hottest) - 7.911) < 0.0005)
        #expect(inside.contains { $0["suspicious"] as? Bool == true }, "the tumour is called suspicious")
        // What is hot by nature is seen, and is not.
        for organ in ["brain", "heart", "kidney", "urinary-bladder"] {
            let own = foci.filter { ($0["location"] as? [String: Any])?["id"] as? String == organ }
            #expect(!own.isEmpty && own.allSatisfy { $0["suspicious"] as? Bool == false }, "\(organ)")
        }
    }

    @Test func realPETHasItsFigures() throws {
        let data = try unpack("sts-001")
        let sets = try FileManager.default.contentsOfDirectory(atPath: data.path + "/sts-001/RTSTRUCT")
        let named = try measure([
            "--input", data.path + "/sts-001/PET", "--rtstruct", data.path + "/sts-001/RTSTRUCT/" + sets[0],
        ])
        // A structure set among the files is as good as one that is named.
        let found = try measure(["--input", data.path + "/sts-001"])
        for measured in [named, found] {
            #expect(abs(measured.suv.factor! / 0.000242902977 - 1) < 1e-8)
            #expect(measured.suv.referenceTimeSource == "series-time")
            let mass = try #require(measured.rois.first { $0.name == "GTV_Mass" })
            #expect(abs(mass.max! - 7.911) < 0.0005 && abs(mass.mean! - 2.555) < 0.0005)
            #expect(abs(mass.volumeMl - 366.1) < 0.05)
            #expect(measured.image.min == 0 && measured.image.max > mass.max!)
        }
    }

    @Test func referenceObjectHasItsFigures() throws {
        let data = try unpack("ibsi-suv", "ibsi-suv/DRO_2_0")
        let root = data.path + "/ibsi-suv/DRO_2_0"
        let set = try #require(try FileManager.default.contentsOfDirectory(atPath: root + "/RS").first)
        let measured = try measure(["--input", root + "/PT", "--rtstruct", "\(root)/RS/\(set)"])
        let roi = try #require(measured.rois.first)
        #expect(abs(roi.min! - 0.2) < 0.005 && abs(roi.median! - 1) < 0.005 && abs(roi.max! - 4) < 0.005, "\(roi)")
    }

    // MARK: Contours

    private func massContours(below folder: String) throws -> [[PatientPoint]] {
        let file = try #require(try DICOMFolder.read(folder).first?.path)
        let set = try StructureSet(try DICOMFile(path: file).dataSet)
        return try #require(set.regions.first { $0.name == "GTV_Mass" }).contours
    }

    /// Whether a point lies within the contour of the slice next to it, by the number of edges that a ray crosses.
    private func encloses(_ contours: [[PatientPoint]], _ point: PatientPoint) -> Bool {
        guard let level = contours.map({ $0[0].z }).min(by: { abs($0 - point.z) < abs($1 - point.z) }),
            abs(level - point.z) < 3.3
        else { return false }
        var isInside = false
        for contour in contours where contour[0].z == level {
            for (a, b) in zip(contour, contour.dropFirst() + [contour[0]]) where (a.y > point.y) != (b.y > point.y) {
                let share = (point.y - a.y) / (b.y - a.y)
                if point.x < a.x + share * (b.x - a.x) { isInside.toggle() }
            }
        }
        return isInside
    }
}
