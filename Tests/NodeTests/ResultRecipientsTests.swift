import Archive
import DICOMNetwork
import Node
import Reporting
import Testing

/// Who gets which results.
@Suite struct ResultRecipientsTests {
    private static let configured: [NodeConfiguration.Destination] = ["pacs", "viewer", "planning"].map {
        .init(name: $0, aeTitle: AETitle("PACS")!, host: "pacs.example", port: 104)
    }

    private func recipients(_ plan: ReadingPlan? = nil) -> ResultRecipients {
        var configured = Self.configured
        configured[1].objects = [.secondaryCapture]
        configured[1].getsDeclinedReports = true
        configured[2].objects = []
        return ResultRecipients(plan: plan, configured: configured)
    }

    @Test func eachGetsTheObjectsOfItsOwn() {
        let recipients = recipients()
        #expect(recipients.names == ["pacs", "viewer", "planning"])
        #expect(recipients.getsResult("report", "pacs") && recipients.getsResult("structures", "pacs"))
        #expect(!recipients.getsResult("capture", "pacs"))
        #expect(recipients.getsResult("capture", "viewer") && !recipients.getsResult("report", "viewer"))
        #expect(!recipients.getsResult("report", "planning"))
    }

    @Test func whatAnybodyGetsIsMade() {
        #expect(recipients().objects == ReportObject.standard.union([.secondaryCapture]))
        #expect(recipients(ReadingPlan(destinations: ["pacs"])).objects == ReportObject.standard)
        #expect(recipients(ReadingPlan(destinations: [])).objects == ReportObject.standard)
    }

    @Test func reportsOnDeclinedStudiesGoToThoseWhoWantThem() {
        #expect(recipients().includeDeclinedReports)
        #expect(recipients().getsDeclinedReport("viewer") && !recipients().getsDeclinedReport("pacs"))
        #expect(!recipients(ReadingPlan(destinations: ["pacs", "gone"])).includeDeclinedReports)
    }

    /// A destination that a plan names and the configuration does not have any more, or not yet again.
    @Test func oneThatIsNotConfiguredGetsTheStandardObjects() {
        let recipients = recipients(ReadingPlan(destinations: ["gone"]))
        #expect(recipients.getsResult("report", "gone") && !recipients.getsResult("document", "gone"))
    }
}
