import Archive
import DICOM
import DICOMNetwork
import Foundation
import Testing

/// The node as a service: it stops when told to, guards its state, and says what is wrong with its configuration.
@Suite struct ServiceTests {
    @Test func stopsAtOnceWithNothingInHand() throws {
        let node = try ServedNode()
        #expect(try VerificationSCU.echo(node.peer()) == .success)
        node.process.terminate()
        #expect(try node.process.exitStatus(seconds: 5) == 0)
        try node.restart()
        #expect(try VerificationSCU.echo(node.peer()) == .success)
    }

    /// A reading and a delivery that hangs are in hand: both wait for the next start.
    @Test func stopsInTimeWithWorkInHand() throws {
        let silent = try SilentPeer()
        let node = try ServedNode(
            .init(destinations: [.init(name: "silent", aeTitle: "SILENT", port: silent.port)]))
        try node.send(try Material.pelvis.files)
        try wait(until: "a delivery in hand") {
            try !node.look { try $0.jobs(kinds: [.deliver], states: [.running]) }.isEmpty
        }
        let whole = try Material.whole
        try node.send(whole.files)
        try node.waitForStudy(whole.uid) { $0.status == .reading }
        node.process.terminate()
        #expect(try node.process.exitStatus(seconds: 12) == 0, "\(node.process.errors.suffix(2000))")

        let archive = try Archive.open(directory: node.stateDirectory)
        defer { try? archive.close() }
        let jobs = try archive.jobs(kinds: [.read, .deliver], states: [.waiting, .running])
        #expect(jobs.contains { $0.kind == .deliver } && jobs.allSatisfy { $0.progress.state == .waiting })
        let reading = try #require(jobs.first { $0.kind == .read })
        #expect(reading.progress.attempt == 0, "an orderly stop costs no attempt")
    }

    @Test func secondNodeOnTheSameStateIsRefused() throws {
        let node = try ServedNode()
        let second = try Child.run(Place.uptake, ["serve", "--config", node.configurationFile], seconds: 20)
        #expect(second.status == 1 && second.output.isEmpty)
        #expect(
            second.errors
                == "uptake: \(node.stateDirectory) is in use by another node: stop that one, or give this one "
                + "a state directory of its own\n")
        #expect(try VerificationSCU.echo(node.peer()) == .success)
    }

    @Test func jobsAreToldWhileTheNodeRuns() throws {
        let study = try Material.pelvis
        let node = try ServedNode(.init(quietPeriodSeconds: 3600))
        func jobs(saying remark: String = "") throws -> [Job] {
            let told = try Child.run(Place.uptake, ["jobs", "--json", "--config", node.configurationFile])
            #expect(told.status == 0 && told.errors == remark, "\(told.errors)")
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode([Job].self, from: Data(told.output.utf8))
        }
        #expect(try jobs().isEmpty)
        try node.send(Array(study.pet.prefix(2)))
        let waiting = try #require(try jobs().first)
        #expect(waiting.kind == .close && waiting.studyInstanceUID == study.uid)
        #expect(waiting.progress.state == .waiting)
        let text = try Child.run(Place.uptake, ["jobs", "--config", node.configurationFile])
        #expect(text.output.contains("close  waiting  study \(study.uid)"), "\(text.output)")
        // With the node gone in any manner there is still something to look at.
        node.kill()
        #expect(try jobs(saying: "no node runs; this is from the index it left\n").count == 1)
        let retried = try Child.run(
            Place.uptake, ["jobs", "retry", String(waiting.id), "--config", node.configurationFile])
        #expect(retried.status == 1)
        #expect(
            retried.errors
                == "uptake: no node runs on \(node.stateDirectory): start it with uptake serve, then try again\n")
    }

    @Test func jobsAreCancelledAndTriedAgainByTheRunningNode() throws {
        let study = try Material.pelvis
        let node = try ServedNode(.init(quietPeriodSeconds: 3600))
        try node.send(Array(study.pet.prefix(1)))
        func jobs(_ arguments: String...) throws -> String {
            let told = try Child.run(Place.uptake, ["jobs"] + arguments + ["--config", node.configurationFile])
            #expect(told.status == 0 && told.errors.isEmpty, "\(told.errors)")
            return told.output
        }
        #expect(try jobs("show", "1").contains("kind         close\nstate        waiting\n"))
        #expect(try jobs("cancel", "1").contains("cancelled by an operator"))
        #expect(try jobs("list", "--state", "waiting") == "no jobs\n")
        #expect(try jobs("retry", "1") == "1 job is tried again\n")
        // The quiet period is over at a retry: what is there is asked whether it is complete.
        try node.waitForStudy(study.uid) { $0.status == .incomplete }
        let wrong = try Child.run(Place.uptake, ["jobs", "retry", "--config", node.configurationFile])
        #expect(wrong.status == 2 && wrong.errors.contains("give numbers of jobs, or --destination, or --failed"))
    }

    @Test func wrongConfigurationIsRefusedWithEveryProblem() throws {
        let folder = try Scratch("configuration")
        let path = folder.path + "/uptake.toml"
        try """
        [node]
        ae_title = "A\\\\B"
        port = 99999
        colour = "blue"
        state_directory = "\(folder.path)/state"
        [[peer]]
        [completion]
        quiet_period_seconds = "a while"
        [reading]
        assumed_tracer = "water"
        [[destination]]
        name = "pacs"
        """.write(toFile: path, atomically: true, encoding: .utf8)
        let expected = [
            "line 2: \"A\\B\" is no AE title: 1 to 16 characters",
            "line 3: port needs a whole number from 0 to 65535",
            "line 4: unknown key colour; here may stand address, ae_title",
            "line 6: [[peer]] needs ae_title",
            "line 8: quiet_period_seconds needs a number of seconds",
            "line 10: \"water\" is no known tracer; use one of 68Ga-PSMA-11",
            "line 11: [[destination]] needs ae_title",
            "line 11: [[destination]] needs host",
            "line 11: [[destination]] needs port",
        ]
        let checked = try Child.run(Place.uptake, ["check-config", "--config", path])
        let served = try Child.run(Place.uptake, ["serve", "--config", path])
        #expect(checked.status == 2 && served.status == 2)
        let (told, refused) = (checked.output.split(separator: "\n"), served.errors.split(separator: "\n").dropFirst())
        #expect(told.count == expected.count && refused.count == expected.count, "\(checked.output)\(served.errors)")
        for (problem, (line, other)) in zip(expected, zip(told, refused)) {
            #expect(line.hasPrefix("\(path): \(problem)"))
            #expect(other.hasPrefix("  \(problem)"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/state"))
    }

    @Test func configurationThatIsNoTOMLIsRefusedWithItsLine() throws {
        let folder = try Scratch("configuration")
        let path = folder.path + "/uptake.toml"
        try "[node]\nport = \n".write(toFile: path, atomically: true, encoding: .utf8)
        let checked = try Child.run(Place.uptake, ["check-config", "--config", path])
        #expect(checked.status == 2 && checked.output.hasPrefix("\(path): line 2: "), "\(checked.output)")
        let absent = try Child.run(Place.uptake, ["serve", "--config", folder.path + "/none.toml"])
        #expect(absent.status == 2 && absent.errors.contains("cannot be read"), "\(absent.errors)")
        let good = try Child.run(Place.uptake, ["check-config", "--config", Place.root + "/Config/uptake.toml"])
        #expect(good.status == 0, "\(good.output)\(good.errors)")
    }
}
