import Auditing

/// `record`: puts on record what a command has done beside the node.
package struct RecordEvent: ControlCommand {
    package static let name = "record"

    /// What was done.
    package let event: CommandEvent

    /// Nothing more is to be told.
    package struct Answer: Codable, Sendable {}

    package init(_ event: CommandEvent) { self.event = event }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        guard let audit = node.retrieving?.audit else { throw ControlError.refused("this node has no audit trail") }
        do throws(AuditError) {
            try audit.recordDurably(event.message(from: audit.own))
        } catch {
            throw ControlError.refused("the audit trail cannot be written: \(error)")
        }
        return Answer()
    }
}
