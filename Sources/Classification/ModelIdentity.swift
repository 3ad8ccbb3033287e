/// Which model judged.
public struct ModelIdentity: Sendable, Hashable, Codable {
    /// The model's name.
    public let name: String
    /// Its version.
    public let version: String
    /// SHA-256 of the bundle, hexadecimal.
    public let sha256: String

    /// Names a model.
    public init(name: String, version: String, sha256: String) {
        self.name = name
        self.version = version
        self.sha256 = sha256
    }
}
