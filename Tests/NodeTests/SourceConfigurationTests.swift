import DICOMNetwork
import Foundation
import Node
import Testing

/// Sources, and what is fetched from them, as a file configures them.
@Suite struct SourceConfigurationTests {
    private let source = """
        [[source]]
        name = "archive"
        ae_title = "ARCHIVE"
        host = "192.0.2.21"
        port = 104

        """

    private func problems(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try NodeConfiguration(text: text, path: "site.toml")
            return []
        } catch {
            return error.problems.map(\.message)
        }
    }

    @Test func everyKeyOfASourceIsRead() throws {
        let text =
            source
            + "method = \"move\"\ncounts_for = [\"SCANNER1\", \"PETCT\"]\nanswer_seconds = 4\nwait_for_series = false"
        var expected = NodeConfiguration.Source(
            name: "archive", aeTitle: AETitle("ARCHIVE")!, host: "192.0.2.21", port: 104)
        expected.method = .move
        expected.countsFor = [AETitle("SCANNER1")!, AETitle("PETCT")!]
        expected.answerSeconds = 4
        expected.waitsForSeries = false
        #expect(try NodeConfiguration(text: text, path: "").sources == [expected])
    }

    @Test func everyKeyOfFetchIsRead() throws {
        let text = """
            [fetch]
            source = "archive"
            partner = false
            priors = 3
            prior_days = 100
            wait_seconds = 7
            retrieval_seconds = 8
            retry_after_seconds = 9
            give_up_after_seconds = 10
            """
        var expected = NodeConfiguration.Fetch(source: "archive")
        (expected.partner, expected.priors, expected.priorDays) = (false, 3, 100)
        (expected.waitSeconds, expected.retrievalSeconds) = (7, 8)
        (expected.schedule.firstPauseSeconds, expected.schedule.giveUpAfterSeconds) = (9, 10)
        #expect(try NodeConfiguration(text: source + text, path: "").fetch == expected)
        #expect(try NodeConfiguration(text: source, path: "").fetch == nil)
    }

    @Test func whatDoesNotFitIsTold() {
        #expect(problems("[fetch]\n") == ["[fetch] needs source"])
        #expect(problems("[fetch]\nsource = \"pacs\"\n") == ["no [[source]] is named pacs"])
        #expect(
            problems(source + "[fetch]\nsource = \"archive\"\npriors = 11") == [
                "priors needs a whole number from 0 to 10"
            ])
        #expect(problems(source + "answer_seconds = 0").count == 1)
        #expect(problems(source + "counts_for = [\"much too long a title\"]").count == 1)
    }

    @Test func aSourceThatMovesAndMayNotStoreIsWorthALook() throws {
        let moving = source + "method = \"move\"\n[fetch]\nsource = \"archive\"\n"
        #expect(try NodeConfiguration(text: moving, path: "").warnings.count == 1)
        let known = moving + "[[peer]]\nae_title = \"ARCHIVE\""
        #expect(try NodeConfiguration(text: known, path: "").warnings.isEmpty)
    }

    /// Their sections are commented out as a whole: what is under the first # of each line holds anyway.
    @Test func theShippedFileShowsTheKeysWithTheirDefaults() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config/uptake.toml").path
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let shown = lines.filter { $0.hasPrefix("#") && !$0.hasPrefix("# ") }.map { $0.dropFirst() }
        let sections = shown.drop { $0 != "[[source]]" }.filter {
            !["tls = ", "certificate_name = ", "counts_for = "].contains(where: $0.hasPrefix)
        }
        let configuration = try NodeConfiguration(text: sections.joined(separator: "\n"), path: path)
        #expect(
            configuration.sources == [
                .init(name: "archive", aeTitle: AETitle("ARCHIVE")!, host: "192.0.2.21", port: 104)
            ])
        #expect(configuration.fetch == .init(source: "archive"))
        for key in [
            "counts_for", "wait_for_series", "answer_seconds", "source", "partner", "priors", "prior_days",
            "wait_seconds",
            "retrieval_seconds", "retry_after_seconds", "give_up_after_seconds",
        ] {
            #expect(shown.contains { $0.hasPrefix("\(key) = ") }, "\(key) is not shown")
        }
    }
}
