import Anatomy
import Classification
import Detection
import Foundation
import Imaging
import NeuralNetwork
import Testing
import Training

/// Patients made of a few bytes, whose disease is what is hot and whose locations follow from the side.
private enum Toy {
    static func patient(_ number: Int) -> TrainingPatient { patient(number, person: nil) }

    static func patient(_ number: Int, person: String?) -> TrainingPatient {
        var random = SplitMix64(seed: UInt64(number), stream: "toy")
        let size = ByteGrid.Size(x: 24, y: 24, z: 24)
        var pet = [UInt8](repeating: 30, count: size.count)
        var views: [FocusView] = []
        var foci: [CandidateFocus] = []
        var labels: [FocusLabel] = []
        for index in 0..<8 {
            let (isHot, isLeft) = (random.uniform() < 0.5, random.uniform() < 0.5)
            let place = (x: isLeft ? 17 : 6, y: 4 + Int(16 * random.uniform()), z: 4 + Int(16 * random.uniform()))
            let cell = (place.z * size.y + place.y) * size.x + place.x
            for (z, y, x) in (0..<27).map({ ($0 / 9 - 1, $0 / 3 % 3 - 1, $0 % 3 - 1) }) {
                let near = cell + (z * size.y + y) * size.x + x
                pet[near] = max(pet[near], isHot ? 180 : 90)
            }
            let middle = PatientPoint(Double(place.x), Double(place.y), Double(place.z)) * 5
            var features = [Double](repeating: 0, count: FocusFeatures.names.count)
            features[FocusFeatures.names.firstIndex(of: "lateral")!] = isLeft ? 0.5 : -0.5
            features[FocusFeatures.names.firstIndex(of: "log suvMax")!] = isHot ? 2.5 : 0.4
            features[FocusFeatures.names.firstIndex(of: "noise")!] = 0.05 + 0.02 * Double(number % 5)
            views.append(
                FocusView(
                    middle: middle, cells: [.init(index: Int32(cell), share: 255)],
                    features: FocusFeatures(values: features)))
            foci.append(
                CandidateFocus(
                    id: index + 1, voxels: [], peakVoxel: 0, centroid: middle, suvMax: isHot ? 12 : 1.5, suvMean: 1,
                    suvPeak: 1, volumeMl: 1, totalUptake: 1))
            labels.append(
                FocusLabel(
                    // What one label does not know, nothing may depend on.
                    suspicious: index == 7 ? nil : isHot, location: index == 6 ? nil : .rib,
                    laterality: isLeft ? .left : .right))
        }
        func grid(_ size: ByteGrid.Size, _ spacing: Double, _ pet: [UInt8]) -> ByteGrid {
            ByteGrid(
                size: size, spacing: spacing, origin: .zero, pet: pet,
                ct: [UInt8](repeating: ByteScale.unknown, count: size.count))
        }
        let wide = ByteGrid.Size(x: 7, y: 7, z: 7)
        let view = ScanView(
            near: grid(size, 5, pet), wide: grid(wide, 18, [UInt8](repeating: 30, count: wide.count)),
            overview: grid(
                ScanView.overviewSize, 36, [UInt8](repeating: 30, count: ScanView.overviewSize.count)),
            reference: 1.5, tracer: number.isMultiple(of: 2) ? .ga68PSMA11 : .f18FDG, foci: views)
        return TrainingPatient(
            name: "toy \(number)", person: person, view: view, foci: foci, labels: labels, midline: 58,
            truth: .init(detectable: 4, found: 4))
    }

    static let learners = (0..<12).map(patient)
    static let validators = (100..<104).map(patient)

    static let plan: TrainingPlan = {
        var plan = TrainingPlan()
        plan.architecture.stem = 8
        plan.architecture.blocks = [8, 8]
        plan.architecture.overview = [8, 8]
        plan.architecture.hidden = 16
        plan.architecture.dropout = 0.1
        plan.batch = 8
        plan.epochs = 8
        plan.patience = 8
        plan.decay = 0
        plan.rate = 1e-2
        return plan
    }()
}

@Suite struct LearningTests {
    private let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("training-\(UUID().uuidString)")

    private func folder(_ name: String) -> String { scratch.appendingPathComponent(name).path }

    private func training(_ folder: String, _ plan: TrainingPlan = Toy.plan) throws -> FocusTraining {
        try FocusTraining(plan, patients: Toy.learners, validators: Toy.validators, folder: folder)
    }

    /// The toys with what a map might say of them: the side, in which their locations differ.
    private func told(_ patient: TrainingPatient) -> TrainingPatient {
        let sides = [Laterality.left, .right].map { LocationClasses.index(.rib, $0)! }
        let foci = zip(patient.view.foci, patient.labels).map { focus, label in
            var bytes = [UInt8](repeating: 0, count: OrganGrid.classes)
            bytes[sides[label.laterality == .left ? 0 : 1]] = 255
            return FocusView(
                middle: focus.middle, cells: focus.cells, features: focus.features, organs: OrganShares(all: bytes))
        }
        let view = patient.view
        return TrainingPatient(
            name: patient.name,
            view: ScanView(
                near: view.near, wide: view.wide, overview: view.overview, reference: view.reference,
                tracer: view.tracer, foci: foci),
            foci: patient.foci, labels: patient.labels, midline: patient.midline, truth: patient.truth)
    }

    @Test func aNetworkThatIsToldOfOrgansBecomesAModelWithItsMap() throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        var plan = Toy.plan
        plan.architecture.seesOrgans = true
        let validators = Toy.validators.map(told)
        let training = try FocusTraining(
            plan, patients: Toy.learners.map(told), validators: validators, folder: folder("told"))
        let outcome = try training.run { _ in }
        let last = try #require(outcome.history.epochs.last)
        // The side is plain to it long before the patches tell it.
        let untold = try #require(try self.training(folder("untold")).run { _ in }.history.epochs.last)
        #expect(last.validation[1] < 0.5 * untold.validation[1])
        let map = try OrganMap(
            OrganNetwork(), SafeTensors(OrganNetwork().network.start(seed: 1), metadata: [OrganMap.accountKey: "so"]))
        func model(_ otherwise: [TrainingPatient]) throws -> ModelDescription {
            let (description, weights) = try ModelFitting(plan, training, organs: map).model(
                outcome, validators: validators, seenOtherwise: otherwise, version: "1",
                account: .init(command: "test", data: [], samples: 0, organs: map.account))
            #expect(try NetworkModel(description, weights: weights, sha256: "").organs?.digest == map.digest)
            #expect(description.training.organs == "so")
            return description
        }
        // Scans seen otherwise choose points, and do not change what a probability is.
        let plain = try model([])
        let others = Toy.learners.prefix(4).map(told)
        #expect(try model(others).calibration == plain.calibration)
        #expect(try model(validators).operatingPoints == plain.operatingPoints, "the same twice")
    }

    @Test func bothTracersAreMetAlikeWhereTheyAreBalanced() {
        // Two with PSMA beside six with FDG, of eight foci each.
        let patients = [0, 2, 1, 3, 5, 7, 9, 11].map(Toy.patient)
        var plan = Toy.plan
        func epochs() -> [[FocusSelection.Item]] {
            let selection = FocusSelection(patients, plan: plan)
            return [selection.items(epoch: 0), selection.items(epoch: 1)]
        }
        func shares(_ items: [FocusSelection.Item]) -> [Int] {
            [items.count { $0.patient < 2 }, items.count { $0.patient >= 2 }]
        }
        #expect(epochs().map(shares) == [[16, 48], [16, 48]])
        plan.balancesTargets = true
        let balanced = epochs()
        #expect(balanced.map(shares) == [[32, 32], [32, 32]])
        #expect(Set(balanced[0].filter { $0.patient < 2 }).count == 16, "the few are all met, each twice")
        #expect(Set(balanced[0].filter { $0.patient >= 2 }).count == 32, "of the many none is met twice")
        #expect(balanced[0] != balanced[1] && balanced == epochs())
    }

    @Test func itLearnsAndGoesOnWhereItWasStopped() throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        // What is on disk after the second epoch is what a killed training leaves behind.
        let whole = try training(folder("whole")).run { progress in
            if case .epoch(1, _) = progress {
                try! FileManager.default.copyItem(atPath: folder("whole"), toPath: folder("stopped"))
            }
        }
        let first = try #require(whole.history.epochs.first), last = try #require(whole.history.epochs.last)
        #expect(whole.history.epochs.count == Toy.plan.epochs)
        #expect(last.validation[0] < 0.7 * first.validation[0], "suspicion is learnt")
        #expect(last.validation[1] < first.validation[1], "and so is location")
        var epochs: [Int] = []
        let resumed = try training(folder("stopped")).run { progress in
            if case .epoch(let epoch, _) = progress { epochs.append(epoch) }
        }
        #expect(epochs == Array(2..<Toy.plan.epochs))
        #expect(resumed.parameters == whole.parameters)
        #expect(resumed.history.epochs.map(\.validation) == whole.history.epochs.map(\.validation))
        // Another plan must not go on with this state.
        var other = Toy.plan
        other.seed = 2
        #expect(throws: TrainingError.self) { _ = try training(folder("stopped"), other).run { _ in } }
    }

    @Test func theOutcomeBecomesAModelThatJudges() throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        // Sides are learnt last.
        var plan = Toy.plan
        plan.epochs = 30
        plan.patience = 30
        let training = try training(folder("state"), plan)
        let outcome = try training.run { _ in }
        let (description, weights) = try ModelFitting(plan, training).model(
            outcome, validators: Toy.validators, version: "1",
            account: .init(command: "test", data: [], samples: outcome.history.samples))
        let model = try NetworkModel(description, weights: weights, sha256: "")
        let results = Toy.validators.map { PatientResult($0, by: model) }
        let evaluation = Evaluation(results)
        #expect(try #require(evaluation.value(.averagePrecision)) > 0.95)
        #expect(try #require(evaluation.value(.recall)) > 0.8)
        #expect(evaluation.value(.locationOfAll) == 1, "there is one location")
        #expect(try #require(evaluation.value(.side)) > 0.75, "one in two would be chance")
        #expect(evaluation.value(.candidateRecall) == 1)
        #expect(evaluation.value(.nodes) == nil, "no stage is known")
        let known = results.flatMap(\.foci).count { $0.label.suspicious != nil }
        #expect(evaluation.calibration.bins.reduce(0) { $0 + $1.count } == known)
        let table = EvaluationTable([
            .init(
                title: "toy",
                measures: evaluation.measures(SubjectBootstrap(people: evaluation.results.people, count: 50)))
        ])
        #expect(table.text.split(separator: "\n").count == Evaluation.Quantity.allCases.count + 1)
        #expect(table.markdown.contains("| Location accuracy, all foci | 100.0 (100.0–100.0) | 94.4 (92.4–96.1) |"))
        let pictures = folder("pictures")
        try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
        try EvaluationPictures(evaluation).write(to: pictures)
        try LearningCurve(outcome.history).writePNG(to: pictures + "/learning-curve.png")
        for name in ["precision-recall", "calibration", "learning-curve"] {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(pictures)/\(name).png"))
            #expect(data.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
    }

    @Test func theExperimentRunsAndIsNotRunTwice() throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        var plan = Toy.plan
        plan.epochs = 2
        let psma = (200..<216).filter { $0.isMultiple(of: 2) }.map(Toy.patient)
        let fdg = (300..<316).filter { !$0.isMultiple(of: 2) }.map(Toy.patient)
        // Folders may hold both tracers.
        let patients = try Reproduction.Patients(development: psma + fdg, test: Toy.validators, fdg: fdg)
        let experiment = Reproduction(patients, plan: plan, folds: 2, folder: folder("experiment"))
        let entries: [ReproductionReport.Entry] = try Strategy.allCases.map { strategy in
            (strategy, try experiment.run(strategy) { _, _ in })
        }
        for (strategy, outcome) in entries {
            #expect(Set(outcome.development.map(\.name)) == Set(psma.map(\.name)), "\(strategy): each is judged once")
            #expect(outcome.test.map(\.name) == ["toy 100", "toy 102"])
            var trainings: [String] = []
            let again = try experiment.run(strategy) { training, _ in trainings.append(training) }
            #expect(trainings.isEmpty)
            #expect(again.test == outcome.test)
        }
        let few = try experiment.run(.psma, first: 6) { _, _ in }
        #expect(few.development.count == 6)
        let report = ReproductionReport(
            entries, points: [.init(strategy: .psma, patients: 6, outcome: few)], command: "uptake-lab reproduce",
            areDigital: true, resamples: 20)
        try report.write(to: folder("report"))
        let page = try String(contentsOfFile: folder("report") + "/reproduction.md", encoding: .utf8)
        for strategy in Strategy.allCases { #expect(page.contains(strategy.title)) }
        #expect(page.contains("80.4 (71.1–87.8)"), "the paper's numbers stand beside ours")
        #expect(page.contains("Digital patients, not real ones") && page.contains("of whether there are any"))
        let real = ReproductionReport(
            entries, points: [], command: "uptake-lab reproduce", areDigital: false, resamples: 20)
        #expect(!real.markdown.contains("igital"))
        for name in ["precision-recall", "calibration", "patients", "stages"] {
            #expect(FileManager.default.fileExists(atPath: "\(folder("report"))/reproduction-\(name).png"))
        }
    }

    @Test func whoIsMeasuredOnIsNotLearntFrom() throws {
        let psma = (200..<204).filter { $0.isMultiple(of: 2) }.map(Toy.patient)
        let other = Toy.patient(300, person: "toy 202")
        #expect(throws: TrainingError.known("toy 202")) {
            try Reproduction.Patients(development: psma, test: [other], fdg: [])
        }
        let fdg = Toy.patient(301, person: "toy 300")
        #expect(throws: TrainingError.known("toy 300")) {
            try Reproduction.Patients(development: psma, test: [Toy.patient(300)], fdg: [fdg])
        }
    }

    /// One collection may come in two folders, by ligand or by tracer.
    @Test func whoeverHasBeenMetStaysOnHisSide() {
        var sides = TrainingSides()
        let first = (0..<16).map(Toy.patient)
        #expect(sides.heldOut(first) == (0..<16).map { $0 == 7 || $0 == 15 })
        let second = [7, 3, 15].map { Toy.patient(100 + $0, person: "toy \($0)") } + [Toy.patient(50)]
        #expect(sides.heldOut(second) == [true, false, true, false])
        // The map of the organs parts them by the same rule.
        var others = TrainingSides()
        #expect(others.heldOut(people: first.map(\.person)) == (0..<16).map { $0 == 7 || $0 == 15 })
        #expect(others.heldOut(people: second.map(\.person)) == [true, false, true, false])
    }

    @Test func nobodyToLearnFromIsRefused() {
        #expect(throws: TrainingError.self) {
            _ = try FocusTraining(Toy.plan, patients: [], validators: Toy.validators, folder: folder("none"))
        }
        #expect(throws: TrainingError.self) {
            _ = try FocusTraining(Toy.plan, patients: Toy.learners, validators: [], folder: folder("none"))
        }
    }

    @Test func calibrationUndoesAKnownDistortion() {
        var random = SplitMix64(seed: 5)
        // Logits twice as sure as they should be, and shifted.
        let truths = (0..<4000).map { _ in random.uniform() < 0.3 }
        let logits = truths.map { 2 * ($0 ? 1.0 : -1.0) + 2 * random.normal() + 1 }
        let fitted = ModelDescription.Calibration.fit(logits, truths)
        let curve = CalibrationCurve(
            zip(logits, truths).map { (probability: fitted.probability($0), isDisease: $1) })
        #expect(curve.expectedError < 0.02)
        #expect(fitted.slope > 0)
        #expect(ModelDescription.Calibration.fit([1, 2], [true, true]) == .init(), "one class calibrates nothing")
    }

    @Test func trainingStopsWhereNothingIsGained() {
        var history = TrainingHistory()
        #expect(!history.hasStalled(patience: 1) && history.best == nil)
        for loss in [1, 0.5, 0.6, 0.7] {
            history.epochs.append(.init(samples: 8, learning: [], validation: [loss], located: [], seconds: 0))
        }
        #expect(history.best == 1)
        #expect(history.hasStalled(patience: 2) && !history.hasStalled(patience: 3))
    }

    /// What is not known counts nothing, and what is known counts, mirrored where the patient is.
    @Test func labelsAreLearntFromAsFarAsTheyGo() throws {
        let whole = FocusLabel(suspicious: true, location: .rib, laterality: .left)
        let sideless = FocusLabel(suspicious: nil, location: .rib, laterality: nil)
        let place = try #require(FocusLoss.place(whole, isMirrored: false))
        let mirrored = try #require(FocusLoss.place(whole, isMirrored: true))
        #expect(place.class == LocationClasses.index(.rib, .left))
        #expect(mirrored.class == LocationClasses.index(.rib, .right) && mirrored.site == place.site)
        let some = try #require(FocusLoss.place(sideless, isMirrored: false))
        #expect(some.group == place.group && some.site == place.site && some.class == nil)
        #expect(
            FocusLoss.place(FocusLabel(suspicious: false, location: nil, laterality: nil), isMirrored: false) == nil)
        let targets = FocusLoss([], locationWeight: 1).targets([(whole, false), (sideless, false)])
        #expect(targets.weights.values == [1, 0])
        #expect(targets.locations[1] == [place.site, place.site] && targets.locations[2] == [place.class, nil])
    }

    @Test func whatTheNetworkSeesIsKeptBesideThePatient() throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        let cohort = Cohort(count: 1, seed: 7, tracers: [.ga68PSMA11])
        _ = try CohortDrawing(cohort, folder: folder("cohort")).run(threads: 1) { _, _ in }
        let patients = try PatientFolder(folder("cohort"))
        let made = try #require(try patients.patients { _, _ in }.first)
        let member = CohortDrawing.folder(of: cohort.members[0], in: folder("cohort"))
        let first = made.name
        let moved = try #require(try patients.patients([first], changed: .displaced) { _, _ in }.first)
        #expect(moved.view.near.ct != made.view.near.ct && moved.view.near.pet == made.view.near.pet)
        #expect(
            try patients.patients([first], changed: .displaced) { _, _ in }.first?.view == moved.view,
            "by the same way each time")
        let noisy = try #require(try patients.patients([first], changed: .noisier) { _, _ in }.first)
        let noise = FocusFeatures.names.firstIndex(of: "noise")!
        let (more, less) = (noisy.view.foci[0].features.values[noise], made.view.foci[0].features.values[noise])
        #expect(more > 1.1 * less && noisy.view.near.ct == made.view.near.ct)
        let smooth = try #require(try patients.patients([first], changed: .blurred) { _, _ in }.first)
        func hottest(_ patient: TrainingPatient) -> UInt8 { patient.view.near.pet.max() ?? 0 }
        #expect(hottest(smooth) < hottest(made) && smooth.view.near.ct == made.view.near.ct)
        #expect(smooth.view.foci[0].features.values[noise] < less)
        let lower = try #require(try patients.patients([first], changed: .cropped) { _, _ in }.first)
        #expect((0.15..<0.6).contains(Double(lower.view.near.size.z) / Double(made.view.near.size.z)))
        // What is in both is called alike.
        let pairs = zip(lower.foci, lower.labels).compactMap { focus, label in
            made.foci.firstIndex { $0.peakVoxel == focus.peakVoxel }.map { (label, made.labels[$0]) }
        }
        let alike = pairs.count { $0 == $1 }
        #expect(pairs.count > 3 && alike > pairs.count * 9 / 10, "\(alike) of \(pairs.count)")
        // The volumes are not looked at again: without them the patients are still there.
        try FileManager.default.moveItem(atPath: member + "/pet.nrrd", toPath: folder("pet.nrrd"))
        let kept = try #require(try patients.patients { _, _ in }.first)
        #expect(kept.view == made.view)
        #expect(kept.labels == made.labels)
        #expect(kept.truth == made.truth)
        #expect(kept.foci == made.foci)
        #expect(made.labels.count == made.view.foci.count && !made.labels.isEmpty)
        #expect(try patients.patients([first], changed: .displaced) { _, _ in }.first?.view == moved.view)
        #expect(try patients.patients([first], changed: .noisier) { _, _ in }.first?.view == noisy.view)
        // What another map says of them is not what is kept.
        let map = try OrganMap(OrganNetwork(), SafeTensors(OrganNetwork().network.start(seed: 1)))
        let told = try PatientFolder(folder("cohort"), organs: map)
        #expect(throws: CohortError.self) { try told.patients { _, _ in } }
        try FileManager.default.moveItem(atPath: folder("pet.nrrd"), toPath: member + "/pet.nrrd")
        let drawn = try #require(try told.patients { _, _ in }.first)
        #expect(drawn.foci == made.foci && drawn.view.foci.allSatisfy { $0.organs?.withoutCT != nil })
        try FileManager.default.removeItem(atPath: member + "/pet.nrrd")
        #expect(try told.patients { _, _ in }.first?.view == drawn.view)
        // Changed scans are looked at afresh.
        var changes = ScanChanges()
        changes.hidesCT = true
        #expect(throws: CohortError.self) { try patients.patients(changes: changes) { _, _ in } }
        #expect(throws: CohortError.self) { try PatientFolder(folder("nowhere")) }
    }
}
