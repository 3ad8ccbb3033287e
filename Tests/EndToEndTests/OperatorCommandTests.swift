import DICOM
import DICOMNetwork
import Foundation
import Testing

/// The operators' commands against a node that runs, and after it has gone.
@Suite struct OperatorCommandTests {
    private static func run(_ node: ServedNode, _ arguments: [String]) throws -> Child.Result {
        try Child.run(Place.uptake, arguments + ["--config", node.configurationFile])
    }

    private static func json(_ text: some StringProtocol) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    @Test func statusTellsWhatCameAndWhatWaits() throws {
        let dead = try freePort()
        let node = try ServedNode(.init(destinations: [.init(name: "dead", aeTitle: "DEAD", port: dead)]))
        let study = try Material.pelvis
        try node.send(study.files)
        try node.waitForStudy(study.uid) { $0.status == .delivering }
        let told = try Self.run(node, ["status"])
        #expect(told.status == 0, "\(told.errors)")
        #expect(told.output.contains("in 10 \(study.files.count) images"), "\(told.output)")
        #expect(told.output.contains(/destination dead: \d wait, the oldest for \d+ s/), "\(told.output)")
        #expect(told.output.contains(" MiB free; below 1 nothing is received"))
        let status = try #require(try Self.json(Self.run(node, ["status", "--json"]).output) as? [String: Any])
        let queue = ((status["destinations"] as? [[String: Any]])?.first?["queue"] as? [String: Any])
        #expect((queue?["open"] as? Int ?? 0) > 0 && queue?["oldestSince"] is String)
        #expect(((status["disk"] as? [String: Any])?["inputs"] as? Int ?? 0) > 0)
    }

    @Test func theViewRefreshes() throws {
        let node = try ServedNode()
        let view = try Child(
            Place.uptake, ["status", "--watch", "1", "--config", node.configurationFile])
        try wait(until: "two views") { view.output.components(separatedBy: "up since").count > 2 }
        node.kill()
        try wait(until: "the view to say that no node runs") { view.output.contains("no node runs on") }
        try node.restart()
        let before = view.output.components(separatedBy: "up since").count
        try wait(until: "the view of the new node") { view.output.components(separatedBy: "up since").count > before }
        view.kill()
    }

    @Test func studiesAndQuarantineAreToldWithANodeAndWithout() throws {
        let node = try ServedNode(.init(quietPeriodSeconds: 3600))
        let study = try Material.pelvis
        try node.send(study.files)
        func check(_ remark: String) throws {
            let list = try Self.run(node, ["studies"])
            #expect(list.status == 0 && list.errors == remark, "\(list.errors)")
            #expect(list.output.hasPrefix("\(study.uid)  ") && list.output.contains("receiving  (close at "))
            #expect(!list.output.contains("are shown"))
            #expect(try Self.run(node, ["studies", "--limit", "1"]).output.contains("no more than 1 are shown"))
            let shown = try Self.run(node, ["studies", "show", "\(study.uid)", "--json"])
            #expect(try Self.json(shown.output) is [String: Any], "\(shown.errors)")
            let quarantine = try Self.run(node, ["quarantine"])
            #expect(quarantine.status == 0 && quarantine.output == "nothing is in quarantine\n")
            #expect(try (Self.json(Self.run(node, ["quarantine", "--json"]).output) as? [Any])?.isEmpty == true)
        }
        try check("")
        for list in ["jobs", "quarantine", "studies"] {
            let refused = try Self.run(node, [list, "--limit", "0"])
            #expect(refused.status == 2 && refused.errors.contains("--limit is a number from 1 to 10000"), "\(list)")
        }
        let unknown = try Self.run(node, ["quarantine", "release", "abc"])
        #expect(unknown.status == 1 && unknown.errors.contains("uptake quarantine lists them"), "\(unknown.errors)")
        node.kill()
        try check("no node runs; this is from the index it left\n")
        let refused = try Self.run(node, ["quarantine", "drop", "abc"])
        #expect(refused.status == 1 && refused.errors.contains("no node runs on"), "\(refused.errors)")
    }
}
