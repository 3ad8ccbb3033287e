import Archive

/// `jobs show`: everything about one job.
package struct ShowJob: ControlCommand {
    package static let name = "jobs show"

    /// Which.
    package let id: Int64

    package init(id: Int64) { self.id = id }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Job {
        try Self.answer(id, from: node.archive)
    }

    /// The same from an index without a node.
    package static func answer(_ id: Int64, from archive: Archive) throws -> Job {
        guard let job = try archive.job(id) else { throw ArchiveError.unknown("job \(id); uptake jobs lists them") }
        return job
    }
}
