import ArgumentParser
import Classification
import Foundation
import Imaging
import Training

/// Measures a model on a labelled cohort.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on a labelled cohort: the table of the paper, with intervals.",
        discussion: """
            Example:
              uptake-lab evaluate --cohort test --pictures .build/figures
              uptake-lab evaluate --cohort test --without-ct

            Prints average precision, recall, positive predictive value, location accuracy and agreement of miN and miM \
            with 95 % intervals over patients, confusion matrices and the calibration error. The cohort may be changed \
            before, to see what the model bears.
            """)

    @Option(help: "Folder of a cohort (uptake-lab cohort) or of labelled patients; give it again for several.")
    var cohort: [String]

    @OptionGroup(title: "Patients from elsewhere")
    var collection: CollectionOptions

    @Option(help: "At most this many patients of each cohort.")
    var patients = Int.max

    @Option(help: "Folder with model.json; the shipped model if not given.")
    var model: String?

    @Option(help: "What the scanner shows for a true SUV of 1.")
    var calibration: Float = 1

    @Flag(help: "Leave the CT out.")
    var withoutCT = false

    @Option(help: "By how much the CT is moved sideways against the PET, mm.")
    var offsetOfCT = 0.0

    @Option(help: "Standard deviation of noise that is added to the PET, where the SUV of a PSMA ligand is 1.")
    var noise: Float = 0

    @Option(help: "Full width at half maximum by which the PET is smoothed, mm.")
    var blur = 0.0

    @Option(help: "Resamples of patients for the intervals.")
    var resamples = 1000

    @Option(help: "Folder for precision-recall.png, calibration.png and stages.png.")
    var pictures: String?

    @Flag(help: "List every lesion that can be seen and is no candidate focus.")
    var missed = false

    @Option(help: "File for every patient's foci and stage, as JSON.")
    var results: String?

    func validate() throws {
        try atLeastOne(patients, "--patients")
        try atLeastOne(resamples, "--resamples")
        try within(0.01...100, calibration, "--calibration")
        try within(-1000...1000, offsetOfCT, "--offset-of-ct")
        try within(0...100, noise, "--noise")
        try within(0...100, blur, "--blur")
    }

    func run() throws {
        let classifier = try model.map { try ModelBundle.load(URL(fileURLWithPath: $0)) } ?? ModelBundle.shipped()
        let line = ProgressLine()
        var changes = ScanChanges()
        changes.calibration = calibration
        changes.hidesCT = withoutCT
        changes.noise = noise
        changes.blurMm = blur
        changes.offsetOfCT = [offsetOfCT, 0, 0]
        var judged: [PatientResult] = []
        for path in cohort {
            let folder = try PatientFolder(path, assuming: collection.assumptions, organs: classifier.organs)
            let all = try folder.patients(
                limit: patients, changes: changes, leftOut: { line.note("left out: \($0)") }
            ) { done, total in line.show("looking at \(path): patient \(done) of \(total)") }
            for (index, patient) in all.enumerated() {
                line.show("judging \(path): patient \(index + 1) of \(all.count)")
                judged.append(PatientResult(patient, by: classifier))
            }
        }
        line.finish()
        let evaluation = Evaluation(judged)
        print(report(evaluation, classifier))
        if let results {
            try JSONEncoder().encode(judged).write(to: URL(fileURLWithPath: results), options: .atomic)
        }
        if let pictures {
            try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
            try EvaluationPictures(evaluation).write(to: pictures)
        }
    }

    private func report(_ evaluation: Evaluation, _ classifier: NetworkModel) -> String {
        let bootstrap = SubjectBootstrap(people: evaluation.results.people, count: resamples)
        let table = EvaluationTable([.init(title: "this cohort", measures: evaluation.measures(bootstrap))])
        func agreement(_ name: String, _ matrix: ConfusionMatrix, _ binary: ConfusionMatrix) -> String {
            guard matrix.total > 0 else { return "" }
            return "\n\(name): Cohen's κ \(matrix.kappaText), of whether there are any \(binary.kappaText)\n"
                + "\(matrix.markdown)\n"
        }
        return """
            \(countOfPatients(evaluation.results.count)), median \(evaluation.medianCandidates) candidate foci, model \
            \(classifier.identity.name) \(classifier.identity.version), suspicious from: \
            \(classifier.description.operatingPoints)

            \(table.text)

            expected calibration error \(String(format: "%.3f", evaluation.calibration.expectedError))
            \(agreement("miN", evaluation.nodes, evaluation.nodesBinary))\
            \(agreement("miM", evaluation.metastases, evaluation.metastasesBinary))\(causes(evaluation.results))
            """
    }

    /// Why stages are wrong and, where asked for, which lesions are missed; of patients whose lesions are known one by one.
    private func causes(_ results: [PatientResult]) -> String {
        guard results.contains(where: { !$0.truth.lesions.isEmpty }) else { return "" }
        // FDG patients have no stage.
        let staged = results.contains { $0.truth.stage != nil }
        var parts =
            staged
            ? StageErrors.Part.allCases.map { "\($0.rawValue), why wrong:\n\(StageErrors(results, $0).text)\n" } : []
        parts.append("lesion by lesion:\n\(LesionErrors(results).text)\n")
        if missed {
            let lines = results.flatMap { result in
                result.truth.lesions.filter { $0.isDetectable && !$0.isFound }.map { lesion in
                    "  \(result.name) \(lesion.id): \(lesion.laterality.rawValue) \(lesion.location.rawValue), SUVmax "
                        + String(format: "%.1f, %.1f ml", lesion.suvMax, lesion.volumeMl)
                }
            }
            parts.append("can be seen, but are no candidates:\n" + lines.joined(separator: "\n"))
        }
        return "\n" + parts.joined(separator: "\n")
    }
}
