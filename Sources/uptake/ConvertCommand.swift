import ArgumentParser
import DICOM

/// `uptake convert`: an object in another transfer syntax; for the node, which does not parse objects itself.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write an object in another transfer syntax.",
        discussion: "Exit status: 0 written, 1 failure.",
        shouldDisplay: false)

    @Argument(help: "A DICOM file.")
    var file: String

    @Option(help: "UID of the transfer syntax.")
    var transferSyntax: String

    @Option(help: "Where to write the object.")
    var output: String

    @OptionGroup
    var limits: ChildLimits

    func run() throws {
        limits.impose()
        guard let syntax = UID(transferSyntax) else { throw ValidationError("\(transferSyntax) is no UID") }
        try DICOMFile.convert(file, to: syntax, as: output)
    }
}
