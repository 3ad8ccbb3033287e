import Foundation
import Imaging
import Node
import Reporting
import Staging
import Synchronization
import Testing

/// A shell script stands in for `uptake read`.
@Suite struct ReadingProcessTests {
    private func withScript(
        _ script: String, _ body: (_ executable: String, _ folder: String) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reading-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/program"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try body(path, folder + "/results")
    }

    private func read(_ script: String, timeoutSeconds: Double = 60) throws -> ReadingProcess.Ending {
        var settings = NodeConfiguration().reading
        settings.timeoutSeconds = timeoutSeconds
        var ending: ReadingProcess.Ending?
        try withScript(script) { executable, folder in
            ending = try ReadingProcess(executable: executable, settings: settings).read(["/a", "/b"], into: folder)
        }
        return try #require(ending)
    }

    private func failure(_ script: String, timeoutSeconds: Double = 60) throws -> String {
        do {
            return "no failure: \(try read(script, timeoutSeconds: timeoutSeconds))"
        } catch let failure as ReadingFailure {
            return failure.description
        }
    }

    @Test func exitStatusTellsWhatTheReadingCameTo() throws {
        #expect(try read("exit 0") == .read)
        #expect(try read("echo looking; echo 'declined: no weight'; exit 3") == .declined("no weight"))
        #expect(
            try failure("echo one; echo 'uptake: broken' >&2; exit 1") == "the reading exited with 1: uptake: broken")
        #expect(try failure("exit 64") == "the reading exited with 64: ")
        #expect(try failure("ulimit -c 0; kill -SEGV $$") == "the reading ended by signal 11")
    }

    @Test func theProgramIsToldWhatToRead() throws {
        var settings = NodeConfiguration().reading
        settings.timeoutSeconds = 50
        settings.memoryMiB = 700
        settings.assumedTracer = .f18FDG
        settings.model = "/some model"
        settings.staging = StagingRules(commonIliac: .extrapelvic, nodeRegions: .byStation)
        try withScript("for word in \"$@\"; do echo \"$word\"; done > \"$5/told\"") { executable, folder in
            let report = ReportOptions(firstSeriesNumber: 501, includesOtherFoci: true)
            let process = ReadingProcess(executable: executable, settings: settings, report: report)
                .making([.structuredReport, .keyObjects], following: nil)
            #expect(try process.read(["/a b", "/c"], into: folder) == .read)
            let told = try String(contentsOfFile: folder + "/told", encoding: .utf8).split(separator: "\n").map(
                String.init)
            #expect(
                told == [
                    "read", "--file-list", folder + "/files", "--output", folder, "--limit-memory-mib", "700",
                    "--limit-cpu-seconds", "100", "--end-with-input", "--first-series-number", "501",
                    "--objects", "structured-report,key-objects", "--other-foci", "--tracer", "18F-FDG", "--model",
                    "/some model", "--common-iliac", "extrapelvic", "--node-regions", "by-station",
                ])
            #expect(try String(contentsOfFile: folder + "/files", encoding: .utf8) == "/a b\n/c")
        }
    }

    @Test func aReadingThatTakesTooLongIsEndedWithAllItStarted() throws {
        let start = ContinuousClock.now
        // The sleeping child of the script holds the pipe open.
        #expect(try failure("sleep 300 & sleep 300", timeoutSeconds: 0.2) == "the reading took longer than 0 s")
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func whatAReadingLeavesBehindIsEndedToo() throws {
        let start = ContinuousClock.now
        #expect(try read("sleep 300 & exit 0") == .read)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func ofMuchOutputTheEndIsKept() throws {
        let script = "i=0; while [ $i -lt 40000 ]; do echo line $i; i=$((i+1)); done; echo 'the end' >&2; exit 9"
        #expect(try failure(script) == "the reading exited with 9: the end")
        let children = ChildProcesses()
        try withScript(script) { executable, _ in
            let output = try children.run(executable, [], timeoutSeconds: 60).output
            #expect(output.utf8.count == 8192)
            #expect(output.hasSuffix("line 39999\nthe end\n"))
        }
    }

    @Test func aMissingProgramIsOneFailedAttempt() throws {
        let process = ReadingProcess(executable: "/nonexistent/uptake", settings: NodeConfiguration().reading)
        try withScript("") { _, folder in
            do {
                _ = try process.read([], into: folder)
                Issue.record("read by nobody")
            } catch {
                #expect("\(error)".contains("/nonexistent/uptake cannot be started: No such file"))
            }
        }
    }

    @Test func endingAllEndsThoseToComeToo() throws {
        let children = ChildProcesses()
        #expect(!children.isEnding)
        try withScript("sleep 300") { executable, folder in
            let begun = DispatchSemaphore(value: 0)
            let done = DispatchSemaphore(value: 0)
            Thread {
                begun.signal()
                let outcome = try? children.run(executable, [], timeoutSeconds: 300)
                #expect(outcome?.ending == .killed(signal: SIGKILL))
                done.signal()
            }.start()
            begun.wait()
            children.endAll()
            #expect(done.wait(timeout: .now() + 60) == .success)
            #expect(children.isEnding)
            let late = try children.run(executable, [], timeoutSeconds: 300).ending
            #expect(late == .killed(signal: SIGKILL))
        }
    }

    @Test func aChildHasNoSignalBlockedOrIgnored() throws {
        // As in the node: SIGTERM blocked for `sigwait`, SIGPIPE ignored by DCMTK. The mask is this thread's own.
        var (blocked, former) = (sigset_t(), sigset_t())
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        sigaddset(&blocked, SIGINT)
        pthread_sigmask(SIG_BLOCK, &blocked, &former)
        let formerHandler = signal(SIGPIPE, SIG_IGN)
        defer {
            pthread_sigmask(SIG_SETMASK, &former, nil)
            signal(SIGPIPE, formerHandler)
        }
        let output = try ChildProcesses().run(
            "/bin/grep", ["-E", "Sig(Blk|Ign)", "/proc/self/status"], timeoutSeconds: 60
        )
        .output
        let masks = output.split(separator: "\n").compactMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) }
        // Of signals 32 and 33, which are the C library's own, it takes care itself.
        #expect(masks.map { $0 & 0x7fff_ffff } == [0, 0], "\(output)")
    }

    @Test func aChildHasNothingOpenButItsOwnStreams() throws {
        // A socket as the listener has, and a file without the close-on-exec flag.
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let file = open("/dev/zero", O_RDONLY)
        defer { [socket, file].forEach { close($0) } }
        #expect(socket > 2 && file > 2)
        let (ending, output) = try ChildProcesses().run(
            "/bin/sh", ["-c", "for f in /proc/$$/fd/*; do readlink $f; done; exit 0"], timeoutSeconds: 60)
        #expect(ending == .exited(0))
        let open = output.split(separator: "\n")
        #expect(!open.contains { $0.hasPrefix("socket:") }, "\(open)")
        #expect(!open.contains("/dev/zero"))
        #expect(open.filter { $0.hasPrefix("pipe:") }.count == 3, "standard input, output and error")
        #expect(Set(open).count { $0.hasPrefix("pipe:") } == 2, "the lifeline, and one for what it says")
    }

    @Test func whatIsOpenedWhileAChildIsMadeIsNotInheritedEither() throws {
        let isOver = Atomic(false)
        let done = DispatchSemaphore(value: 0)
        Thread {
            while !isOver.load(ordering: .relaxed) {
                let sockets = (0..<8).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
                for socket in sockets where socket >= 0 { close(socket) }
            }
            done.signal()
        }.start()
        defer {
            isOver.store(true, ordering: .relaxed)
            done.wait()
        }
        for _ in 0..<40 {
            let output = try ChildProcesses().run(
                "/bin/sh", ["-c", "for f in /proc/$$/fd/*; do readlink $f; done; exit 0"], timeoutSeconds: 60
            ).output
            #expect(!output.contains("socket:"), "\(output)")
        }
    }
}
