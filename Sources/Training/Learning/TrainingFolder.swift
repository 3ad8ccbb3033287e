import DICOM
import Foundation
import NeuralNetwork

/// Where a training keeps its state, so that it goes on after it was stopped.
///
/// `state.safetensors` holds weights, the optimiser's memory and the history; `best.safetensors` the best weights so far.
struct TrainingFolder {
    private let path: String
    /// Tells this training from others: a digest of its plan and its patients.
    private let identity: String

    /// - Throws: `TrainingError.unwritable` where the folder cannot be made.
    init(_ path: String, plan: TrainingPlan, patients: [String]) throws(TrainingError) {
        self.path = path
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            identity =
                SHA256Digest(of: Array(try encoder.encode(plan)) + Array(patients.joined(separator: "\n").utf8))
                .description
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
    }

    private var stateFile: String { path + "/state.safetensors" }
    private var bestFile: String { path + "/best.safetensors" }

    /// Takes up a training that was stopped; nil where there is none.
    /// - Throws: `TrainingError.unusable` where the folder holds another training, or a damaged one.
    func resume(
        _ declarations: [ParameterDeclaration], settings: AdamW.Settings, averageDecay: Double
    ) throws(TrainingError) -> (state: TrainingState, history: TrainingHistory)? {
        guard FileManager.default.fileExists(atPath: stateFile) else { return nil }
        do {
            let file = try SafeTensors(path: stateFile)
            guard file.metadata["identity"] == identity else {
                throw TrainingError.unusable(
                    path: path, reason: "it holds a training of another plan or other patients")
            }
            let history = try JSONDecoder().decode(
                TrainingHistory.self, from: Data((file.metadata["history"] ?? "").utf8))
            let state = try TrainingState(file, for: declarations, settings: settings, averageDecay: averageDecay)
            return (state, history)
        } catch let error as TrainingError {
            throw error
        } catch {
            throw .unusable(path: path, reason: String(describing: error))
        }
    }

    /// Remembers the training.
    func save(_ state: TrainingState, _ history: TrainingHistory) throws(TrainingError) {
        do {
            let text = String(decoding: try JSONEncoder().encode(history), as: UTF8.self)
            if history.best == history.epochs.count - 1 {
                try SafeTensors(state.average.parameters).write(path: bestFile)
            }
            try state.file(metadata: ["identity": identity, "history": text]).write(path: stateFile)
        } catch {
            throw .unwritable(path: path, reason: String(describing: error))
        }
    }

    /// The best weights so far.
    func best(_ declarations: [ParameterDeclaration]) throws(TrainingError) -> Parameters {
        do {
            return try SafeTensors(path: bestFile).parameters(for: declarations)
        } catch {
            throw .unusable(path: path, reason: String(describing: error))
        }
    }
}

/// Why a training cannot run.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// A state folder that cannot be used.
    case unusable(path: String, reason: String)
    /// A folder into which nothing can be written; what was kept there before is whole.
    case unwritable(path: String, reason: String)
    /// Too few patients to learn from and to measure on.
    case tooFew(String)
    /// Somebody who is to be measured on would be learnt from.
    case known(String)
    /// The numbers ran away.
    case diverged(epoch: Int)

    public var description: String {
        switch self {
        case .unusable(let path, let reason):
            "the training in \(path) cannot go on: \(reason); delete the folder or name another"
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason); give the command again when there is space, and it goes on"
        case .tooFew(let what): "there is nothing to learn from: \(what)"
        case .known(let person):
            "\(person) is among those to be learnt from and among those to be measured on: keep them apart"
        case .diverged(let epoch):
            "the loss of epoch \(epoch) is no number; train with another --seed and an empty state folder"
        }
    }
}
