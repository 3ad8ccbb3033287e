import Foundation
import Testing

/// The laboratory's commands: for whoever has patients, one after the other on a small collection in autoPET's layout, as
/// docs/science/train-on-patients.md has them, and on one who is drawn.
@Suite struct LabCommandTests {
    private let folder: Scratch

    init() throws {
        folder = try Scratch("lab")
        let made = try Child.run(Place.python, [Place.judge("labelled_collections.py"), folder.path, "10"])
        guard made.status == 0 else { throw Unmet(description: "labelled_collections.py: \(made.errors)") }
    }

    private func run(_ words: String) throws -> String {
        let arguments = words.split(separator: " ").map { $0.hasPrefix("@") ? folder.path + $0.dropFirst() : $0 }
        let ended = try Child.run(Place.lab, arguments.map(String.init), seconds: 300)
        guard ended.status == 0 else { throw Unmet(description: "uptake-lab \(words): \(ended.errors)") }
        return ended.output
    }

    private func exists(_ names: String...) {
        for name in names { #expect(FileManager.default.fileExists(atPath: folder.path + "/" + name), "\(name)") }
    }

    @Test func aModelIsTrainedAndMeasuredOnPatients() throws {
        let train =
            "train --cohort @/psma --cohort @/fdg --ligand 18F-PSMA-1007 --state @/state --output @/model --epochs 1"
            + " --displaced 8 --noisier 0 --cropped 0 --model-version 9.9.9"
        let trained = try run(train)
        // Eighteen, and four of them once more with the CT aside.
        #expect(trained.contains("22 patients to learn from, 2 to measure on"), "\(trained)")
        exists("model/model.json", "model/weights.safetensors", "model/learning-curve.png")
        let weights = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/model/weights.safetensors"))
        // What was ended is read, and not learnt again.
        try #require(try run(train).contains("model in"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/model/weights.safetensors")) == weights)

        let evaluated = try run(
            "evaluate --cohort @/psma --ligand 18F-PSMA-1007 --model @/model --resamples 50 --blur 4"
                + " --pictures @/pictures --results @/results.json")
        #expect(evaluated.contains("10 patients, median 2 candidate foci, model"), "\(evaluated)")
        #expect(evaluated.contains(" 9.9.9, suspicious from"), "\(evaluated)")
        exists("pictures/precision-recall.png", "pictures/calibration.png")
        let results = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder.path + "/results.json")))
        #expect((results as? [Any])?.count == 10)
    }

    @Test func theExperimentIsRunOnPatients() throws {
        let reproduce =
            "reproduce --development @/psma --test @/psma-others --fdg @/fdg --ligand 18F-PSMA-1007 --small --epochs 1"
            + " --strategy psma --strategy balanced --sizes 8 --state @/state --output @/out"
        _ = try run(reproduce)
        exists("out/reproduction-precision-recall.png", "out/reproduction-patients.png")
        let written = try String(contentsOfFile: folder.path + "/out/reproduction.md", encoding: .utf8)
        #expect(!written.contains("Digital patients, not real ones"))
        #expect(written.contains("| Average precision, suspicious |"), "\(written)")
        #expect(written.contains("--sizes 8"), "the command that prints it")
        let outcome = folder.path + "/state/psma-8/outcome.json"
        let first = try FileManager.default.attributesOfItem(atPath: outcome)[.modificationDate] as? Date
        _ = try run(reproduce)
        #expect(try FileManager.default.attributesOfItem(atPath: outcome)[.modificationDate] as? Date == first)
        #expect(try String(contentsOfFile: folder.path + "/out/reproduction.md", encoding: .utf8) == written)
    }

    @Test func digitalPatientsAreDrawnAndScored() throws {
        let draw = "cohort --tracer 68Ga-PSMA-11 --count 1 --seed 9 --shift coarse-grid --output @/drawn"
        #expect(try run(draw).contains("/drawn, 1 drawn now ("))
        exists("drawn/montage.png")
        #expect(try run(draw + " --shown 0").contains("1 patient in \(folder.path)/drawn, 0 drawn now\n"))
        #expect(try run("evaluate --cohort @/drawn --resamples 50").contains("1 patient, median "))
        #expect {
            try run("organs --cohort @/drawn --epochs 1 --output @/organs")
        } throws: { "\($0)".contains("two patients to learn from") }
        let scored = try run("score --patients 1 --seed 9 --mistakes")
        #expect(scored.contains("seed 9: candidates ") && scored.contains("\ncandidate recall "), "\(scored)")
    }

    @Test func slipsOfTheHandAreRefused() throws {
        let cases = [
            ("train --cohort @/psma --output @/m --state @/s", "ligand"),
            ("train --cohort @/nowhere --output @/m --state @/s", "nowhere"),
            ("evaluate --cohort @/psma --ligand 18F-PSMA-1007 --patients 0", "--patients: at least 1"),
            (
                "reproduce --development @/psma --test @/psma --fdg @/fdg --state @/s --output @/o --sizes 3",
                "at least 8"
            ),
            (
                "reproduce --development @/psma --test @/psma --fdg @/fdg --ligand 18F-PSMA-1007 --state @/s --output @/o",
                "keep them apart"
            ),
            (
                "reproduce --development @/psma --test @/psma-others --fdg @/fdg --ligand 18F-PSMA-1007 --state @/s"
                    + " --output @/o --sizes 10", "not fewer than the 10 patients"
            ),
            ("evaluate --cohort @/psma --ligand 11C-choline", "unknown tracer 11C-choline"),
        ]
        for (words, reason) in cases {
            do {
                let output = try run(words)
                Issue.record("\(words) was taken: \(output)")
            } catch { #expect("\(error)".contains(reason), "\(words): \(error)") }
        }
    }
}
