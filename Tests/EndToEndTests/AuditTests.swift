import DICOM
import DICOMNetwork
import Foundation
import TestCertificates
import Testing

/// The audit trail of a running node, as a security officer finds it.
@Suite struct AuditTests {
    /// A message, by an XML parser of another make.
    private struct Message {
        let event, type, action, outcome, requestor: String
        let xml: String

        init(line: Substring, in folder: Scratch) throws {
            xml = String(line[line.firstRange(of: "<?xml")!.lowerBound...])
            let path = folder.path + "/\(UUID().uuidString).xml"
            try xml.write(toFile: path, atomically: true, encoding: .utf8)
            let verdict = try Child.run(
                "xmllint", ["--noout", "--nonet", "--relaxng", Place.judge("audit_message.rng"), path])
            guard verdict.status == 0 else { throw Unmet(description: "\(verdict.errors)\(xml)") }
            let expressions = [
                "//EventID/@csd-code", "//EventTypeCode/@csd-code", "//@EventActionCode", "//@EventOutcomeIndicator",
                "//ActiveParticipant[@UserIsRequestor='true']/@UserID",
            ]
            let joined = expressions.map { "string(\($0))" }.joined(separator: ",'|',")
            let values = try Child.run("xmllint", ["--xpath", "concat(\(joined))", path]).output
                .trimmingCharacters(in: .newlines).components(separatedBy: "|")
            (event, type, action, outcome, requestor) = (values[0], values[1], values[2], values[3], values[4])
        }

        /// Event, type, action, outcome, and who began.
        var summary: String { [event, type, action, outcome, requestor].filter { !$0.isEmpty }.joined(separator: " ") }
    }

    private func lines(_ path: String) -> [Substring] {
        let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n")
    }

    @Test func aStudysWayIsOnRecord() throws {
        let study = try Material.pelvis
        let storescp = try StoreSCP()
        try storescp.start()
        let node = try ServedNode(.init(quietPeriodSeconds: 1, destinations: [storescp.destination]))
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(node.peer(calling: "NOBODY")) }
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(node.peer(calling: "NOBODY")) }
        try node.send(study.files)
        try node.waitUntilDone(study.uid)
        let query = try Child.run(
            "findscu",
            ["-S", "-aet", ServedNode.sender, "-aec", ServedNode.aeTitle, "-k", "QueryRetrieveLevel=STUDY"]
                + ["-k", "StudyInstanceUID=\(study.uid)", "127.0.0.1", String(node.port)])
        #expect(query.status == 0, "\(query.errors)")
        node.process.terminate()
        #expect(try node.process.exitStatus() == 0)

        let folder = try Scratch("audit")
        let messages = try lines(node.stateDirectory + "/audit/trail-00000001.log").map {
            try Message(line: $0, in: folder)
        }
        #expect(
            messages.map(\.summary) == [
                "110100 110120 E 0",
                "110113 110126 E 4 NOBODY",
                "110102 E 0 SCANNER", "110104 C 0 SCANNER",
                "110103 R 0 UPTAKE",
                "110102 E 0 UPTAKE", "110104 C 0 UPTAKE",
                "110112 E 0 SCANNER",
                "110100 110121 E 0",
            ], "\(messages.map(\.summary))")
        let header = try DICOMFile(path: study.pet[0], extent: .header).dataSet
        let name = try #require(header.string(.patientName)), id = try #require(header.string(.patientID))
        for message in messages where ["110102", "110103", "110104"].contains(message.event) {
            #expect(message.xml.contains(name) && message.xml.contains("ParticipantObjectID=\"\(id)\""))
            #expect(message.xml.contains("ParticipantObjectID=\"\(study.uid)\""))
        }
        let count = "NumberOfInstances=\"\(study.pet.count)\""
        #expect(messages.contains { $0.event == "110104" && $0.xml.contains(count) })
        // The trail names the patient, and the log does not.
        #expect(!node.process.errors.contains(name) && !node.process.errors.contains(id))
    }

    @Test func whatRetentionRemovesIsOnRecord() throws {
        let study = try Material.pelvis
        let node = try ServedNode()
        try node.send(study.files)
        try node.waitUntilDone(study.uid)
        try node.restart { $0 + "\n[retention]\ninputs_gib = 0.001\n" }
        let trail = node.stateDirectory + "/audit/trail-00000001.log"
        try wait(until: "the removal") { lines(trail).contains { $0.contains("csd-code=\"110105\"") } }
        #expect(try node.look { try $0.instances(ofStudy: study.uid) }.isEmpty)
        let line = try #require(lines(trail).first { $0.contains("csd-code=\"110105\"") })
        let message = try Message(line: line, in: try Scratch("audit"))
        #expect(message.summary == "110105 D 0 UPTAKE")
        let header = try DICOMFile(path: study.pet[0], extent: .header).dataSet
        #expect(message.xml.contains("ParticipantObjectID=\"\(study.uid)\""))
        #expect(message.xml.contains(try #require(header.string(.patientName))))
        #expect(message.xml.contains("NumberOfInstances=\"\(study.pet.count)\""))
    }

    /// The port is taken: the node does not start, and the trail does not leave it running.
    @Test func aStartThatFailsLeavesAStop() throws {
        let node = try ServedNode()
        let folder = try Scratch("audit")
        let text = try String(contentsOfFile: node.configurationFile, encoding: .utf8)
            .replacing("port = 0", with: "port = \(node.port)")
            .replacing(node.stateDirectory, with: folder.path + "/state")
        try text.write(toFile: folder.path + "/uptake.toml", atomically: true, encoding: .utf8)
        let failed = try Child.run(Place.uptake, ["serve", "--config", folder.path + "/uptake.toml"])
        #expect(failed.status == 1 && failed.errors.contains("cannot listen"), "\(failed)")
        let messages = try lines(folder.path + "/state/audit/trail-00000001.log").map {
            try Message(line: $0, in: folder)
        }
        #expect(messages.map(\.summary) == ["110100 110120 E 0", "110100 110121 E 0"])
    }

    @Test func aCollectorGetsItAllThoughItWasAway() throws {
        let authority = try TestAuthority()
        let us = try authority.issue("node"), other = try authority.issue("collector")
        let folder = try Scratch("collector")
        let port = try freePort()
        var settings = ServedNode.Settings()
        settings.sections = [
            """
            [tls]
            certificate = "\(us.certificate)"
            private_key = "\(us.key)"
            trusted_certificates = "\(authority.certificate)"
            [audit]
            site = "Test"
            host = "127.0.0.1"
            port = \(port)
            certificate_name = "collector.example"

            """
        ]
        let node = try ServedNode(settings)
        try wait(until: "the log to tell that the collector is away") {
            node.process.errors.contains(
                "the audit trail is not forwarded and waits: 127.0.0.1:\(port) cannot be reached")
        }
        node.kill()
        try node.restart()
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(node.peer(calling: "NOBODY")) }
        let collector = try Child(
            Place.python,
            [Place.judge("syslog_collector.py"), String(port), authority.certificate, other.certificate, other.key]
                + [folder.path + "/messages"])
        let trail = node.stateDirectory + "/audit/trail-00000001.log"
        try wait(until: "the collector to have what waited") { lines(folder.path + "/messages").count >= 3 }
        node.process.terminate()
        #expect(try node.process.exitStatus() == 0)
        try wait(until: "the collector to have the end") { lines(folder.path + "/messages").count >= 4 }
        #expect(lines(folder.path + "/messages") == lines(trail))
        #expect(
            try lines(trail).map { try Message(line: $0, in: folder).summary } == [
                "110100 110120 E 0", "110100 110120 E 0", "110113 110126 E 4 NOBODY", "110100 110121 E 0",
            ])
        #expect(collector.isRunning, "\(collector.errors)")
    }
}
