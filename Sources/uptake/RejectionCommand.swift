import ArgumentParser
import DICOM
import Foundation

/// `uptake rejection`: what a Key Object Selection rejects; for the node, which does not parse documents itself.
struct RejectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejection",
        abstract: "Write the rejection note that a Key Object Selection is.",
        discussion: "Exit status: 0 a rejection note (as JSON), 3 another document, 1 failure.",
        shouldDisplay: false)

    @Argument(help: "A Key Object Selection.")
    var file: String

    @Option(help: "Where to write the note.")
    var output: String

    @OptionGroup
    var limits: ChildLimits

    func run() throws {
        limits.impose()
        guard let note = RejectionNote(try DICOMFile(path: file, extent: .header).dataSet) else {
            throw ExitCode(3)
        }
        try JSONEncoder().encode(note).write(to: URL(fileURLWithPath: output))
    }
}
