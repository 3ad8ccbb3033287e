import Foundation
import Logging
import Synchronization

/// Listens on the Unix socket `control` of the state directory for the commands of this machine's operators.
///
/// A connection is one request line, some lines of progress, and one line that ends it. Only the node's own user and root
/// may connect: the socket's mode says so, and who connects is asked again.
package final class ControlServer: Sendable {
    /// What a connection may take.
    package struct Limits: Sendable {
        /// Connections served at once; one more is told to come back.
        package var connections = 16
        /// The length of a request, in bytes.
        package var requestBytes = 64 << 10
        /// The length of a line of the response, in bytes.
        package var replyBytes = 16 << 20
        /// Lines of progress; a command that tells of more is ended.
        package var progressLines = 100_000
        /// Seconds for a request to arrive, and for each line of the response to be taken.
        package var seconds = 10.0

        package init() {}
    }

    private let path: String
    private let node: ControlledNode
    private let limits: Limits
    private let log: Logger
    private let listener: Int32
    private let connections = Mutex<[ObjectIdentifier: ControlSocket]>([:])
    private let threads = DispatchGroup()
    private let isStopped = Atomic(false)

    /// The path of the socket in a state directory.
    package static func path(inStateDirectory directory: String) -> String { directory + "/control" }

    /// Listens. The caller holds the lock of the state directory, so that a socket found there is a dead node's.
    /// - Throws: `ControlError.pathTooLong` and `.system`.
    package init(
        stateDirectory: String, node: ControlledNode, limits: Limits = Limits(), log: Logger
    ) throws(ControlError) {
        path = Self.path(inStateDirectory: stateDirectory)
        (self.node, self.limits, self.log) = (node, limits, log)
        unlink(path)
        listener = try ControlSocket.listen(at: path, backlog: 16)
        thread("control") { $0.acceptConnections() }
    }

    /// Stops: takes the socket away, ends every connection, and waits a little for their commands to end. A second time it
    /// does nothing: the number of the socket may be somebody else's by then.
    package func stop(until deadline: DispatchTime) {
        guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        unlink(path)
        shutdown(listener, Int32(SHUT_RDWR))
        connections.withLock { $0.values.forEach { $0.shutDown() } }
        if threads.wait(timeout: deadline) == .success { close(listener) }
    }

    private func thread(_ name: String, _ body: @escaping @Sendable (ControlServer) -> Void) {
        threads.enter()
        let thread = Thread { [self] in
            body(self)
            threads.leave()
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    // MARK: Connections

    private func acceptConnections() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else {
                // The end is EINVAL; what else there is, such as no descriptor left, passes.
                if errno == EINVAL || errno == EBADF { return }
                usleep(100_000)
                continue
            }
            take(ControlSocket(owning: descriptor))
        }
    }

    private func take(_ connection: ControlSocket) {
        guard let user = connection.peerUser, user == geteuid() || user == 0 else {
            log.warning("a control connection was turned away: it is not of the node's user")
            return refuse(connection, "only the user that runs the node, and root, may ask this")
        }
        let isTaken = connections.withLock { connections in
            guard connections.count < limits.connections else { return false }
            connections[ObjectIdentifier(connection)] = connection
            return true
        }
        guard isTaken else { return refuse(connection, "the node serves as many commands as it can; try again") }
        thread("control connection") { server in
            server.serve(connection)
            _ = server.connections.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
        }
    }

    /// Without waiting: who is turned away must not hold up the others.
    private func refuse(_ connection: ControlSocket, _ reason: String) {
        guard let line = try? ControlJSON.line(ControlReply<String>.error(reason)) else { return }
        try? connection.write(line, until: .now)
    }

    private var deadline: ContinuousClock.Instant { .now + .seconds(limits.seconds) }

    private func serve(_ connection: ControlSocket) {
        do {
            let line = try connection.readLine(maximumBytes: limits.requestBytes, until: deadline)
            try connection.write(try answer(line, on: connection), until: deadline)
        } catch ControlError.closed {
            // Whoever asked has gone.
        } catch {
            refuse(connection, "\(error)")
        }
    }

    /// Does what a line asks for.
    /// - Returns: the last line of the response.
    private func answer(_ line: [UInt8], on connection: ControlSocket) throws -> [UInt8] {
        guard let name = try? ControlJSON.value(ControlHeading.self, of: line).command else {
            throw ControlError.malformed("a request that is no JSON object with a command")
        }
        guard let command = ControlCommands.named(name) else {
            throw ControlError.malformed("the command \"\(name.prefix(64))\"")
        }
        return try perform(command, line, on: connection)
    }

    private func perform<Command: ControlCommand>(
        _ type: Command.Type, _ line: [UInt8], on connection: ControlSocket
    ) throws -> [UInt8] {
        let command: Command
        do {
            command = try ControlJSON.value(ControlRequest<Command>.self, of: line).arguments
        } catch {
            throw ControlError.malformed("the arguments of \(type.name)")
        }
        var lines = 0
        let answer = try command.perform(on: node) { text in
            lines += 1
            guard lines <= limits.progressLines else { throw ControlError.tooLong(maximumBytes: limits.replyBytes) }
            try connection.write(try ControlJSON.line(ControlReply<Command.Answer>.progress(text)), until: deadline)
        }
        let reply = try ControlJSON.line(ControlReply.answer(answer))
        guard reply.count <= limits.replyBytes else { throw ControlError.tooLong(maximumBytes: limits.replyBytes) }
        return reply
    }
}
