import DICOM
import Foundation
import NeuralNetwork

/// A model on disk: a folder with `model.json` and the weights that it names.
public enum ModelBundle {
    /// Loads the model of a folder.
    /// - Throws: `ModelError` where it is missing, damaged, tampered with, or made for another version of the program.
    public static func load(_ directory: URL) throws(ModelError) -> NetworkModel {
        let file = directory.appendingPathComponent("model.json")
        let data = try read(file)
        let description: ModelDescription
        do {
            description = try JSONDecoder().decode(ModelDescription.self, from: data)
        } catch DecodingError.keyNotFound(let key, _) {
            throw .mismatch(
                "\(file.path) lacks \"\(key.stringValue)\": it is of another version of the program, or no model")
        } catch {
            throw .mismatch("\(file.path) is not a model: \(error)")
        }
        // A name and not a path: nothing outside of the bundle is read.
        guard !description.weights.file.contains("/"), !description.weights.file.isEmpty else {
            throw .mismatch("its weights lie outside of the bundle: \(description.weights.file)")
        }
        let weightsFile = directory.appendingPathComponent(description.weights.file)
        let bytes = try read(weightsFile)
        guard SHA256Digest(of: Array(bytes)).description == description.weights.sha256 else {
            throw .mismatch("\(weightsFile.path) is not the file that model.json names (its SHA-256 differs)")
        }
        let weights: SafeTensors
        do { weights = try SafeTensors(bytes) } catch { throw .mismatch("\(weightsFile.path): \(error)") }
        return try NetworkModel(description, weights: weights, sha256: SHA256Digest(of: Array(data)).description)
    }

    private static func read(_ file: URL) throws(ModelError) -> Data {
        if let data = try? Data(contentsOf: file) { return data }
        guard access(file.path, R_OK) != 0, errno != ENOENT, errno != ENOTDIR else { throw .missing(path: file.path) }
        throw .unreadable(path: file.path, reason: String(cString: strerror(errno)))
    }

    /// Writes a model to a folder, which is made where it does not exist.
    /// - Parameter description: the digest of its weights is filled in.
    public static func write(_ description: ModelDescription, weights: SafeTensors, to directory: URL) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let bytes = weights.encoded()
        var description = description
        description.weights = ModelDescription.Weights(sha256: SHA256Digest(of: Array(bytes)).description)
        try bytes.write(to: directory.appendingPathComponent(description.weights.file), options: .atomic)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(description).write(to: directory.appendingPathComponent("model.json"), options: .atomic)
    }

    /// The model that ships with the program: installed with it, else the one it was built with.
    public static func shipped() throws(ModelError) -> NetworkModel {
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let installed = executable.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("share/uptake/model")
        if FileManager.default.fileExists(atPath: installed.appendingPathComponent("model.json").path) {
            return try load(installed)
        }
        return try load(Bundle.module.bundleURL.appendingPathComponent("Model"))
    }
}

/// Why a model cannot be used.
public enum ModelError: Error, Equatable, CustomStringConvertible {
    /// There is no model file.
    case missing(path: String)
    /// There is one, and it cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is damaged, or made for another version.
    case mismatch(String)
    /// A file from which a map of the organs cannot be had.
    case noMap(path: String, reason: String)

    public var description: String {
        switch self {
        case .missing(let path): "no model at \(path); reinstall the package, or name the folder of a model"
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason); correct the rights of file and folder"
        case .mismatch(let reason): "the model bundle is refused: \(reason)"
        case .noMap(let path, let reason):
            "no map of the organs can be had from \(path): \(reason); give organs.safetensors of uptake-lab organs, or "
                + "weights.safetensors of a model that has a map"
        }
    }
}
