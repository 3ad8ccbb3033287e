import Classification
import DICOM
import Dispatch
import Foundation
import NeuralNetwork
import Synchronization

/// Trains the network of the organ map: seeded, on two threads, stopped and taken up again at any epoch.
public struct OrganTraining: Sendable {
    private static let batch = 2
    private static let averageDecay = 0.995
    private static let network = OrganNetwork().network
    private let patients: [OrganPatient]
    private let validators: [OrganPatient]
    private let loss: OrganLoss
    private let epochs: Int
    private let seed: UInt64
    private let folder: String
    private let account: String
    /// Tells this training from others.
    private let identity: String

    /// What an epoch gave.
    public struct Epoch: Sendable {
        /// Counted from 1.
        public let number: Int
        /// Mean loss while learning.
        public let loss: Double
        /// On patients who are not learnt from.
        public let score: OrganScore
        /// Seconds it took.
        public let seconds: Double
    }

    /// Prepares a training.
    /// - Parameters:
    ///   - patients: those learnt from.
    ///   - validators: others, to measure on.
    ///   - folder: where the state is kept and, once the training is over, `organs.safetensors`, the averaged weights.
    ///   - account: how the map comes about, in words, which its file is to say.
    /// - Throws: `TrainingError.tooFew`.
    public init(
        patients: [OrganPatient], validators: [OrganPatient], epochs: Int, seed: UInt64, folder: String,
        account: String
    ) throws(TrainingError) {
        guard patients.count >= Self.batch, !validators.isEmpty, epochs > 0 else {
            throw .tooFew("the organ map needs two patients to learn from, one to measure on, and an epoch")
        }
        (self.patients, self.validators, self.epochs) = (patients, validators, epochs)
        (self.seed, self.folder, self.account) = (seed, folder, account)
        loss = OrganLoss(patients)
        var bytes = Array("\(epochs) \(seed)".utf8)
        for patient in patients + validators {
            bytes += patient.grid.bytes.pet
            bytes += patient.labels.map { $0 ?? 255 }
        }
        identity = SHA256Digest(of: bytes).description
    }

    /// Trains, or goes on where an earlier run was stopped.
    /// - Parameters:
    ///   - step: told how many steps of how many are done, and the mean loss so far.
    ///   - epoch: told of each epoch that is done.
    /// - Throws: `TrainingError` where the folder cannot be used, or the numbers ran away.
    public func run(step: (Int, Int, Double) -> Void, epoch: (Epoch) -> Void) throws(TrainingError) {
        let resumed = try resume()
        var state = resumed.0
        let steps = patients.count / Self.batch
        let rate = LearningRate(
            peak: 3e-3, floor: 6e-5, warmUp: max(min(40, epochs * steps / 4), 1), steps: epochs * steps)
        for number in resumed.epochs..<epochs {
            let start = Date()
            var random = SplitMix64(seed: seed, stream: "organs/\(number)")
            var order = Array(patients.indices)
            for place in order.indices.dropFirst() {
                order.swapAt(place, Int(random.next() % UInt64(place + 1)))
            }
            var sum = 0.0
            for index in 0..<steps {
                let chosen = order[index * Self.batch..<(index + 1) * Self.batch].map {
                    (patient: patients[$0], change: OrganGrid.Change(&random))
                }
                var (value, gradients) = gradients(chosen, state.parameters, seed: random.next())
                guard value.isFinite else { throw .diverged(epoch: number + 1) }
                gradients.clip(toNorm: 3)
                state.update(gradients, rate: rate(number * steps + index))
                sum += value
                step(index + 1, steps, sum / Double(index + 1))
            }
            try save(state, epochs: number + 1)
            epoch(
                Epoch(
                    number: number + 1, loss: sum / Double(steps), score: score(state.average.parameters, validators),
                    seconds: -start.timeIntervalSinceNow))
        }
        try write { () throws in
            try SafeTensors(state.average.parameters, metadata: [OrganMap.accountKey: account])
                .write(path: folder + "/organs.safetensors")
        }
    }

    private func gradients(
        _ chosen: [(patient: OrganPatient, change: OrganGrid.Change)], _ parameters: Parameters, seed: UInt64
    ) -> (loss: Double, gradients: Parameters) {
        let input = Self.input(chosen)
        let share = 1 / Float(chosen.count)
        let result = Self.network.gradients([input], parameters, seed: seed, share: 1) { outputs, range in
            let (patient, change) = chosen[range.lowerBound]
            return [loss(outputs[0], patient, change).times(share)]
        }
        return (result.loss[0], result.gradients)
    }

    private static func input(_ chosen: [(patient: OrganPatient, change: OrganGrid.Change)]) -> Tensor {
        let size = OrganGrid.size
        var input = Tensor([chosen.count, size.z, size.y, size.x, OrganGrid.channels])
        let count = size.count * OrganGrid.channels
        input.withUnsafeMutableBuffer { numbers in
            for (index, (patient, change)) in chosen.enumerated() {
                patient.grid.fill(
                    UnsafeMutableBufferPointer(rebasing: numbers[index * count..<(index + 1) * count]), change)
            }
        }
        return input
    }

    /// What the trained map gets right: of those who are not learnt from, and of as many who are, who tell whether it knows
    /// its own patients better than others. Both are taken at even distances, so that each cohort has its share of both.
    public func measure() throws(TrainingError) -> (others: OrganScore, learners: OrganScore) {
        let parameters = try resume().0.average.parameters
        let count = min(validators.count, patients.count)
        let learners = (0..<count).map { patients[$0 * patients.count / count] }
        return (score(parameters, validators), score(parameters, learners))
    }

    private func score(_ parameters: Parameters, _ patients: [OrganPatient]) -> OrganScore {
        let total = Mutex(OrganScore())
        DispatchQueue.concurrentPerform(iterations: patients.count) { index in
            let input = Self.input([(patients[index], OrganGrid.Change())])
            var own = OrganScore()
            own.add(Self.network.forward([input], Run(parameters: parameters)).outputs[0], patients[index])
            let score = own
            total.withLock { $0.add(score) }
        }
        return total.withLock { $0 }
    }

    // MARK: State

    private var stateFile: String { folder + "/state.safetensors" }

    private func resume() throws(TrainingError) -> (TrainingState, epochs: Int) {
        let network = Self.network
        var settings = AdamW.Settings()
        settings.decay = 0.01
        guard FileManager.default.fileExists(atPath: stateFile) else {
            return (
                TrainingState(network.start(seed: seed), settings: settings, averageDecay: Self.averageDecay), 0
            )
        }
        do {
            let file = try SafeTensors(path: stateFile)
            guard file.metadata["identity"] == identity, let done = file.metadata["epochs"].flatMap({ Int($0) }) else {
                throw TrainingError.unusable(
                    path: folder, reason: "it holds a training of other patients, epochs or another seed")
            }
            let state = try TrainingState(
                file, for: network.declarations, settings: settings, averageDecay: Self.averageDecay)
            return (state, done)
        } catch let error as TrainingError {
            throw error
        } catch {
            throw .unusable(path: folder, reason: String(describing: error))
        }
    }

    private func save(_ state: TrainingState, epochs: Int) throws(TrainingError) {
        try write { () throws in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try state.file(metadata: ["identity": identity, "epochs": String(epochs)]).write(path: stateFile)
        }
    }

    private func write(_ body: () throws -> Void) throws(TrainingError) {
        do { try body() } catch { throw .unwritable(path: folder, reason: String(describing: error)) }
    }
}
