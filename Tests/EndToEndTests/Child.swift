import Foundation
import Glibc
import Synchronization

/// A condition that did not come about in time, or a program that did not do what a test builds on.
struct Unmet: Error, CustomStringConvertible {
    let description: String
}

/// Looks for something until it is there.
/// - Parameter what: what is waited for, as the failure will name it.
/// - Throws: `Unmet` where it is not there after `seconds`.
@discardableResult
func wait<T>(for what: String, seconds: Double = 60, _ look: () throws -> T?) throws -> T {
    let deadline = Date().addingTimeInterval(seconds)
    while true {
        if let found = try look() { return found }
        guard Date() < deadline else { throw Unmet(description: "\(what) did not come within \(Int(seconds)) s") }
        usleep(20_000)
    }
}

/// Waits until a condition holds.
func wait(until what: String, seconds: Double = 60, _ holds: () throws -> Bool) throws {
    try wait(for: what, seconds: seconds) { try holds() ? true : nil }
}

/// A program in a process of its own, killed with the value at the latest.
final class Child: @unchecked Sendable {
    private let process = Process()
    private let name: String
    private let folder: Scratch

    /// Starts a program: a path, or a name to look for on the path.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try Scratch("child")
        name = URL(fileURLWithPath: program).lastPathComponent
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files rather than pipes: nobody has to empty them.
        process.standardOutput = try Self.file(folder.path + "/output")
        process.standardError = try Self.file(folder.path + "/errors")
        try process.run()
    }

    deinit { kill() }

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// What it has written to standard output so far.
    var output: String { text("output") }
    /// What it has written to standard error so far.
    var errors: String { text("errors") }

    private func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(folder.path)/\(name)") ?? Data(), as: UTF8.self)
    }

    var isRunning: Bool { process.isRunning }
    var identifier: Int32 { process.processIdentifier }

    /// Ends it without a chance to tidy up. (Threads of the test runner hold SIGTERM back, and children inherit that, so
    /// that other makers' programs would not hear of it.)
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it to end.
    func terminate() { Glibc.kill(process.processIdentifier, SIGTERM) }

    /// Waits for its own end; negative for a signal.
    func exitStatus(seconds: Double = 120) throws -> Int32 {
        try wait(until: "the end of \(name)", seconds: seconds) { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// What a program left behind.
    struct Result {
        let status: Int32
        let output, errors: String
    }

    /// Runs a program to its end.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], seconds: Double = 120
    ) throws -> Result {
        let child = try Child(program, arguments, environment: environment)
        let status = try child.exitStatus(seconds: seconds)
        return Result(status: status, output: child.output, errors: child.errors)
    }
}

/// A folder that is gone with the value.
final class Scratch: Sendable {
    let path: String

    init(_ name: String) throws {
        path = FileManager.default.temporaryDirectory.path + "/uptake-\(name)-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Where things are.
enum Place {
    /// The commands, beside the running tests.
    static let uptake = built("uptake")
    static let lab = built("uptake-lab")

    /// The package's root folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func judge(_ script: String) -> String { "\(root)/Tests/Judges/\(script)" }

    /// The interpreter that has pynetdicom.
    static let python = ProcessInfo.processInfo.environment["UPTAKE_TEST_PYTHON"] ?? "\(root)/.build-python/bin/python3"

    /// A product of this package, beside the running tests.
    static func built(_ name: String) -> String {
        let beside =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).map {
                URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent(name).path
            } ?? name
        return FileManager.default.isExecutableFile(atPath: beside) ? beside : "\(root)/.build/release/\(name)"
    }
}

/// A loopback port that was free a moment ago, for programs that cannot choose one.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard bound else { throw Unmet(description: "no free port") }
    return UInt16(bigEndian: address.sin_port)
}
