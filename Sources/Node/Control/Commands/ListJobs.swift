import Archive

/// `jobs list`: the jobs, those due first in front.
package struct ListJobs: ControlCommand {
    package static let name = "jobs list"

    /// Which jobs.
    package let selection: JobSelection
    /// How many of them, 1 to `ListLimit.most`.
    package let limit: Int

    /// Some jobs, and how many there are in all.
    package struct Answer: Codable, Sendable {
        /// Those asked for.
        package let jobs: [Job]
        /// All that the selection fits.
        package let total: Int
    }

    package init(_ selection: JobSelection, limit: Int) {
        (self.selection, self.limit) = (selection, limit)
    }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        try Self.answer(selection, limit: limit, from: node.archive)
    }

    /// The same from an index without a node.
    package static func answer(_ selection: JobSelection, limit: Int, from archive: Archive) throws -> Answer {
        Answer(
            jobs: try archive.jobs(selection, limit: ListLimit.kept(limit)), total: try archive.countJobs(selection))
    }
}
