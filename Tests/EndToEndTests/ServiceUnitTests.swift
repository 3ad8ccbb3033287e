import DICOMNetwork
import Foundation
import Glibc
import ScriptedPeer
import Testing

/// The unit of systemd, and the node under it as far as that goes without systemd.
@Suite struct ServiceUnitTests {
    /// The unit, as it is in force where the program lies elsewhere.
    private static func unit(in folder: Scratch) throws -> String {
        let text = try String(contentsOfFile: Place.root + "/Packaging/uptake.service", encoding: .utf8)
        #expect(text.contains("ExecStart=/usr/bin/uptake serve"))
        let path = folder.path + "/uptake.service"
        try text.replacingOccurrences(of: "/usr/bin/uptake ", with: Place.uptake + " ")
            .write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// It ends with 0 even for keys that it does not know, so that any word is a failure.
    @Test func theUnitIsVerified() throws {
        let folder = try Scratch("unit")
        let verified = try Child.run("systemd-analyze", ["verify", "--man=no", Self.unit(in: folder)])
        #expect(verified.status == 0)
        #expect(verified.output + verified.errors == "")
        // A core would be the memory of a process that holds patients' data.
        #expect(try String(contentsOfFile: Self.unit(in: folder), encoding: .utf8).contains("\nLimitCORE=0\n"))
    }

    @Test func theUnitIsNotExposed() throws {
        let folder = try Scratch("unit")
        // In tenths.
        let judged = try Child.run(
            "systemd-analyze", ["security", "--offline=true", "--no-pager", "--threshold=20", Self.unit(in: folder)])
        #expect(judged.status == 0, "\(judged.output.suffix(200))")
        let line = try #require(judged.output.firstMatch(of: /exposure level for uptake.service: ([0-9.]+)/))
        #expect(try #require(Double(line.1)) <= 2.0)
    }

    @Test func theUserIsMadeAsItIsNamed() throws {
        let folder = try Scratch("users")
        for directory in ["etc", "usr/lib/sysusers.d"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(directory)", withIntermediateDirectories: true)
        }
        let made = try Child.run(
            "systemd-sysusers", ["--root=\(folder.path)", Place.root + "/Packaging/uptake.sysusers"])
        #expect(made.status == 0, "\(made.errors)")
        let users = try String(contentsOfFile: folder.path + "/etc/passwd", encoding: .utf8)
        #expect(users.contains(/(?m)^uptake:x:\d+:\d+:Uptake DICOM node:\/var\/lib\/uptake:\/usr\/sbin\/nologin$/))
    }

    @Test func readyWhenItAnswersAndStoppingWhenTold() throws {
        let supervisor = try SystemSocket()
        var settings = ServedNode.Settings()
        settings.environment = ["NOTIFY_SOCKET": supervisor.path, "WATCHDOG_USEC": "1000000"]
        let node = try ServedNode(settings)
        #expect(supervisor.nextLines() == ["READY=1", "STATUS=listening on port \(node.port)"])
        #expect(supervisor.nextLines() == ["WATCHDOG=1"])
        node.process.terminate()
        while let lines = supervisor.nextLines(), lines != ["STOPPING=1"] { #expect(lines == ["WATCHDOG=1"]) }
        #expect(try node.process.exitStatus(seconds: 12) == 0)
        #expect(supervisor.nextLines(seconds: 0) == nil)
    }

    /// The unit does not start a node again that ends with 2, nor one whose index is torn (4).
    @Test func aWrongFileStartsNothing() throws {
        let folder = try Scratch("wrong")
        let path = folder.path + "/site.toml"
        try "[node]\nport = 70000\nstate_directory = \"\(folder.path)/state\"\nnonsense\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        let ended = try Child.run(Place.uptake, ["serve", "--config", path])
        #expect(ended.status == 2)
        #expect(ended.errors.contains("line 2: ") && ended.errors.contains("line 4: "), "\(ended.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/state"))
        let unit = try String(contentsOfFile: Place.root + "/Packaging/uptake.service", encoding: .utf8)
        #expect(unit.contains("\nRestartPreventExitStatus=2 4\n"))
    }

    @Test func aChangedFileIsTakenUpOnSIGHUPOrRefusedAsAWhole() throws {
        let supervisor = try SystemSocket()
        var settings = ServedNode.Settings()
        settings.environment = ["NOTIFY_SOCKET": supervisor.path]
        let node = try ServedNode(settings)
        _ = supervisor.nextLines()
        let before = try String(contentsOfFile: node.configurationFile, encoding: .utf8)
        func reload(_ sections: String) throws -> String {
            try (before + sections).write(toFile: node.configurationFile, atomically: true, encoding: .utf8)
            Glibc.kill(node.process.identifier, SIGHUP)
            #expect(supervisor.nextLines()?.first == "RELOADING=1")
            let lines = try #require(supervisor.nextLines())
            #expect(lines.first == "READY=1")
            return lines.last ?? ""
        }
        let second = "[[peer]]\nae_title = \"SECOND\"\n"
        #expect(try reload(second + "[[peer]]\n").contains("was refused, the old one is in force"))
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(node.peer(calling: "SECOND")) }
        #expect(node.process.errors.contains("the changed configuration is refused as a whole: line "))
        #expect(try reload(second).contains("configuration reloaded"))
        #expect(try VerificationSCU.echo(node.peer(calling: "SECOND")) == .success)
        #expect(node.process.isRunning)
    }

    /// Where standard error is the journal's, nothing is written there, as the journal has it already.
    @Test func theLogGoesToStandardErrorOutsideTheJournal() throws {
        var settings = ServedNode.Settings()
        settings.environment = ["JOURNAL_STREAM": "1:2"]
        let node = try ServedNode(settings)
        try wait(until: "the log") { node.process.errors.contains("node is ready") }
    }
}
