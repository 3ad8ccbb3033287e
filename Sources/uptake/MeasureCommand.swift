import ArgumentParser
import DICOM
import Foundation
import Imaging

/// `uptake measure`: SUV and regions of a PET as JSON.
struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Print SUV factor, SUV range and regions of a PET as JSON.",
        discussion: """
            Example:
              uptake measure --input /data/pet --rtstruct /data/rt.dcm

            A structure set among the input files is used where none is named. A study that is refused says why under \
            "declined", with exit status 3.
            """)

    @Option(help: "Folder with the PET's files.")
    var input: String

    @Option(help: "RT Structure Set whose regions to measure.")
    var rtstruct: String?

    func run() throws {
        let progress = ProgressLine()
        let instances = try DICOMFolder.read(input) { done, total in
            if done.isMultiple(of: 50) { progress.show("looking at file \(done) of \(total)") }
        }.map(StudyInstance.init)
        progress.finish()
        let structures = try rtstruct.map { try DICOMFile(path: $0).dataSet }
        let measurement = SUVMeasurement.measure(instances, structureSet: structures)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(measurement), as: UTF8.self))
        if measurement.declined != nil { throw ExitCode(3) }
    }
}
