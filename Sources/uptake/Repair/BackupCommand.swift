import Archive
import ArgumentParser
import Foundation
import Node

/// `uptake backup`: a copy of the state directory, made beside the node that uses it.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy index, images, results, quarantine and audit trail into a folder, while the node runs.",
        discussion: """
            Example:
              uptake backup /mnt/backup/uptake --config /etc/uptake/uptake.toml

            The folder is new, or holds an earlier backup: then only what has come since is copied, and what the archive has \
            removed since is removed there. It is a state directory itself: to restore it, copy it back. Every file is \
            compared with its digest as it is copied; status 1 says that the archive has damages, and which. What an earlier \
            backup has is taken for good by its length: --verify reads it all, and copies anew what the disk there has altered.
            """)

    @Argument(help: "The folder to copy into.")
    var folder: String

    @Flag(help: "Compare also what an earlier backup has with its digest.")
    var verify = false

    @OptionGroup var node: NodeOptions

    func run() throws {
        // What is made is of patients: nobody else's to read.
        umask(0o027)
        Interruption.watch()
        let line = ProgressLine()
        let report = try Archive.backUp(directory: node.stateDirectory(), to: folder, comparing: verify) { files in
            line.show("\(files) files")
            return Interruption.goesOn()
        }
        line.finish()
        if node.json {
            try printJSON(report)
        } else {
            print(
                "\(report.files) files in \(folder), \(report.copied) copied now (\(report.bytes >> 20) MiB), "
                    + "\(report.removed) removed")
            DamageText.print(report.damages)
        }
        if !report.damages.isEmpty { throw ExitCode(1) }
    }
}

/// Damages as lines for people.
enum DamageText {
    /// One line each.
    static func print(_ damages: [ArchiveDamage]) {
        for damage in damages {
            let study = damage.studyInstanceUID.map { " (study \($0))" } ?? ""
            Swift.print("\(damage.kind.rawValue): \(damage.path)\(study): \(damage.detail)")
        }
    }
}
