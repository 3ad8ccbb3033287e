import DICOM
import Foundation

/// A model on disk: a folder with `model.json`.
public enum ModelBundle {
    /// Loads the model of a folder.
    /// - Throws: `ModelError` where it is missing, damaged or made for another version of the program.
    public static func load(_ directory: URL) throws(ModelError) -> any FocusClassifier {
        let file = directory.appendingPathComponent("model.json")
        guard let data = try? Data(contentsOf: file) else { throw .missing(path: file.path) }
        let parameters: ProvisionalModel.Parameters
        do {
            parameters = try JSONDecoder().decode(ProvisionalModel.Parameters.self, from: data)
        } catch {
            throw .mismatch("\(file.path) is not a model: \(error)")
        }
        return try ProvisionalModel(parameters: parameters, sha256: SHA256Digest(of: Array(data)).description)
    }

    /// The model that ships with the program: installed with it, else the one it was built with.
    public static func shipped() throws(ModelError) -> any FocusClassifier {
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
    /// The file is damaged, or made for another version.
    case mismatch(String)

    public var description: String {
        switch self {
        case .missing(let path): "no model at \(path); reinstall the package or give --model"
        case .mismatch(let reason): "the model bundle is refused: \(reason)"
        }
    }
}
