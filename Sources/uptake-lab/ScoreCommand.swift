import ArgumentParser
import Classification
import Detection
import Foundation
import Imaging
import Phantom
import Training

/// Scores the shipped model, or another, on digital patients.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Run detection, classification and staging on digital patients and count what is right.",
        discussion: """
            Example:
              uptake-lab score --patients 20 --seed 5000

            Use seeds that the model was not fitted on.
            """)

    @Option(help: "How many digital patients to draw.")
    var patients = 10

    @Option(help: "Seed of the first patient.")
    var seed: UInt64 = 5000

    @Option(help: "Tracer of the patients.")
    var tracer: String = Tracer.ga68PSMA11.rawValue

    @Option(help: "Folder with model.json; the shipped model if not given.")
    var model: String?

    @Option(help: "Prominence of a maximum, part of its height.")
    var prominence = FocusDetection().prominence

    @Option(
        help: """
            How much a maximum must stand out, its prominence times its ratio to its surroundings, in a scan as noisy as \
            most; noisier scans ask for more, and small foci do.
            """)
    var conspicuity = FocusDetection().conspicuity

    @Option(help: "Smoothing before maxima are sought, full width at half maximum in millimetres.")
    var smoothing = FocusDetection().smoothingMm

    @Flag(help: "Leave the CT out.")
    var withoutCT = false

    @Flag(help: "List every focus judged wrongly.")
    var mistakes = false

    func validate() throws {
        try atLeastOne(patients, "--patients")
        try seeds(from: seed, count: patients)
        try within(0...1, prominence, "--prominence")
        try within(0...100, conspicuity, "--conspicuity")
        try within(0...100, smoothing, "--smoothing")
    }

    func run() throws {
        guard let tracer = Tracer(rawValue: tracer) else {
            throw ValidationError("unknown tracer \(tracer); one of \(Tracer.names)")
        }
        let classifier = try model.map { try ModelBundle.load(URL(fileURLWithPath: $0)) } ?? ModelBundle.shipped()
        var detection = FocusDetection()
        detection.prominence = prominence
        detection.conspicuity = conspicuity
        detection.smoothingMm = smoothing
        let progress = ProgressLine()
        var scores: [PatientScore] = []
        for index in 0..<patients {
            progress.show("patient \(index + 1) of \(patients)")
            let patient = PhantomPatient(seed: seed + UInt64(index), tracer: tracer)
            let score = PatientScore(patient.scan(), classifier: classifier, withCT: !withoutCT, detection: detection)
            scores.append(score)
            progress.finish()
            print(Self.row(score))
            if mistakes { score.mistakes.forEach { print("    \($0)") } }
        }
        print(Self.summary(scores))
    }

    private static func row(_ score: PatientScore) -> String {
        func ratio(_ value: Double?) -> String { value.map { String(format: "%.2f", $0) } ?? "-" }
        let stage = score.stage.map { "\($0.miT) \($0.miN) \($0.miM)" } ?? "-"
        let truth = score.truth.map { "\($0.miT) \($0.miN) \($0.miM)" } ?? "-"
        return "seed \(score.seed): candidates \(score.candidates), lesions found \(score.found)/\(score.detectable), "
            + "TP \(score.truePositives) FP \(score.falsePositives) FN \(score.falseNegatives), "
            + "located \(score.located.right)/\(score.located.of), stage \(stage) (true \(truth)), "
            + "blood/liver/parotid \(ratio(score.bloodPoolRatio))/\(ratio(score.liverRatio))/\(ratio(score.parotidRatio))"
    }

    private static func summary(_ scores: [PatientScore]) -> String {
        func percent(_ part: Int, _ whole: Int) -> String {
            whole == 0 ? "-" : String(format: "%.1f %%", 100 * Double(part) / Double(whole))
        }
        func sum(_ value: (PatientScore) -> Int) -> Int { scores.reduce(0) { $0 + value($1) } }
        let truePositives = sum(\.truePositives)
        let staged = scores.filter { $0.truth != nil }
        return """
            candidate recall \(percent(sum(\.found), sum(\.detectable))), \
            median candidates \(scores.map(\.candidates).sorted()[scores.count / 2])
            recall \(percent(truePositives, truePositives + sum(\.falseNegatives))), \
            PPV \(percent(truePositives, truePositives + sum(\.falsePositives)))
            location of lesions \(percent(sum(\.lesionsLocated), truePositives + sum(\.falseNegatives))), \
            of all foci \(percent(sum(\.located.right), sum(\.located.of)))
            miN \(percent(staged.count { $0.stage?.miN.rawValue == $0.truth?.miN }, staged.count)), \
            miM \(percent(staged.count { $0.stage?.miM.rawValue == $0.truth?.miM }, staged.count))
            (digital phantoms, no patients)
            """
    }
}
