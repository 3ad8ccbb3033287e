import Archive
import Foundation
import Node
import Testing

/// The control socket: its commands, and what it does to those who do not keep to the rules.
@Suite struct ControlTests {
    private let bench: Bench
    private let server: ControlServer
    private let client: ControlClient

    init() throws {
        bench = try Bench()
        (server, client) = try Self.serve(bench)
    }

    private static func serve(
        _ bench: Bench, _ limits: ControlServer.Limits = .init()
    ) throws -> (ControlServer, ControlClient) {
        let node = ControlledNode(archive: bench.archive, bell: bench.bell)
        let server = try ControlServer(stateDirectory: bench.directory, node: node, limits: limits, log: Bench.log)
        return (server, ControlClient(stateDirectory: bench.directory, seconds: 20))
    }

    private var soon: ContinuousClock.Instant { .now + .seconds(20) }

    private func line(_ text: String) throws -> String {
        let socket = try ControlSocket.connect(to: bench.directory + "/control")
        try socket.write(Array(text.utf8), until: soon)
        return String(decoding: try socket.readLine(maximumBytes: 1 << 20, until: soon), as: UTF8.self)
    }

    // MARK: Commands

    @Test func jobsAreListedShownRetriedAndCancelled() throws {
        try bench.read(Bench.study(1), results: 3, destinations: ["pacs", "gone"])
        let deliveries = try client.ask(ListJobs(.init(kinds: [.deliver]), limit: 4))
        #expect(deliveries.total == 6)
        #expect(deliveries.jobs.count == 4)
        let here = try client.ask(ListJobs(.init(destination: "pacs"), limit: 100)).jobs
        #expect(here.count == 3)
        #expect(try client.ask(ShowJob(id: here[0].id)) == here[0])

        for _ in 0..<2 {
            let job = try #require(
                try bench.archive.claimNextJob(kinds: [.deliver], destination: "pacs", now: Date()))
            try bench.archive.fail(job, reason: "no use", retryAt: nil)
        }
        let rings = bench.bell.count
        let failed = try client.ask(RetryJobs(.all(.init(states: [.failed])))).retried
        #expect(failed.count == 2)
        #expect(bench.bell.count > rings)
        #expect(try client.ask(ListJobs(.init(states: [.failed]), limit: 1)).total == 0)
        #expect(try client.ask(RetryJobs(.all(.init(destination: "pacs")))).retried.count == 3)

        let gone = try #require(try client.ask(ListJobs(.init(destination: "gone"), limit: 1)).jobs.first)
        let cancelled = try client.ask(CancelJob(id: gone.id))
        #expect(cancelled.progress.state == .cancelled)
        #expect(cancelled.progress.reason == "cancelled by an operator")
        #expect(try client.ask(RetryJobs(.these([gone.id]))).retried == [gone.id])
    }

    @Test func whatCannotBeDoneIsRefusedWithItsReason() throws {
        try bench.read(Bench.study(2), results: 1, destinations: ["pacs"])
        let done = try #require(try bench.archive.jobs(kinds: [.read]).first)
        let waiting = try #require(try bench.deliveries().first)
        #expect(throws: ControlError.refused("job \(done.id): it is done, and cannot be tried again")) {
            try client.ask(RetryJobs(.these([waiting.id, done.id])))
        }
        #expect(throws: ControlError.refused("no such job 99")) { try client.ask(CancelJob(id: 99)) }
        #expect(throws: ControlError.refused("no such job 99; uptake jobs lists them")) {
            try client.ask(ShowJob(id: 99))
        }
        let running = try #require(try bench.archive.claimNextJob(kinds: [.deliver], now: Date()))
        #expect(
            throws: ControlError.refused(
                "job \(running.id): it is running, and cannot be cancelled before its attempt has ended")
        ) { try client.ask(CancelJob(id: running.id)) }
        #expect(try client.ask(RetryJobs(.all(.init(destination: "pacs")))).retried == [])
        #expect(try bench.archive.job(running.id) == running)
    }

    @Test func manyJobsAreRetriedInBatchesWithProgress() throws {
        try bench.read(Bench.study(3), results: 450, destinations: ["pacs"])
        var told: [String] = []
        let answer = try client.ask(RetryJobs(.all(.init(destination: "pacs")))) { told.append($0) }
        #expect(answer.retried.count == 450)
        #expect(told == ["200 of 450 jobs", "400 of 450 jobs", "450 of 450 jobs"])
    }

    // MARK: Rules

    @Test func theSocketIsForItsUserAlone() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: bench.directory + "/control")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(attributes[.type] as? FileAttributeType == .typeSocket)
    }

    @Test(arguments: [
        ("{}\n", "a request that is no JSON object with a command"),
        ("hello\n", "a request that is no JSON object with a command"),
        ("{\"command\":\"rm\",\"arguments\":{}}\n", "the command \\\"rm\\\""),
        ("{\"command\":\"jobs show\",\"arguments\":{}}\n", "the arguments of jobs show"),
        ("{\"command\":\"jobs show\",\"arguments\":{\"id\":\"x\"}}\n", "the arguments of jobs show"),
    ])
    func whatIsNoRequestIsAnsweredSo(request: String, expected: String) throws {
        let reply = try line(request)
        #expect(reply.hasPrefix("{\"error\":\"not understood on the control socket: \(expected);"), "\(reply)")
    }

    @Test func aRequestHasALimit() throws {
        let reply = try line("{\"command\":\"" + String(repeating: "x", count: 70_000) + "\n")
        #expect(reply == "{\"error\":\"more than 65536 bytes on the control socket: ask for less at a time\"}")
    }

    @Test func theSilentAreLetGoAndTheManyTurnedAway() throws {
        let bench = try Bench()
        var limits = ControlServer.Limits()
        (limits.connections, limits.seconds) = (2, 0.5)
        let (server, client) = try Self.serve(bench, limits)
        let silent = try (0..<2).map { _ in try ControlSocket.connect(to: bench.directory + "/control") }
        // The server takes connections in their order, so the third finds the places taken.
        #expect(throws: ControlError.refused("the node serves as many commands as it can; try again")) {
            try client.ask(ShowJob(id: 1))
        }
        for socket in silent {
            let reply = try socket.readLine(maximumBytes: 1000, until: soon)
            #expect(String(decoding: reply, as: UTF8.self).contains("did not answer in time"))
        }
        #expect(throws: ControlError.closed) { try silent[0].readLine(maximumBytes: 10, until: soon) }
        server.stop(until: .now() + 10)
    }

    @Test func withoutANodeTheErrorSaysToStartIt() throws {
        server.stop(until: .now() + 10)
        #expect(!FileManager.default.fileExists(atPath: bench.directory + "/control"))
        #expect(throws: ControlError.noNode(directory: bench.directory)) { try client.ask(CancelJob(id: 1)) }
        #expect("\(ControlError.noNode(directory: "/srv"))".contains("uptake serve"))
    }

    /// The number of its socket is given to the next who opens something.
    @Test func stoppingTwiceClosesNothingOfOthers() throws {
        server.stop(until: .now() + 10)
        let files = (0..<64).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { files.forEach { close($0) } }
        try #require(files.allSatisfy { $0 >= 0 })
        server.stop(until: .now() + 10)
        #expect(files.allSatisfy { fcntl($0, F_GETFD) >= 0 })
    }

    /// As after a crash: the socket is there, and nobody listens.
    @Test func aDeadNodesSocketIsReplaced() throws {
        let other = try Bench()
        let path = other.directory + "/control"
        close(try ControlSocket.listen(at: path, backlog: 1))
        #expect(throws: ControlError.noNode(directory: other.directory)) {
            try ControlClient(stateDirectory: other.directory).ask(ShowJob(id: 1))
        }
        let (server, client) = try Self.serve(other)
        #expect(try client.ask(ListJobs(.init(), limit: 1)).total == 0)
        server.stop(until: .now() + 10)
    }

    @Test func aPathThatNoAddressHoldsIsRefused() {
        let directory = "/tmp/" + String(repeating: "d", count: 100)
        let tooLong = ControlError.pathTooLong(path: directory + "/control", maximumBytes: 107)
        #expect(throws: tooLong) { try ControlClient(stateDirectory: directory).ask(ShowJob(id: 1)) }
        #expect("\(tooLong)".contains("give state_directory a shorter path"))
    }
}
