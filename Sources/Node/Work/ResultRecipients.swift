import Archive
import Reporting

/// Who gets which results of one study: the destinations that its plan names, each as the configuration in force has it.
package struct ResultRecipients: Sendable {
    /// Those that results go to at all.
    package let names: [String]
    private let configured: [String: NodeConfiguration.Destination]

    /// - Parameters:
    ///   - plan: the plan of the study; nil sends to every destination.
    ///   - configured: the destinations of the configuration in force. One that is not among them any more gets what it
    ///     would get by default, as soon as it is back.
    package init(plan: ReadingPlan?, configured: [NodeConfiguration.Destination]) {
        names = plan?.destinations ?? configured.map(\.name)
        self.configured = Dictionary(configured.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The objects to make: what anybody gets, and the standard ones, which can be retrieved from here in any case.
    package var objects: Set<ReportObject> { names.reduce(ReportObject.standard) { $0.union(objects(for: $1)) } }

    /// Whether anybody gets a report on a study that was declined.
    package var includeDeclinedReports: Bool { names.contains { configured[$0]?.getsDeclinedReports == true } }

    /// Whether a destination gets a result of a reading.
    package func getsResult(_ kind: String, _ name: String) -> Bool {
        ReportObject(resultName: kind).map(objects(for: name).contains) ?? true
    }

    /// Whether a destination gets a report on a study that was declined.
    package func getsDeclinedReport(_ name: String) -> Bool { configured[name]?.getsDeclinedReports == true }

    private func objects(for name: String) -> Set<ReportObject> { configured[name]?.objects ?? ReportObject.standard }
}
