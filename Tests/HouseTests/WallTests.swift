import Testing

/// Which module may know which: the table of Package.swift, which docs/ARCHITECTURE.md explains.
@Suite struct WallTests {
    /// What comes with the toolchain.
    private static let toolchain: Set<String> = ["Foundation", "Dispatch", "Glibc", "Synchronization", "Testing"]
    private static let science = [
        "Anatomy", "Imaging", "Detection", "Classification", "Staging", "Reading", "Reporting",
    ]

    /// Else the other tests would say nothing.
    @Test func theTableOfTargetsIsRead() {
        let targets = Project.targets
        #expect(targets["DICOM"] == ["CDCMTK", "COpenSSL"])
        #expect(targets["Archive"] == ["DICOM", "GRDB"])
        #expect(targets["CDCMTK"] == ["COpenJPEG"] && targets["COpenJPEG"] == [] && targets["CCairo"] == [])
        #expect(targets["Node"]?.isSuperset(of: ["TOMLKit", "Logging", "Archive"]) == true)
        #expect(targets["ArchiveTests"]?.contains("GRDB") == true)
        let folders = Set((Project.swiftSources + Project.swiftTests).map(\.target))
        #expect(folders.count > 20)
        #expect(folders.subtracting(targets.keys) == [], "every folder is a target")
    }

    /// SwiftPM lets a target import what its dependencies import; the house does not.
    @Test func everyImportIsDeclared() {
        let undeclared = (Project.swiftSources + Project.swiftTests).flatMap { file in
            let allowed = (Project.targets[file.target] ?? []).union(Self.toolchain)
            return file.lines.compactMap { line -> String? in
                guard let module = Self.importedModule(line), !allowed.contains(module) else { return nil }
                return "\(line.place) imports \(module)"
            }
        }
        #expect(undeclared == [])
    }

    /// The module of an import, be it of the whole or of a declaration.
    private static func importedModule(_ line: Project.Line) -> String? {
        let modifiers: Set<Substring> = ["public", "package", "internal", "private"]
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let"]
        guard line.indentation == 0,
            let words = line.words.firstIndex(of: "import").map({
                (before: line.words[..<$0], after: line.words[($0 + 1)...].drop { kinds.contains($0) })
            }),
            words.before.allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) })
        else { return nil }
        return words.after.first.map { String($0.prefix { $0 != "." }) }
    }

    /// Science is values in, values out: no clock, no log, no socket, no archive.
    @Test func scienceKeepsToItself() {
        let outside: Set = ["Archive", "DICOMNetwork", "Node", "Logging", "GRDB", "TOMLKit", "Phantom", "Training"]
        for name in Self.science {
            #expect(Project.targets[name]?.isDisjoint(with: outside) == true, "\(name)")
        }
        let effects = [
            "Date()", "Date.now", "ContinuousClock", "SuspendingClock", "clock_gettime", "DispatchTime.now", " print(",
            "NSLog(", "socket(", "Thread.sleep", "SystemRandomNumberGenerator", ".random(in",
        ]
        let found = Project.swiftSources.filter { Self.science.contains($0.target) }
            .places { !$0.isComment && $0.contains(anyOf: effects) }
        #expect(found == [])
    }

    /// DCMTK is met through DICOM, DICOMNetwork and the report objects alone.
    @Test func fewKnowTheShim() {
        let knowing = Project.targets.filter { $0.value.contains("CDCMTK") && !$0.key.hasSuffix("Tests") }.keys
        #expect(Set(knowing) == ["DICOM", "DICOMNetwork", "Reporting"])
    }
}
