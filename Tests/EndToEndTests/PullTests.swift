import DICOM
import DICOMNetwork
import Foundation
import Testing

/// `uptake pull`, from a node that plays the archive.
@Suite struct PullTests {
    /// What a site that pulls from a node has configured; it calls itself by the title that the node knows.
    private func site(_ archive: ServedNode, in folder: Scratch) throws -> String {
        let path = folder.path + "/site.toml"
        try """
        [node]
        ae_title = "\(ServedNode.sender)"
        state_directory = "\(folder.path)/state"
        [[source]]
        name = "archive"
        ae_title = "\(ServedNode.aeTitle)"
        host = "127.0.0.1"
        port = \(archive.port)
        """.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func aStudyComesIntoAFolderBitForBit() throws {
        var settings = ServedNode.Settings()
        settings.quietPeriodSeconds = 3600
        let archive = try ServedNode(settings)
        let study = try Material.pelvis
        let peer = Peer(
            host: "127.0.0.1", port: archive.port, calledAETitle: AETitle(ServedNode.aeTitle)!,
            callingAETitle: AETitle(ServedNode.sender)!)
        let isSent = StorageSCU.send(study.files, to: peer).allSatisfy { $0.isStored }
        try #require(isSent)
        let folder = try Scratch("pull")
        let pull = ["pull", "--config", try site(archive, in: folder), "--from", "archive"]

        let listed = try Child.run(Place.uptake, pull + ["--study", "\(study.uid)", "--dry-run"])
        #expect(listed.status == 0 && listed.output.hasPrefix("\(study.uid)  "), "\(listed)")
        #expect(listed.output.contains("\(study.files.count) instances"))

        let pulled = try Child.run(
            Place.uptake, pull + ["--study", "\(study.uid)", "--output", folder.path + "/study"])
        #expect(pulled.status == 0, "\(pulled)")
        #expect(try contents(folder.path + "/study") == contents(of: study.files))

        let none = try Child.run(Place.uptake, pull + ["--patient", "NOBODY", "--output", folder.path + "/none"])
        #expect(none.status == 1 && none.errors.contains("has no such study"), "\(none)")
        let unasked = try Child.run(Place.uptake, pull + ["--study", "\(study.uid)"])
        #expect(unasked.status == 1 && unasked.errors.contains("no node runs"), "\(unasked)")

        // Where no node runs, what was done is in its trail all the same.
        let trail = try records(in: folder.path + "/state")
        #expect(trail.filter { $0.contains("csd-code=\"110112\"") }.count == 3, "each question, also in vain")
        let retrieved = trail.filter { $0.contains("csd-code=\"110104\"") }
        #expect(retrieved.count == 1 && trail.contains { $0.contains("csd-code=\"110102\"") })
        #expect(retrieved.allSatisfy { $0.contains("UserID=\"\(NSUserName())\"") })
        #expect(retrieved.allSatisfy { $0.contains("ParticipantObjectID=\"\(study.uid)\"") }, "\(retrieved)")
    }

    /// The lines of a node's audit trail.
    private func records(in stateDirectory: String) throws -> [Substring] {
        try String(contentsOfFile: stateDirectory + "/audit/trail-00000001.log", encoding: .utf8).split(separator: "\n")
    }

    /// A node that runs writes its trail itself; what cannot be put on record is not retrieved.
    @Test func whatIsRetrievedBesideTheNodeIsOnItsRecord() throws {
        let study = try Material.pelvis
        let archive = try ServedNode(
            .init(quietPeriodSeconds: 3600, sections: ["[[peer]]", "ae_title = \"\(ServedNode.aeTitle)\""]))
        try archive.send(study.pet)
        let source = """
            [[source]]
            name = "archive"
            ae_title = "\(ServedNode.aeTitle)"
            host = "127.0.0.1"
            port = \(archive.port)
            """
        let node = try ServedNode(.init(sections: [source]))
        let pull = ["pull", "--config", node.configurationFile, "--from", "archive", "--study", "\(study.uid)"]
        let pulled = try Child.run(Place.uptake, pull + ["--output", node.folder.path + "/study", "--json"])
        #expect(pulled.status == 0, "\(pulled)")
        let trail = try records(in: node.stateDirectory)
        for code in ["110112", "110102", "110104"] {
            #expect(trail.filter { $0.contains("csd-code=\"\(code)\"") }.count == 1, "\(code)")
        }
        node.kill()
        try FileManager.default.removeItem(atPath: node.stateDirectory + "/audit")
        try Data().write(to: URL(fileURLWithPath: node.stateDirectory + "/audit"))
        let unrecorded = try Child.run(Place.uptake, pull + ["--output", node.folder.path + "/other"])
        #expect(unrecorded.status == 1 && unrecorded.errors.contains("not on record"), "\(unrecorded)")
        #expect(!FileManager.default.fileExists(atPath: node.folder.path + "/other"))
    }

    private struct Report: Decodable, Equatable {
        struct Study: Decodable, Equatable { let studyInstanceUID: String, instances: Int }
        struct Retrieved: Decodable, Equatable { let studyInstanceUID: String, instances: Int, folder: String? }
        let studies: [Study], retrieved: [Retrieved]

        init(_ ended: Child.Result) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(ended.output.utf8))
        }
    }

    @Test func scriptsGetJSON() throws {
        let study = try Material.pelvis, folder = try Scratch("pull")
        let archive = try ServedNode(
            .init(quietPeriodSeconds: 3600, sections: ["[[peer]]", "ae_title = \"\(ServedNode.aeTitle)\""]))
        try archive.send(study.pet)
        let count = study.pet.count, uid = "\(study.uid)"
        let pull = ["pull", "--config", try site(archive, in: folder), "--from", "archive", "--json", "--study", uid]
        let listed = try Report(Child.run(Place.uptake, pull + ["--dry-run"]))
        #expect(listed.studies == [.init(studyInstanceUID: uid, instances: count)] && listed.retrieved.isEmpty)
        let pulled = try Report(Child.run(Place.uptake, pull + ["--output", folder.path + "/study"]))
        #expect(
            pulled.retrieved == [.init(studyInstanceUID: uid, instances: count, folder: folder.path + "/study")])
        // What failed is still JSON, and a failure.
        let failed = try Child.run(Place.uptake, pull)
        #expect(failed.status == 1 && failed.errors.contains("no node runs"))
        #expect(try Report(failed).retrieved.isEmpty)
    }

    /// By C-GET, on an association that the node opens: the archive need not know where it listens.
    @Test func aStudyComesIntoTheRunningNodeAndIsRead() throws {
        let study = try Material.pelvis
        let archive = try ServedNode(
            .init(quietPeriodSeconds: 3600, sections: ["[[peer]]", "ae_title = \"\(ServedNode.aeTitle)\""]))
        try archive.send(study.files)
        let source = """
            [[source]]
            name = "archive"
            ae_title = "\(ServedNode.aeTitle)"
            host = "127.0.0.1"
            port = \(archive.port)
            """
        let node = try ServedNode(.init(sections: [source]))
        let pulled = try Child.run(
            Place.uptake,
            ["pull", "--config", node.configurationFile, "--from", "archive", "--study", "\(study.uid)"])
        #expect(pulled.status == 0, "\(pulled)")
        #expect(pulled.output == "the node has \(study.files.count) instances of study \(study.uid)\n")
        try node.waitUntilDone(study.uid)
        #expect(try node.look { try $0.revisions(ofStudy: study.uid) }.map(\.instanceCount) == [study.files.count])
        let known = Set(try archive.look { try $0.instances(ofStudy: study.uid) }.map(\.digest))
        #expect(Set(try node.look { try $0.instances(ofStudy: study.uid) }.map(\.digest)) == known, "bit for bit")
    }

    @Test func whatCannotBeMeantIsWrongUsage() throws {
        for arguments in [
            ["pull", "--config", "x", "--from", "a"], ["pull", "--config", "x", "--from", "a", "--patient", "P*"],
            ["pull", "--config", "x", "--from", "a", "--study", "../x"],
            ["pull", "--config", "x", "--from", "a", "--patient", "P1", "--series", "1.2"],
            ["pull", "--config", "x", "--from", "a", "--study", "1.2", "--dry-run", "--output", "y"],
        ] {
            #expect(try Child.run(Place.uptake, arguments).status == 2, "\(arguments)")
        }
    }

    private func contents(_ folder: String) throws -> Set<[UInt8]> {
        try contents(of: FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" })
    }

    /// The data sets of files, without their file meta information.
    private func contents(of files: [String]) throws -> Set<[UInt8]> {
        Set(
            try files.map { file in
                let offset = Int(try InstanceHeader(path: file).dataSetOffset)
                return Array(try Data(contentsOf: URL(fileURLWithPath: file))[offset...])
            })
    }
}
