import ArgumentParser
import DICOM
import Imaging

/// `uptake tracer`: what the header of one PET image says of the tracer; for the node, which does not parse headers itself.
struct TracerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tracer",
        abstract: "Print the tracer that the header of a PET image tells.",
        discussion: "Exit status: 0 told, 3 not told (the reason is printed), 1 failure.",
        shouldDisplay: false)

    @Argument(help: "A PET image.")
    var file: String

    @OptionGroup
    var limits: ChildLimits

    func run() throws {
        limits.impose()
        let determination = TracerDetermination(header: try DICOMFile(path: file, extent: .header).dataSet)
        guard let tracer = determination.tracer else {
            print(determination.explanation)
            throw ExitCode(3)
        }
        print(tracer.rawValue)
    }
}
