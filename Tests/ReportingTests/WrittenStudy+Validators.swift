import Foundation
import OtherPrograms

extension WrittenStudy {
    /// What `dciodvfy`, `dcentvfy` and `dsrdump` find that is no known false alarm.
    func findings() throws -> [String] {
        try (files + [declined]).flatMap(attributeFindings) + entityFindings()
            + [files[0], declined].flatMap(dumpFindings)
    }

    /// The attributes of an object by the definition of its class (PS3.3 annex A).
    private func attributeFindings(_ file: String) throws -> [String] {
        let output = try Program("dciodvfy", ["-new", file]).output
        let findings = output.split(separator: "\n").filter(FalseAlarm.isFinding).map(String.init)
        let classes = [
            "Comprehensive3DSR", "Segmentation", "RTStructureSet", "SCImage", "EncapsulatedPDF",
            "KeyObjectSelectionDocument",
        ]
        return findings
            + (classes.contains { output.contains($0) } ? [] : ["\(file): dciodvfy knows no class: \(output)"])
    }

    /// Whether patient, study and frame of reference say the same in all objects and in the PET.
    private func entityFindings() throws -> [String] {
        let output = try Program("dcentvfy", pet + files + [declined]).output
        return output.split(separator: "\n").filter(FalseAlarm.isFinding).map(String.init)
    }

    /// Whether DCMTK reads the Structured Report as one.
    private func dumpFindings(_ file: String) throws -> [String] {
        let dump = try Program("dsrdump", ["-Dv", file])
        return dump.status == 0 && dump.output.contains("Comprehensive 3D SR Document")
            ? [] : ["dsrdump: \(dump.output)"]
    }

    /// How PixelMed's rules, which are style sheets, are worked through.
    enum StyleSheets {
        /// By what Java brings: half a minute and more for a small report.
        case java
        /// By Saxon, in a twentieth of the time. The pass that looks for content which no template has keeps its notes in a
        /// way that Saxon does not bear out: it then misses items that were found, so what it says is left aside.
        case saxon

        fileprivate var arguments: [String] {
            switch self {
            case .java: ["TotalOp", "ExprOp", "ExprGrp"].map { "-Djdk.xml.xpath\($0)Limit=0" }
            case .saxon: ["-Djavax.xml.transform.TransformerFactory=net.sf.saxon.TransformerFactoryImpl"]
            }
        }
    }

    /// What PixelMed's validator finds in the Structured Reports that is no known false alarm.
    static func pixelMedFindings(_ written: [WrittenStudy], by engine: StyleSheets) throws -> [String] {
        let reports = written.flatMap { [$0.files[0], $0.declined] }
        let libraries = ["-cp", "/usr/share/java/pixelmed.jar:/usr/share/java/Saxon-HE.jar"]
        let source = Place.judge("PixelMedJudge.java")
        // Java's own style sheets take more than a minute for a report.
        let program = try Program(
            "java", engine.arguments + libraries + [source] + reports,
            seconds: 600 + 10 * written.count)
        let lines = program.output.split(separator: "\n")
        let judged = lines.count { $0 == "Root Template Validation Complete" }
        guard judged == reports.count else { return ["\(judged) of \(reports.count) judged: \(program.output)"] }
        return lines.filter(FalseAlarm.isFinding).map(String.init).filter { line in
            engine == .java || !line.contains("Content Item not in template")
        }
    }

    /// What Orthanc does not store, index or return as it was sent.
    static func orthancFindings(_ written: [WrittenStudy]) throws -> [String] {
        let program = try Program.judge("orthanc_objects.py", written.map(\.folder.path))
        guard program.status == 0, let line = program.output.split(separator: "\n").last else {
            return [program.output]
        }
        return try JSONDecoder().decode([String].self, from: Data(line.utf8))
    }
}
