import Foundation

/// Asks a running node, as the `uptake` commands do.
package struct ControlClient: Sendable {
    private let directory: String
    /// Seconds to wait for each line of a response.
    package var seconds: Double
    private static let maximumReplyBytes = ControlServer.Limits().replyBytes

    /// - Parameter seconds: how long to wait for each line of a response.
    package init(stateDirectory: String, seconds: Double = 60) {
        (directory, self.seconds) = (stateDirectory, seconds)
    }

    /// Has the node perform a command.
    /// - Parameter progress: told what the node says meanwhile.
    /// - Throws: `ControlError.noNode` where none runs, `.refused` with the node's reason.
    package func ask<Command: ControlCommand>(
        _ command: Command, progress: (String) -> Void = { _ in }
    ) throws(ControlError) -> Command.Answer {
        let connection = try connect()
        try connection.write(try line(command), until: deadline)
        while true {
            switch try reply(to: Command.self, on: connection) {
            case .progress(let text): progress(text)
            case .answer(let answer): return answer
            case .error(let reason): throw .refused(reason)
            }
        }
    }

    private func connect() throws(ControlError) -> ControlSocket {
        do throws(ControlError) {
            return try ControlSocket.connect(to: ControlServer.path(inStateDirectory: directory))
        } catch {
            guard case .system(_, _, let code) = error, code == ENOENT || code == ECONNREFUSED else { throw error }
            throw .noNode(directory: directory)
        }
    }

    private var deadline: ContinuousClock.Instant { .now + .seconds(seconds) }

    private func line(_ command: some ControlCommand) throws(ControlError) -> [UInt8] {
        do { return try ControlJSON.line(ControlRequest(command)) } catch { throw .malformed("\(error)") }
    }

    private func reply<Command: ControlCommand>(
        to type: Command.Type, on connection: ControlSocket
    ) throws(ControlError) -> ControlReply<Command.Answer> {
        let line = try connection.readLine(maximumBytes: Self.maximumReplyBytes, until: deadline)
        do {
            return try ControlJSON.value(ControlReply<Command.Answer>.self, of: line)
        } catch { throw .malformed("the answer to \(type.name)") }
    }
}
