import DICOMNetwork
import Foundation
import Glibc
import Node
import OtherPrograms

/// A PACS that answers as it is told, ended with the value.
final class ScriptedPACS {
    private let script: String
    private let held = HeldPort()
    private let folder: String
    private var process: Process?
    /// Open as long as it is to run.
    private var input: Pipe?

    /// Holds a port; nobody listens there until `start`.
    /// - Parameter script: of `Tests/Judges`.
    init(script: String = "scripted_pacs.py") throws {
        self.script = script
        folder = NSTemporaryDirectory() + "uptake-pacs-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    var port: UInt16 { held.number }

    deinit {
        end()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts it with its orders, and waits until it listens.
    /// - Parameter nodePort: where it calls back, for a script that does.
    func start(_ orders: String..., nodePort: UInt16? = nil) throws {
        end()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                Place.python, Place.judge(script), String(port),
            ] + (nodePort.map { [String($0)] } ?? []) + [folder + "/log", orders.joined(separator: ",")]
        let (output, input) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardInput = input
        self.input = input
        try process.run()
        self.process = process
        var said = ""
        // Words and end of line may come apart.
        while !said.contains("\n"), case let more = output.fileHandleForReading.availableData, !more.isEmpty {
            said += String(decoding: more, as: UTF8.self)
        }
        guard said == "ready\n" else { throw NotReady(said: said) }
    }

    struct NotReady: Error {
        let said: String
    }

    func end() {
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// What it noted: of `scripted_pacs.py` the SOP Instance UIDs that it kept, in order, as often as it kept them.
    var kept: [String] {
        let text = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// How it is reached.
    func peer(dimseSeconds: UInt32 = 20) -> Peer {
        Peer(
            host: "127.0.0.1", port: port, calledAETitle: AETitle("PACS")!, callingAETitle: AETitle("UPTAKE")!,
            timeouts: .init(connectSeconds: 5, acseSeconds: 20, dimseSeconds: dimseSeconds))
    }
}

/// A loopback port that nobody else is given while the value lives, and that a server which reuses addresses may take.
private final class HeldPort {
    let number: UInt16
    private let descriptor: Int32

    init() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0)
            }
        }
        number = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
