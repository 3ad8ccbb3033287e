import ArgumentParser
import Foundation
import Imaging
import Phantom

/// `uptake-lab phantom`: draws a patient and writes the study with its truth.
struct PhantomCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phantom",
        abstract: "Draw a digital PET/CT patient and write it as DICOM with its truth.",
        discussion: """
            Writes PET/ and CT/ with one file for each slice, and truth.json with every site drawn: location, side, \
            SUV, volume, whether it is disease, and the stage. The same seed gives the same patient again.

            Example: uptake-lab phantom --output /tmp/phantom --seed 42 --tracer 18F-PSMA-1007
            """)

    @Option(help: "The folder to write to; made where it does not exist.")
    var output: String

    @Option(help: "The patient's number; another seed is another patient.")
    var seed: UInt64

    @Option(help: "The tracer: \(Tracer.names).")
    var tracer = Tracer.ga68PSMA11.rawValue

    func validate() throws {
        guard Tracer(rawValue: tracer) != nil else {
            let error = PhantomError.unknownTracer(tracer, known: Tracer.allCases.map(\.rawValue))
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        let progress = ProgressLine()
        progress.show("drawing and scanning patient \(seed)")
        let study = PhantomPatient(seed: seed, tracer: Tracer(rawValue: tracer)!).scan()
        try study.write(to: output) { done, total in
            if done.isMultiple(of: 20) || done == total { progress.show("writing file \(done) of \(total)") }
        }
        progress.finish()
    }
}
