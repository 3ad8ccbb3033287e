import Foundation

/// Where tests find what is not Swift.
public enum Place {
    /// The package's root folder.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The interpreter that has the libraries of the judges: `UPTAKE_TEST_PYTHON`, or the project's own, which
    /// `Packaging/dependencies tests` makes.
    public static let python =
        ProcessInfo.processInfo.environment["UPTAKE_TEST_PYTHON"] ?? root + "/.build-python/bin/python3"

    /// A script of the folder `Tests/Judges`.
    public static func judge(_ script: String) -> String { root + "/Tests/Judges/" + script }

    /// A product of this package, beside the running tests.
    public static func built(_ name: String) -> String {
        let running = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = running.map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent(name).path
        }
        return beside.flatMap { FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil }
            ?? "\(root)/.build/release/\(name)"
    }
}
