import Anatomy
import DICOM
import Foundation
import Staging
import Testing

/// `uptake read`: what it writes, how it exits, and that it does the same again.
@Suite struct ReadTests {
    static let results = [
        "capture.dcm", "document.dcm", "keys.dcm", "reading.json", "report.dcm", "segmentation.dcm",
        "structures-ct.dcm", "structures.dcm", "summary.png",
    ]

    @Test func writesWhatTheContractSaysAndTheSameAgain() throws {
        let study = try Material.whole
        let (first, again, littered) = (try Scratch("first"), try Scratch("again"), try Scratch("littered"))
        let run = try Self.read(study.folder, into: first.path)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.hasPrefix("read: 68Ga-PSMA-11, ") && run.output.split(separator: "\n").count == 1)
        #expect(try Self.names(in: first.path) == Self.results)
        let document = try Self.document(in: first.path)
        try expectContract(document, of: study)

        try litter(littered.path, beside: study)
        #expect(try Self.read(littered.path, into: again.path).status == 0)
        #expect(try Self.bytes("reading.json", in: again.path) == Self.bytes("reading.json", in: first.path))
        #expect(try Self.bytes("summary.png", in: again.path) == Self.bytes("summary.png", in: first.path))
        for name in Self.results where name.hasSuffix(".dcm") {
            let (one, other) = (try object(name, in: first.path), try object(name, in: again.path))
            #expect(one.timeless == other.timeless && one.uid(.sopInstanceUID) == other.uid(.sopInstanceUID), "\(name)")
            #expect(one.uid(.studyInstanceUID) == study.uid)
        }
    }

    @Test func readsPETWithoutCTAndSaysSo() throws {
        let study = try Material.pelvis
        let output = try Scratch("output")
        #expect(try Self.read(study.petFolder, into: output.path).status == 0)
        let document = try Self.document(in: output.path)
        #expect(document["ctSeriesInstanceUID"] is NSNull && document["petSeriesInstanceUID"] is String)
        let warnings = try #require(document["warnings"] as? [String])
        #expect(warnings.contains { $0.contains("without CT") }, "\(warnings)")
        // There is always a report; objects of lesions come with lesions only, and every key has its null.
        let foci = try #require(document["foci"] as? [[String: Any]])
        let hasLesion = foci.contains { $0["suspicious"] as? Bool == true }
        let objects = hasLesion ? ["keys.dcm", "segmentation.dcm", "structures.dcm"] : []
        let always = ["capture.dcm", "document.dcm", "reading.json", "report.dcm", "summary.png"]
        #expect(try Self.names(in: output.path) == (always + objects).sorted())
        let reference = try #require(document["reference"] as? [String: Any])
        #expect(Set(reference.keys) == ["bloodPool", "liver", "parotid", "spleen"] && reference["liver"] is NSNull)
        let stage = try #require(document["stage"] as? [String: Any])
        #expect(stage["miM"] as? String == "miM0" && stage["miMPattern"] is NSNull)
    }

    // MARK: Declined

    /// A reason to decline, and what brings it about.
    struct Decline: CustomTestStringConvertible, Sendable {
        let code: String
        let words: String
        let edit: @Sendable (inout DataSet) -> Void
        var testDescription: String { code }
    }

    static let declines: [Decline] = [
        Decline(code: "no-weight", words: "Weight") { $0.remove(.patientWeight) },
        Decline(code: "no-weight", words: "Weight") { $0.set(.patientWeight, number: 0) },
        Decline(code: "unknown-tracer", words: "--tracer") { data in
            guard var item = data.items(.radiopharmaceuticalInformationSequence).first else { return }
            item.remove(.radiopharmaceutical)
            item.remove(.radiopharmaceuticalCodeSequence)
            data.set(.radiopharmaceuticalInformationSequence, [item])
            data.set(.studyDescription, "PET/CT")
        },
        Decline(code: "incomplete", words: "slices") { $0.set(.numberOfSlices, Material.pelvisSlices + 1) },
    ]

    @Test(arguments: declines)
    func declinesWithAReason(decline: Decline) throws {
        let (input, output) = (try Scratch("input"), try Scratch("output"))
        let study = try Material.edited(try Material.pelvis, named: "declined", in: input.path) { data in
            if data.string(.modality) == "PT" { decline.edit(&data) }
        }
        // What an earlier reading left must not be taken for this one's.
        for name in Self.results { try Data("earlier".utf8).write(to: URL(fileURLWithPath: output.path + "/" + name)) }
        let run = try Self.read(study.folder, into: output.path)
        try expectDeclined(run, output.path, code: decline.code, words: decline.words)
        #expect(try Self.document(in: output.path)["studyInstanceUID"] as? String == study.uid.description)
        guard decline.code == "unknown-tracer" else { return }
        let named = try Self.read(study.folder, into: output.path, ["--tracer", "18F-PSMA-1007"])
        #expect(named.status == 0)
        #expect(try Self.document(in: output.path)["tracer"] as? String == "18F-PSMA-1007")
    }

    @Test func declinesWhatHoldsNoPET() throws {
        let (empty, output) = (try Scratch("empty"), try Scratch("output"))
        let withCT = try Self.read(try Material.pelvis.ctFolder, into: output.path)
        try expectDeclined(withCT, output.path, code: "no-pet", words: "no PET series")
        let nothing = try Self.read(empty.path, into: output.path)
        try expectDeclined(nothing, output.path, code: "no-pet", words: "no PET series", isReported: false)
    }

    /// - Parameter isReported: whether there is an image whose patient a report could be of.
    private func expectDeclined(
        _ run: Child.Result, _ output: String, code: String, words: String, isReported: Bool = true
    ) throws {
        #expect(run.status == 3 && run.errors.isEmpty, "\(run)")
        #expect(run.output.hasPrefix("declined: ") && run.output.split(separator: "\n").count == 1, "\(run.output)")
        #expect(run.output.contains(words), "\(run.output)")
        #expect(try Self.names(in: output) == ["reading.json"] + (isReported ? ["report.dcm"] : []))
        if isReported {
            let dump = try Child.run("dsrdump", ["-Dv", "+Pl", output + "/report.dcm"])
            #expect(dump.status == 0 && dump.output.contains("[\(code)]"), "\(dump)")
        }
        let document = try Self.document(in: output)
        let declined = try #require(document["declined"] as? [String: String])
        #expect(declined["code"] == code && run.output == "declined: \(declined["reason"] ?? "")\n")
        #expect(Set(document.keys) == Self.keys)
        #expect((document["foci"] as? [Any])?.isEmpty == true && document["stage"] is NSNull)
    }

    // MARK: Usage and failure

    @Test func exitStatusTellsUsageFromFailure() throws {
        let output = try Scratch("output")
        let usage = [
            ["read"], ["read", "--output", output.path], ["read", "--input", "x"], ["read", "--colour", "blue"],
            ["read", "--input", "x", "--output", output.path, "--tracer", "water"], ["reed"],
            ["read", "--input", "x", "--output", output.path, "--common-iliac", "M1a"],
            ["read", "--input", "x", "--output", output.path, "--node-regions", "both"],
        ]
        for arguments in usage {
            let run = try Child.run(Place.uptake, arguments)
            #expect(run.status == 2 && run.output.isEmpty && !run.errors.isEmpty, "\(arguments): \(run)")
        }
        let input = try Material.pelvis.folder
        for (arguments, words) in [
            (["--input", output.path + "/none", "--output", output.path], "does not exist"),
            (["--input", input, "--output", output.path, "--model", "/none"], "name the folder of a model"),
            (["--input", input, "--output", "/proc/none"], "/proc/none"),
        ] {
            let run = try Child.run(Place.uptake, ["read"] + arguments)
            #expect(run.status == 1 && run.output.isEmpty, "\(arguments): \(run)")
            #expect(run.errors.hasPrefix("uptake: ") && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
            #expect(run.errors.contains(words), "\(run.errors)")
        }
        for command in [
            "serve", "check-config", "conformance", "status", "studies", "jobs", "quarantine", "explain", "pull",
            "read",
            "measure", "echo", "send", "demo", "backup", "verify", "rebuild",
        ] {
            let help = try Child.run(Place.uptake, [command, "--help"])
            #expect(help.status == 0 && help.output.contains("Example"), "\(command)")
            #expect(help.output.contains("uptake \(command)"))
        }
    }

    // MARK: The contract

    private static let keys: Set<String> = [
        "schema", "studyInstanceUID", "petSeriesInstanceUID", "ctSeriesInstanceUID", "tracer", "model", "suv",
        "reference", "foci", "stage", "comparison", "warnings", "declined",
    ]
    /// The ids of the contract, as it lists them.
    private static let locations = Set(
        ("brain lacrimal-gland parotid-gland submandibular-gland pharynx thyroid heart blood-vessel lung liver "
            + "gallbladder spleen pancreas adrenal-gland kidney ureter urinary-bladder stomach small-bowel colon rectum "
            + "prostate prostatic-bed seminal-vesicle testis ganglion muscle soft-tissue brown-fat "
            + ids(
                "lymph-node",
                "cervical supraclavicular axillary mediastinal hilar retroperitoneal common-iliac "
                    + "internal-iliac external-iliac obturator presacral mesorectal inguinal")
            + ids(
                "bone",
                "skull cervical-spine thoracic-spine lumbar-spine sacrum pelvis rib sternum clavicle scapula "
                    + "humerus femur")).split(separator: " ").map(String.init))

    private static func ids(_ group: String, _ names: String) -> String {
        names.split(separator: " ").map { " \(group).\($0)" }.joined()
    }

    private func expectContract(_ document: [String: Any], of study: Study) throws {
        #expect(Set(document.keys) == Self.keys)
        #expect(document["schema"] as? String == "reading/1" && document["declined"] is NSNull)
        #expect(document["studyInstanceUID"] as? String == study.uid.description)
        for (key, files) in [("petSeriesInstanceUID", study.pet), ("ctSeriesInstanceUID", study.ct)] {
            let series = try DICOMFile(path: files[0], extent: .header).dataSet.uid(.seriesInstanceUID)
            #expect(document[key] as? String == series?.description)
        }
        #expect(document["tracer"] as? String == "68Ga-PSMA-11")
        let model = try #require(document["model"] as? [String: String])
        #expect(Set(model.keys) == ["name", "version", "sha256"] && model["sha256"]?.count == 64)
        let suv = try #require(document["suv"] as? [String: Any])
        #expect(Set(suv.keys) == ["factor", "referenceTime", "referenceTimeSource"])
        let reference = try #require(document["reference"] as? [String: Any])
        for organ in ["bloodPool", "liver"] {
            let region = try #require(reference[organ] as? [String: Any])
            #expect(try #require(region["suvMean"] as? Double) > 0 && region["suvSD"] is Double)
        }
        try expectStage(document["stage"])
        try expectFoci(document["foci"], of: study)
    }

    private func expectStage(_ value: Any?) throws {
        let stage = try #require(value as? [String: Any])
        #expect(Set(["edition", "miT", "miN", "miNV1", "miM", "miMPattern"]).isSubset(of: stage.keys))
        func among(_ key: String, _ words: String) -> Bool {
            words.split(separator: " ").contains { $0 == stage[key] as? String ?? "" }
        }
        #expect(among("miT", "miT0 miT2u miT2m miT3a miT3b miT4 miTr") && among("miN", "miN0 miN1 miN2"))
        #expect(among("miNV1", "miN0 miN1a miN1b") && among("miM", "miM0 miM1a miM1b miM1c"))
        #expect(stage["miMPattern"] is NSNull || among("miMPattern", "uni oligo diss dmi"))
    }

    private func expectFoci(_ value: Any?, of study: Study) throws {
        let foci = try #require(value as? [[String: Any]])
        #expect(
            foci.contains { $0["suspicious"] as? Bool == true } && foci.contains { $0["suspicious"] as? Bool == false })
        let box = try boundingBox(of: study)
        var farthest = (left: -Double.infinity, right: Double.infinity)
        for focus in foci {
            #expect(
                Set(focus.keys) == [
                    "id", "suspiciousProbability", "suspicious", "location", "centroid", "suvMax", "suvMean", "suvPeak",
                    "volumeMl", "totalUptake", "expression", "expressionIsLowerBound",
                ])
            let location = try #require(focus["location"] as? [String: Any])
            #expect(Set(location.keys) == ["id", "laterality", "probability"])
            #expect(Self.locations.contains(try #require(location["id"] as? String)))
            #expect(["left", "right", "midline"].contains(location["laterality"] as? String))
            let (max, mean) = (try #require(focus["suvMax"] as? Double), try #require(focus["suvMean"] as? Double))
            #expect(0 < mean && mean <= max)
            let centroid = try #require(focus["centroid"] as? [Double])
            #expect(centroid.count == 3 && zip(centroid, box).allSatisfy { $1.contains($0) }, "\(centroid)")
            // In LPS the patient's left is where x is higher.
            if location["id"] as? String == "kidney" {
                if location["laterality"] as? String == "left" { farthest.left = Swift.max(farthest.left, centroid[0]) }
                if location["laterality"] as? String == "right" { farthest.right = min(farthest.right, centroid[0]) }
            }
        }
        #expect(farthest.right.isFinite && farthest.left.isFinite && farthest.right < farthest.left)
    }

    /// Where the PET lies, LPS millimetres, along each axis.
    private func boundingBox(of study: Study) throws -> [ClosedRange<Double>] {
        let ends = try [study.pet.first!, study.pet.last!].map { try DICOMFile(path: $0, extent: .header).dataSet }
        let corners = ends.map { $0.numbers(.imagePositionPatient) }
        let spacing = ends[0].numbers(.pixelSpacing)
        let (width, height) = (
            spacing[1] * Double(ends[0].integer(.columns)!), spacing[0] * Double(ends[0].integer(.rows)!)
        )
        return [
            corners[0][0]...corners[0][0] + width, corners[0][1]...corners[0][1] + height,
            min(corners[0][2], corners[1][2])...max(corners[0][2], corners[1][2]),
        ]
    }

    // MARK: Files

    private static func read(_ input: String, into output: String, _ more: [String] = []) throws -> Child.Result {
        try Child.run(Place.uptake, ["read", "--input", input, "--output", output] + more)
    }

    private static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private static func bytes(_ name: String, in folder: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    private static func document(in folder: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: bytes("reading.json", in: folder)) as? [String: Any])
    }

    private func object(_ name: String, in folder: String) throws -> DataSet {
        try DICOMFile(path: "\(folder)/\(name)").dataSet
    }

    /// The study's files in a tree of another shape, among files of other kinds.
    private func litter(_ folder: String, beside study: Study) throws {
        let manager = FileManager.default
        for (index, file) in study.files.reversed().enumerated() {
            let place = "\(folder)/\(index % 7)/deep"
            try manager.createDirectory(atPath: place, withIntermediateDirectories: true)
            try manager.linkItem(atPath: file, toPath: "\(place)/\(index)")
        }
        for (name, text) in [
            ("README.txt", "not an image"), ("0/empty.dcm", ""), ("1/picture.png", "\u{89}PNG\r\n"),
            ("2/broken.dcm", "DICM"),
            ("half.dcm", String(repeating: "\0", count: 128) + "DICM"),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
    }
}
