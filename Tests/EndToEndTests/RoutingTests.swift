import Archive
import DICOM
import Foundation
import Testing

/// Rules of a running node.
@Suite struct RoutingTests {
    private static let rules = """
        [[rule]]
        name = "ours"
        tracer = "68Ga-PSMA-*"
        study_description = "*alpha*"
        destinations = ["one"]
        [[rule]]
        name = "theirs"
        source_ae_title = "SCANNER"
        study_description = "BETA"
        destinations = ["two"]
        """

    private func study(_ description: String, in folder: Scratch) throws -> Study {
        try Material.edited(try Material.pelvis, named: description, in: folder.path, slices: 40) {
            $0.set(.studyDescription, description)
        }
    }

    @Test func rulesSendStudiesTheirWays() throws {
        let folder = try Scratch("routing")
        let (one, two) = (try StoreSCP(), try StoreSCP())
        try one.start()
        try two.start()
        let node = try ServedNode(
            .init(
                destinations: [
                    .init(name: "one", aeTitle: StoreSCP.aeTitle, port: one.port),
                    .init(name: "two", aeTitle: StoreSCP.aeTitle, port: two.port),
                ], sections: [Self.rules]))
        let (alpha, beta) = (try study("PSMA Alpha 1", in: folder), try study("Beta", in: folder))
        let gamma = try study("Gamma", in: folder)
        for study in [alpha, beta, gamma] { try node.send(study.files) }
        for (study, rule, destination) in [(alpha, "ours", "one"), (beta, "theirs", "two")] {
            try node.waitUntilDone(study.uid)
            let plan = try node.look { try $0.revisions(ofStudy: study.uid) }.first?.plan
            #expect(plan == ReadingPlan(rule: rule, destinations: [destination]))
            #expect(try node.objects(of: study.uid).allSatisfy { $0.deliveredTo == [destination] })
        }
        #expect(Set(try one.arrivals().keys) == Set(try node.objects(of: alpha.uid).map { $0.sopInstanceUID! }))
        #expect(Set(try two.arrivals().keys) == Set(try node.objects(of: beta.uid).map { $0.sopInstanceUID! }))

        let kept = try node.waitForStudy(gamma.uid) { $0.status == .kept }
        #expect(kept.reason == "no [[rule]] is met by it" && kept.instanceCount == gamma.files.count)
        let readings = try node.look { try $0.jobs(kinds: [.read]) }.map(\.studyInstanceUID)
        #expect(!readings.contains(gamma.uid))
        #expect(node.process.errors.contains("study kept and not read: no [[rule]] is met by it"))
        try explain(node, alpha, beta, gamma)
    }

    private func explain(_ node: ServedNode, _ alpha: Study, _ beta: Study, _ gamma: Study) throws {
        func run(_ arguments: [String]) throws -> String {
            let run = try Child.run(Place.uptake, ["explain", "--config", node.configurationFile] + arguments)
            #expect(run.status == 0, "\(run.errors)")
            return run.output
        }
        let told = try run([beta.uid.description])
        #expect(told.contains(#"does not: ours: study_description is "Beta", not "*alpha*""#), "\(told)")
        #expect(told.contains("decides: theirs: every condition is met"))
        #expect(told.contains("closed    revision 1 of 80 images on ") && told.contains("now done"))
        #expect(told.contains("results go to two"))
        let kept = try run([gamma.uid.description])
        #expect(kept.contains("kept and not read: no [[rule]] is met by it"))

        // A folder is told about as its study was, but for who sent it.
        let folder = try run([alpha.folder])
        #expect(folder.contains("closed    not yet") && folder.contains("decides: ours: every condition is met"))
        let anonymous = try run([beta.folder])
        #expect(anonymous.contains(#"source_ae_title is absent, not "SCANNER""#))
        let called = try run([beta.folder, "--calling", "SCANNER"])
        #expect(called.contains("decides: theirs"))
        let patient = try #require(try DICOMFile(path: alpha.pet[0], extent: .header).dataSet.string(.patientName))
        #expect(!folder.contains(patient) && !told.contains(patient))

        let json = try JSONSerialization.jsonObject(with: Data(try run([gamma.uid.description, "--json"]).utf8))
        let explained = try #require((json as? [[String: Any]])?.first)
        #expect(explained["studyInstanceUID"] as? String == gamma.uid.description)
        #expect((explained["closing"] as? [String: Any])?["status"] as? String == "kept")
        #expect((explained["completeness"] as? [String: Any])?["state"] as? String == "complete")
        let plan = (explained["decision"] as? [String: Any])?["plan"] as? [String: Any]
        #expect(plan?["notReadReason"] as? String == "no [[rule]] is met by it")
    }

    @Test func explainSaysWhatIsWrongWithItsArgument() throws {
        let node = try ServedNode()
        for (argument, status, text) in [
            ("nonsense", 2, "'nonsense' is neither a folder nor a Study Instance UID"),
            ("1.2.3.4", 1, "the archive has no study 1.2.3.4"), (node.stateDirectory, 1, "holds no DICOM study"),
        ] {
            let run = try Child.run(Place.uptake, ["explain", argument, "--config", node.configurationFile])
            #expect(run.status == status && (run.errors + run.output).contains(text), "\(run.errors)\(run.output)")
        }
    }

    /// What a closing decided stands, whatever the configuration says when the reading comes.
    @Test func aChangedRuleReroutesNothingInHand() throws {
        let folder = try Scratch("reroute")
        let (one, two) = (try StoreSCP(), try StoreSCP())
        let (shipped, model) = (Place.root + "/Sources/Classification/Model", folder.path + "/model")
        try FileManager.default.copyItem(atPath: shipped, toPath: model)
        let node = try ServedNode(
            .init(
                destinations: [
                    .init(name: "one", aeTitle: StoreSCP.aeTitle, port: one.port),
                    .init(name: "two", aeTitle: StoreSCP.aeTitle, port: two.port),
                ], reading: ["model = \"\(model)\""], sections: [Self.rules]))
        try FileManager.default.removeItem(atPath: model)
        let alpha = try study("Alpha", in: folder)
        try node.send(alpha.files)
        // Its first reading fails for want of the model, and is to be tried again: it is in hand.
        try node.waitForStudy(alpha.uid) { $0.status == .queued && $0.reason != nil }
        node.kill()
        try FileManager.default.copyItem(atPath: shipped, toPath: model)
        try one.start()
        try two.start()
        try retryReading(in: node.stateDirectory)
        try node.restart { $0.replacing(#"destinations = ["one"]"#, with: #"destinations = ["two"]"#) }
        try node.waitUntilDone(alpha.uid)
        #expect(try node.objects(of: alpha.uid).allSatisfy { $0.deliveredTo == ["one"] })
        #expect(try two.arrivals().isEmpty)
        #expect(try !one.arrivals().isEmpty)
        let told = try Child.run(Place.uptake, ["explain", alpha.uid.description, "--config", node.configurationFile])
        #expect(told.output.contains("decided then, and followed whatever the configuration says now"))
    }

    /// Spares the minute between two attempts.
    private func retryReading(in stateDirectory: String) throws {
        let archive = try Archive.open(directory: stateDirectory)
        defer { try? archive.close() }
        let job = try #require(try archive.jobs(kinds: [.read]).first)
        try archive.retry(jobID: job.id, now: Date())
    }
}
