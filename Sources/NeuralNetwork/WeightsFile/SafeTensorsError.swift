/// Why a weights file is refused.
public enum SafeTensorsError: Error, Equatable, CustomStringConvertible {
    /// The file is not what the format says.
    case malformed(String)
    /// The file is sound, but not for this network.
    case mismatch(String)
    /// The file cannot be read or written.
    case unreadable(String)

    public var description: String {
        switch self {
        case .malformed(let reason): "the weights file is damaged or no safetensors file: \(reason)"
        case .mismatch(let reason):
            "the weights file is not for this network: \(reason); use the one it was trained with"
        case .unreadable(let reason): "the weights file cannot be read or written: \(reason)"
        }
    }
}
