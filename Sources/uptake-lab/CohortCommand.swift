import ArgumentParser
import Foundation
import Imaging
import Phantom
import Training

extension Cohort.Shift: ExpressibleByArgument {}

/// Draws many digital patients for training.
struct CohortCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cohort",
        abstract: "Draw a cohort of digital patients for training, with a picture of them.",
        discussion: """
            Example:
              uptake-lab cohort --tracer 68Ga-PSMA-11 --count 121 --seed 1 --output psma
              uptake-lab cohort --tracer 68Ga-PSMA-11 --count 60 --seed 80000 --shift very-large --output large

            Each patient lies in a folder of his own: PET, CT, sites and organ map as NRRD on one grid, and \
            patient.json. Scanner, protocol and mishaps differ from patient to patient. Patients who are there already \
            are kept, so a run that was stopped goes on. montage.png shows the first ones.
            """)

    @Option(help: "Tracer; give it again for a cohort of several, in turn.")
    var tracer = [Tracer.ga68PSMA11.rawValue]

    @Option(help: "How many patients of each tracer.")
    var count: Int

    @Option(help: "Seed of the first patient; the others follow.")
    var seed: UInt64

    @Option(help: "How all patients differ from the usual: coarse-grid, noise, arms-down or very-large.")
    var shift: Cohort.Shift?

    @Option(help: "The folder to write to.")
    var output: String

    @Option(help: "Patients drawn at a time.")
    var threads = 2

    @Option(help: "Patients shown in montage.png.")
    var shown = 24

    func validate() throws {
        for name in tracer where Tracer(rawValue: name) == nil {
            throw ValidationError(
                PhantomError.unknownTracer(name, known: Tracer.allCases.map(\.rawValue)).description)
        }
        guard count > 0, threads > 0, shown >= 0 else {
            throw ValidationError("--count and --threads must be at least 1, --shown at least 0")
        }
        guard count <= 1_000_000 else { throw ValidationError("--count: at most a million") }
        try seeds(from: seed, count: count * tracer.count)
    }

    func run() throws {
        let cohort = Cohort(count: count, seed: seed, tracers: tracer.compactMap(Tracer.init), shift: shift)
        let line = ProgressLine()
        let start = Date()
        let drawn = try CohortDrawing(cohort, folder: output).run(threads: threads) { done, total in
            line.show("patient \(done) of \(total)")
        }
        let seconds = -start.timeIntervalSinceNow
        var montage = Montage()
        for member in cohort.members.prefix(shown) {
            line.show("projecting patient \(member.seed)")
            let study = try CohortStudy(contentsOf: CohortDrawing.folder(of: member, in: output))
            montage.add(
                study.pet, title: "\(member.tracer.rawValue) \(member.seed)",
                maximum: member.tracer.target == .psma ? 15 : 7)
        }
        if shown > 0 { try montage.writePNG(to: output + "/montage.png", columns: 6) }
        line.finish()
        print(
            "\(countOfPatients(cohort.members.count)) in \(output), \(drawn) drawn now"
                + (drawn > 0 ? String(format: " (%.1f s each)", seconds / Double(drawn)) : ""))
    }
}
