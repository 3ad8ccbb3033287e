import ArgumentParser
import Classification
import Dispatch
import Foundation
import Synchronization
import Training

/// Trains and measures a coarse map of the organs.
struct OrgansCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organs",
        abstract: "Train a network that names the organ in each cube of 12 mm, and measure it.",
        discussion: """
            Example:
              uptake-lab organs --cohort psma --cohort fdg --output .build/organs

            Every tenth patient is not learnt from; on these the map is measured: the share of the body's cubes that are \
            called right, and the Dice coefficient of each organ. A training that was stopped goes on when the same \
            command is given again. The shipped model does not use the map yet.
            """)

    @Option(help: "Folder of digital patients (uptake-lab cohort); give it again for several.")
    var cohort: [String]

    @Option(help: "At most this many patients of each cohort.")
    var patients = Int.max

    @Option(help: "Times that every patient is met.")
    var epochs = 8

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Folder for organs.safetensors and the training's state.")
    var output: String

    func run() throws {
        let line = ProgressLine()
        let all = try look(line)
        let learners = all.indices.filter { $0 % 10 != 9 }.map { all[$0] }
        let validators = all.indices.filter { $0 % 10 == 9 }.map { all[$0] }
        let training = try OrganTraining(
            patients: learners, validators: validators, epochs: epochs, seed: seed, folder: output)
        print("\(learners.count) patients to learn from, \(validators.count) to measure on")
        var last: OrganScore?
        try training.run { done, total, loss in
            line.show("step \(done) of \(total), loss " + String(format: "%.3f", loss))
        } epoch: { epoch in
            line.finish()
            print(
                "epoch \(epoch.number): "
                    + String(
                        format: "loss %.4f, right %.1f %%, %.0f s", epoch.loss, 100 * epoch.score.right, epoch.seconds))
            last = epoch.score
        }
        guard let last else { return print("nothing was left to learn") }
        for (index, name) in LocationClasses.names.enumerated() {
            if let dice = last.dice(index) { print(String(format: "  Dice %.2f  ", dice) + name) }
        }
    }

    /// Puts every patient on the grid, on all processors.
    private func look(_ line: ProgressLine) throws -> [OrganPatient] {
        var folders: [String] = []
        for path in cohort {
            let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            folders += names.map { path + "/" + $0 }.filter(CohortStudy.isComplete).prefix(patients)
        }
        let found = Mutex([Result<OrganPatient, CohortError>?](repeating: nil, count: folders.count))
        let names = folders
        DispatchQueue.concurrentPerform(iterations: names.count) { index in
            let result = Result { () throws(CohortError) in OrganPatient(try CohortStudy(contentsOf: names[index])) }
            found.withLock { found in
                found[index] = result
                line.show("looking at patient \(found.count { $0 != nil }) of \(names.count)")
            }
        }
        line.finish()
        return try found.withLock { try $0.map { try $0!.get() } }
    }
}
