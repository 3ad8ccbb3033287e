import Archive
import DICOM
import DICOMNetwork
import Foundation
import Testing

/// Backup beside a node that receives, and the way back after its index is torn.
@Suite struct RepairCommandTests {
    private static func run(_ arguments: [String]) throws -> Child.Result { try Child.run(Place.uptake, arguments) }

    /// Has what is in the index's log written to its file, as happens by itself every thousand pages.
    private static func emptyLog(of node: ServedNode) throws {
        let script = """
            import sqlite3, sys
            print(sqlite3.connect(sys.argv[1]).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
            """
        let emptied = try Child.run(Place.python, ["-c", script, node.stateDirectory + "/index.sqlite"])
        #expect(emptied.status == 0 && emptied.output == "0\n", "\(emptied.output)\(emptied.errors)")
    }

    @Test func aBackupOfANodeThatReceivesIsWhole() throws {
        let node = try ServedNode(.init(quietPeriodSeconds: 3600))
        let study = try Material.pelvis
        let sending = try Child(
            Place.uptake, ["send", study.folder, "--port", "\(node.port)", "--calling", ServedNode.sender])
        let folder = node.folder.path + "/backup"
        var backups = 0
        repeat {
            let backup = try Self.run(["backup", folder, "--config", node.configurationFile])
            #expect(
                backup.status == 0 && backup.output.contains("files in \(folder)"), "\(backup.output)\(backup.errors)")
            let verified = try Self.run(["verify", "--directory", folder])
            #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
            backups += 1
        } while sending.isRunning && backups < 100
        try node.waitForStudy(study.uid) { $0.instanceCount == study.files.count }
        let last = try Self.run(["backup", folder, "--json", "--config", node.configurationFile])
        let report = try JSONSerialization.jsonObject(with: Data(last.output.utf8)) as? [String: Any]
        #expect(report?["files"] as? Int == study.files.count, "\(last.output)\(last.errors)")
        // A node of its own can be started on it.
        try node.restart { text in
            text.replacing("state_directory = \"\(node.stateDirectory)\"", with: "state_directory = \"\(folder)\"")
        }
        #expect(try VerificationSCU.echo(node.peer()) == .success)
        let archive = try Archive.inspect(directory: folder)
        defer { try? archive.close() }
        #expect(try archive.instances(ofStudy: study.uid).count == study.files.count)
    }

    /// A node whose index tears under it takes nothing more in, and is not started again and again.
    @Test func aNodeWhoseIndexTearsStops() throws {
        let node = try ServedNode(.init(quietPeriodSeconds: 3600))
        let study = try Material.pelvis
        try node.send(study.files)
        let path = node.stateDirectory + "/index.sqlite"
        node.process.terminate()
        #expect(try node.process.exitStatus() == 0)
        try Self.emptyLog(of: node)
        try node.restart()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let length = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: [UInt8](repeating: 0xA5, count: Int(length) - 4096))
        // What is new makes the node look at the file again.
        _ = StorageSCU.send(
            try Material.earlier(than: study, in: node.folder.path + "/earlier").files, to: node.peer())
        #expect(try node.process.exitStatus(seconds: 60) == 4)
        #expect(node.process.errors.contains("ALARM: the node stops: the index is torn"), "\(node.process.errors)")
    }

    @Test func aTornIndexIsToldAndMadeAnew() throws {
        let storescp = try StoreSCP()
        try storescp.start([])
        let node = try ServedNode(
            .init(
                destinations: [
                    .init(
                        name: "pacs", aeTitle: StoreSCP.aeTitle, port: storescp.port,
                        lines: ["objects = [\"structured-report\", \"structure-set\", \"structure-set-on-ct\"]"]),
                    .init(name: "research", aeTitle: "RESEARCH", port: 9),
                ],
                sections: ["[[rule]]\nname = \"clinic\"\nmodality = \"PT\"\ndestinations = [\"pacs\"]\n"]))
        let study = try Material.pelvis
        try node.send(study.files)
        try node.waitUntilDone(study.uid)
        let objects = try node.objects(of: study.uid)
        #expect(try Self.run(["verify", "--config", node.configurationFile]).status == 0)
        let early = try Self.run(["rebuild", "--anyway", "--config", node.configurationFile])
        #expect(early.status == 1 && early.errors.contains("is in use by another node"), "\(early.errors)")
        node.kill()
        try Self.emptyLog(of: node)
        try Data(repeating: 0xA5, count: 100_000).write(
            to: URL(fileURLWithPath: node.stateDirectory + "/index.sqlite"))
        let verified = try Self.run(["verify", "--config", node.configurationFile])
        #expect(verified.status == 1 && verified.output.contains("uptake rebuild"), "\(verified.output)")
        let served = try Self.run(["serve", "--config", node.configurationFile])
        #expect(served.status == 4 && served.errors.contains("the index is torn"), "\(served.errors)")
        let rebuilt = try Self.run(["rebuild", "--config", node.configurationFile])
        #expect(rebuilt.status == 0, "\(rebuilt.errors)")
        #expect(rebuilt.output.hasPrefix("\(study.files.count) instances and "), "\(rebuilt.output)")
        try node.restart()
        // Read once: what was found is what was found before, and goes again on the operator's word alone.
        let found = try node.objects(of: study.uid)
        #expect(found.map(\.sopInstanceUID) == objects.map(\.sopInstanceUID))
        #expect(found.map(\.kind) == objects.map(\.kind))
        #expect(found.contains { $0.kind == "structures-ct" })
        try node.waitForStudy(study.uid) { $0.status == .undelivered }
        // The rules name one destination, and it has not asked for everything.
        let offered = try node.look { try $0.jobs(kinds: [.deliver]) }
        #expect(offered.count == found.count { $0.kind != "segmentation" }, "\(offered)")
        #expect(offered.allSatisfy { $0.destination == "pacs" }, "\(offered)")
        let retried = try Self.run(["jobs", "retry", "--failed", "--config", node.configurationFile])
        #expect(retried.status == 0, "\(retried.errors)")
        try node.waitUntilDone(study.uid)
        #expect(try Self.run(["verify", "--config", node.configurationFile]).status == 0)
    }
}
