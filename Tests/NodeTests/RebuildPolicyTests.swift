import Archive
import Foundation
import Node
import Testing

/// What a configuration says of studies whose index was lost.
@Suite struct RebuildPolicyTests {
    private func policy(_ text: String) throws -> RebuildPolicy {
        let destinations = """
            [[destination]]
            name = "pacs"
            ae_title = "PACS"
            host = "192.0.2.1"
            port = 104
            [[destination]]
            name = "research"
            ae_title = "RESEARCH"
            host = "192.0.2.2"
            port = 104
            objects = ["structured-report"]
            declined_reports = true

            """
        let configuration = try NodeConfiguration(text: destinations + text, path: "")
        return RebuildPolicy(configuration, executable: "/bin/false", log: Bench.log)
    }

    @Test func theRulesDecideAsAtAClosing() throws {
        let bench = try Bench()
        let study = Bench.study(1)
        try bench.receive(study, instances: 1..<2)
        let rule = "[[rule]]\nname = \"clinic\"\nsource_ae_title = \"SCANNER\"\ndestinations = [\"pacs\"]\n"
        #expect(try policy(rule).plan(study, bench.archive)?.destinations == ["pacs"])
        let other = rule.replacingOccurrences(of: "SCANNER", with: "OTHER")
        #expect(try policy(other).plan(study, bench.archive)?.isRead == false)
        #expect(try policy("").plan(study, bench.archive)?.destinations == ["pacs", "research"])
        #expect(try policy("").plan(Bench.study(2), bench.archive) == nil, "of which no image is here")
    }

    @Test func aDestinationGetsWhatItsSectionSays() throws {
        let policy = try policy("")
        #expect(policy.sends("segmentation", "pacs", false) && !policy.sends("segmentation", "research", false))
        #expect(policy.sends("report", "research", false))
        #expect(!policy.sends("report", "pacs", true) && policy.sends("report", "research", true))
    }

    @Test(arguments: [(1, "ARCHIVE"), (0, nil)])
    func previousStudiesComeFromTheSourceThatIsFetchedFrom(priors: Int, title: String?) throws {
        let text = """
            [[source]]
            name = "archive"
            ae_title = "ARCHIVE"
            host = "192.0.2.3"
            port = 104
            [fetch]
            source = "archive"
            priors = \(priors)
            """
        #expect(try policy(text).fetchedFrom == title)
        #expect(try policy("").fetchedFrom == nil)
    }
}
