import Archive
import Foundation

/// `quarantine list`: what was set aside, newest first.
package struct ListQuarantine: ControlCommand {
    package static let name = "quarantine list"

    /// How many, 1 to `ListLimit.most`.
    package let limit: Int

    package init(limit: Int) { self.limit = limit }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> [QuarantinedFile] {
        try answer(from: node.archive)
    }

    /// The same from an index without a node.
    package func answer(from archive: Archive) throws -> [QuarantinedFile] {
        try archive.quarantinedFiles(limit: ListLimit.kept(limit))
    }
}

/// `quarantine show`: one file, and why it was set aside.
package struct ShowQuarantined: ControlCommand {
    package static let name = "quarantine show"

    /// The digest, or how it begins.
    package let digest: String

    package init(digest: String) { self.digest = digest }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> QuarantinedFile {
        try node.archive.quarantinedFile(digest)
    }
}

/// `quarantine release`: a file is taken in as if it had just come, on the operator's word.
package struct ReleaseQuarantined: ControlCommand {
    package static let name = "quarantine release"

    /// The digest, or how it begins.
    package let digest: String

    package init(digest: String) { self.digest = digest }

    /// What came of it.
    package struct Answer: Codable, Sendable {
        /// The file as it was.
        package let file: QuarantinedFile
        /// What it was taken for: new, or there already.
        package let outcome: String
    }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        let file = try node.archive.quarantinedFile(digest)
        let quiet = node.reception?.current.now.completion.quietPeriodSeconds ?? 0
        defer { node.bell.ring() }
        switch try node.archive.release(file, now: Date(), quietPeriodSeconds: quiet) {
        case .stored: return Answer(file: file, outcome: "stored; its study is looked at after the quiet period")
        case .duplicate, .ownResult: return Answer(file: file, outcome: "the archive had it already")
        case .conflict(let conflict, _):
            throw ControlError.refused(
                "it stays in quarantine: \(conflict); have its sender correct it, and drop this one: uptake quarantine drop"
            )
        }
    }
}

/// `quarantine drop`: a file is thrown away.
package struct DropQuarantined: ControlCommand {
    package static let name = "quarantine drop"

    /// The digest, or how it begins.
    package let digest: String

    package init(digest: String) { self.digest = digest }

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> QuarantinedFile {
        let file = try node.archive.quarantinedFile(digest)
        try node.archive.drop(file)
        return file
    }
}
