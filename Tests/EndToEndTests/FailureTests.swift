import Archive
import DICOM
import DICOMNetwork
import Foundation
import Testing

/// Readings that do not come to an end, and objects made to harm: each costs an attempt, never the node.
@Suite struct FailureTests {
    @Test func readingWithoutAModelIsAFailedAttempt() throws {
        // A node does not start without its model; this one loses it later.
        let folder = try Scratch("model")
        let model = folder.path + "/model"
        try FileManager.default.copyItem(atPath: Place.root + "/Sources/Classification/Model", toPath: model)
        let node = try ServedNode(.init(reading: ["model = \"\(model)\""]))
        try FileManager.default.removeItem(atPath: model)
        let job = try failedAttempt(at: node, study: try Material.pelvis)
        #expect(job.progress.reason?.contains("no model at \(model)") == true, "\(job)")
        try expectReception(node)
    }

    @Test func readingThatCrashesIsAFailedAttempt() throws {
        let node = try ServedNode()
        let job = try failedAttempt(at: node, study: try Material.whole) { kill($0, SIGSEGV) }
        #expect(job.progress.reason == "the reading ended by signal \(SIGSEGV)", "\(job)")
        try expectReception(node)
        try expectNothingLeft(in: node)
    }

    @Test func readingThatTakesTooLongIsAFailedAttempt() throws {
        let node = try ServedNode(.init(reading: ["timeout_seconds = 10"]))
        let job = try failedAttempt(at: node, study: try Material.whole) {
            kill($0, SIGSTOP)
            // Meanwhile the node has other things to do.
            #expect((try? VerificationSCU.echo(node.peer())) == .success)
        }
        #expect(job.progress.reason == "the reading took longer than 10 s", "\(job)")
        try expectReception(node)
        try expectNothingLeft(in: node)
    }

    /// A node that is killed takes its reading with it: nobody writes to the state directory behind the next one's back.
    @Test func readingEndsWithItsNode() throws {
        let node = try ServedNode()
        try node.send(try Material.whole.files)
        let reading = try wait(for: "the reading process") { try children(of: node.process.identifier).first }
        kill(reading, SIGSTOP)
        node.kill()
        kill(reading, SIGCONT)
        try wait(until: "the end of the reading process", seconds: 30) { !isAlive(reading) }
        let incoming = node.stateDirectory + "/incoming"
        let left = try FileManager.default.subpathsOfDirectory(atPath: incoming)
        #expect(!left.contains { $0.hasSuffix(".json") }, "\(left)")
    }

    /// What goes wrong on the disk is no fault of the study: it is read when the disk is well again.
    @Test func errorOfTheDiskCostsNoAttempt() throws {
        let node = try ServedNode()
        try FileManager.default.removeItem(atPath: node.stateDirectory + "/results")
        try node.send(try Material.pelvis.files)
        let job = try wait(for: "the end of the attempt") {
            try node.look { try $0.jobs(kinds: [.read]) }.first {
                $0.progress.state == .waiting && $0.progress.reason != nil
            }
        }
        #expect(job.progress.attempt == 0 && job.progress.due > Date())
        #expect(job.progress.reason?.contains("/results/") == true, "\(job)")
        try expectReception(node)
    }

    @Test func readingStaysWithinItsMemory() throws {
        let scratch = try Scratch("memory")
        let reading = try Child.run(
            Place.uptake,
            ["read", "--input", try Material.whole.folder, "--output", scratch.path, "--limit-memory-mib", "256"],
            environment: ["SWIFT_BACKTRACE": "enable=no"])
        #expect(reading.status < 0, "ended by a signal, not \(reading.status)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/reading.json"))
    }

    @Test func deeplyNestedObjectIsSetAside() throws {
        let study = try Material.pelvis
        let node = try ServedNode()
        let scratch = try Scratch("hostile")
        let hostile = try nestedObject(of: study, depth: 100_000, in: scratch)
        let outcomes = StorageSCU.send([hostile] + study.files, to: node.peer())
        guard case .answered(let answer) = outcomes[0].result else {
            Issue.record("the hostile object was not answered: \(outcomes[0].result)")
            return
        }
        #expect(!answer.status.isAccepted)
        #expect(outcomes.dropFirst().allSatisfy { $0.isStored })
        let kept = try node.look { try $0.quarantinedFiles() }
        #expect(kept.count == 1 && kept[0].sourceAETitle == ServedNode.sender)
        #expect(try dataSetBytes(ofHostile: kept[0].path) == dataSetBytes(ofHostile: hostile))
        try node.waitUntilDone(study.uid)
    }

    // MARK: What happens

    /// Has a study read, does something to the process that reads it, and waits for the end of the attempt.
    private func failedAttempt(
        at node: ServedNode, study: Study, harm: ((Int32) -> Void)? = nil
    ) throws -> Job {
        try node.send(study.files)
        if let harm {
            harm(try wait(for: "the reading process") { try children(of: node.process.identifier).first })
        }
        return try wait(for: "the failed attempt") {
            try node.look { try $0.jobs(kinds: [.read]) }.first {
                $0.progress.attempt == 1 && $0.progress.state == .waiting && $0.progress.reason != nil
            }
        }
    }

    /// The processes of which one is the parent.
    private func children(of parent: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(Int32.init).filter { identifier in
            let status = (try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)) ?? ""
            return status.split(separator: "\n").contains("PPid:\t\(parent)")
        }
    }

    /// Whether a process runs still; one that nobody has asked for its status does not.
    private func isAlive(_ identifier: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)) ?? "State:\tZ"
        return !status.contains("State:\tZ")
    }

    /// The node takes further images.
    private func expectReception(_ node: ServedNode) throws {
        let scratch = try Scratch("further")
        let further = try Material.edited(try Material.pelvis, named: "further", in: scratch.path, slices: 3)
        try node.send(further.files)
        #expect(try node.look { try $0.study(further.uid) }?.instanceCount == 6)
    }

    /// Neither a process nor a folder of the reading is left.
    private func expectNothingLeft(in node: ServedNode) throws {
        #expect(try children(of: node.process.identifier).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: node.stateDirectory + "/incoming").isEmpty)
    }

    // MARK: The hostile object

    /// A PET slice with sequences within each other before its pixel data, all of undefined length.
    private func nestedObject(of study: Study, depth: Int, in folder: Scratch) throws -> String {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: study.pet[0])))
        let open: [UInt8] = [
            0x40, 0x00, 0x75, 0x02, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff,
            0xff,
        ]
        let close: [UInt8] = [
            0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0,
        ]
        let pixelData: [UInt8] = [0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57]
        let place = bytes.indices.dropLast(6).first { Array(bytes[$0..<$0 + 6]) == pixelData }!
        bytes.insert(
            contentsOf: (0..<depth).flatMap { _ in open } + (0..<depth).flatMap { _ in close }, at: place)
        let path = folder.path + "/nested.dcm"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// What follows the meta information, of which the group length speaks: here no parser is to be trusted.
    private func dataSetBytes(ofHostile path: String) throws -> Data {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let length = data[140..<144].reversed().reduce(0) { $0 << 8 | Int($1) }
        return data.dropFirst(144 + length)
    }
}
