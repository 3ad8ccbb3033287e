import Archive
import ArgumentParser
import Node

/// `uptake verify`: whether every file is what the index says.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare the digest of every stored file with the index, of a node that runs or not, or of a backup.",
        discussion: """
            Examples:
              uptake verify --config /etc/uptake/uptake.toml
              uptake verify --directory /mnt/backup/uptake

            Changes nothing. Status 1 says that there are damages; each is a line. A missing or altered image is mended by \
            sending it again; a torn index is made anew by uptake rebuild.
            """)

    @Option(help: "Configuration file of the node whose state directory is looked at.")
    var config: String?

    @Option(help: "A state directory, or a backup.")
    var directory: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (config == nil) != (directory == nil) else {
            throw ValidationError("name what to look at: --config or --directory")
        }
    }

    func run() throws {
        Interruption.watch()
        let path = try directory ?? NodeConfiguration(path: config ?? "").local.stateDirectory
        let line = ProgressLine()
        let report = try Archive.verify(directory: path) { files in
            line.show("\(files) files")
            return Interruption.goesOn()
        }
        line.finish()
        guard Interruption.goesOn() else { throw Failure("the check was cut short after \(report.files) files") }
        if json {
            try printJSON(report)
        } else {
            let found = report.damages.isEmpty ? "all as the index says" : "\(report.damages.count) damages"
            print("\(report.files) files, \(report.bytes >> 20) MiB: \(found); \(report.orphans) files without a row")
            DamageText.print(report.damages)
        }
        if !report.damages.isEmpty { throw ExitCode(1) }
    }
}
