import Archive

/// `jobs cancel`: a job that waits or has failed is not wanted any more.
package struct CancelJob: ControlCommand {
    package static let name = "jobs cancel"

    /// Which.
    package let id: Int64

    package init(id: Int64) { self.id = id }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Job {
        try node.archive.withdraw(jobID: id, reason: "cancelled by an operator")
    }
}
