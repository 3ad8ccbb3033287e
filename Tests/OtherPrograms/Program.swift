import Foundation

/// A program of another maker, run to its end.
public struct Program: Sendable {
    /// Its exit status; 137 where it was ended for taking too long.
    public let status: Int32
    /// Standard output and standard error, as they came.
    public let output: String

    /// Runs a program: a path, or a name to look for on the path.
    /// - Parameter seconds: what it may take.
    public init(_ name: String, _ arguments: [String], seconds: Int = 60) throws {
        // SIGKILL: threads of the test runner hold SIGTERM back, and children inherit that.
        let running = try RunningProgram("timeout", ["-s", "KILL", "\(seconds)", name] + arguments)
        (status, output) = running.result()
    }

    /// Runs a script of the folder `Tests/Judges`.
    public static func judge(_ script: String, _ arguments: [String], seconds: Int = 600) throws -> Program {
        try Program(Place.python, [Place.judge(script)] + arguments, seconds: seconds)
    }
}
