import ArgumentParser
import DICOM
import Imaging
import Training

/// Renders PET studies as maximum-intensity projections.
struct MontageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "montage",
        abstract: "Draw PET studies as maximum-intensity projections on one picture.",
        discussion: """
            Example:
              uptake-lab montage --input STUDY --input OTHER --output montage.png

            Real and digital patients alike: the same projection and grey scale as the cohort's montage.
            """)

    @Option(help: "Folder with the files of one study; give it again for each further study.")
    var input: [String]

    @Option(help: "The picture to write (PNG).")
    var output: String

    @Option(help: "Patients in a row.")
    var columns = 6

    @Option(help: "SUVbw shown as black; 15 for PSMA and 7 for FDG if not given.")
    var maximum: Double?

    func validate() throws {
        try atLeastOne(columns, "--columns")
        if let maximum { try within(0.01...10_000, maximum, "--maximum") }
    }

    func run() throws {
        var montage = Montage()
        for folder in input {
            let instances = try DICOMFolder.read(folder).map(StudyInstance.init)
            let images = try StudyImages(StudyContent.single(of: instances))
            let black = maximum ?? (images.tracer.tracer?.target == .psma ? 15 : 7)
            montage.add(images.petVolume, title: String(folder.split(separator: "/").last ?? ""), maximum: black)
        }
        try montage.writePNG(to: output, columns: columns)
    }
}
