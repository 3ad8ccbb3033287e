import Foundation
import NeuralNetwork

/// What PyTorch computed: `Tests/Golden/network.safetensors`, made by `Tests/Golden/make_network_golden.py`.
enum Golden {
    private static let file: SafeTensors = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try! SafeTensors(path: folder.appendingPathComponent("Golden/network.safetensors").path)
    }()

    /// A tensor of the file.
    static func tensor(_ name: String) -> Tensor { file.parameters[name] }

    /// Whether the file holds a tensor.
    static func has(_ name: String) -> Bool { file.parameters.contains(name) }

    /// The parameters of some declarations, each from `prefix` and its own name.
    static func parameters(_ declarations: [ParameterDeclaration], _ prefix: String) -> Parameters {
        Parameters(declarations.map { ($0.name, file.parameters["\(prefix)\($0.name)"]) })
    }

    /// Who made the file.
    static var provenance: [String: String] { file.metadata }
}

/// Largest distance between numbers, as part of the largest true number.
func distance(_ found: Tensor, _ truth: Tensor) -> Float {
    precondition(found.shape == truth.shape, "\(found.shape) is not \(truth.shape)")
    let largest = truth.values.map(abs).max() ?? 0
    return (zip(found.values, truth.values).map { abs($0 - $1) }.max() ?? 0) / max(largest, 1e-20)
}
