import Foundation

extension WrittenStudy {
    /// What `dciodvfy`, `dcentvfy` and `dsrdump` find that is no known false alarm.
    func findings() throws -> [String] {
        try files.flatMap(attributeFindings) + entityFindings() + dumpFindings()
    }

    /// The attributes of an object by the definition of its class (PS3.3 annex A).
    private func attributeFindings(_ file: String) throws -> [String] {
        let output = try Program("dciodvfy", ["-new", file]).output
        let findings = output.split(separator: "\n").filter(FalseAlarm.isFinding).map(String.init)
        let classes = ["Comprehensive3DSR", "Segmentation", "RTStructureSet"]
        return findings
            + (classes.contains { output.contains($0) } ? [] : ["\(file): dciodvfy knows no class: \(output)"])
    }

    /// Whether patient, study and frame of reference say the same in all objects and in the PET.
    private func entityFindings() throws -> [String] {
        let output = try Program("dcentvfy", pet + files).output
        return output.split(separator: "\n").filter(FalseAlarm.isFinding).map(String.init)
    }

    /// Whether DCMTK reads the Structured Report as one.
    private func dumpFindings() throws -> [String] {
        let dump = try Program("dsrdump", ["-Dv", files[0]])
        return dump.status == 0 && dump.output.contains("Comprehensive 3D SR Document")
            ? [] : ["dsrdump: \(dump.output)"]
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
