// Associations one after the other, as many as are asked for: what the node's process uses may not grow with them.
//
//     benchmark-associations UPTAKE [COUNT]
//
// UPTAKE is the built command. Each association asks for a C-ECHO and is released; every tenth breaks off in the middle of
// a data set instead. One that is turned away (the node's cap counts those that are still closing, which a busy disk makes
// wait) is tried again and counted. Prints memory, threads and descriptors at the start, at every tenth part and at the end.

import Foundation
import ScriptedPeer

struct Failure: Error, CustomStringConvertible { let description: String }

/// What a process uses, as the kernel tells.
func vitals(of process: Int32) throws -> String {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8).split(separator: "\n")
    func number(_ name: String) -> String {
        status.first { $0.hasPrefix(name + ":") }.map { $0.filter(\.isNumber) } ?? "?"
    }
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    return [number("VmRSS"), number("VmSize"), number("Threads"), String(descriptors)].map {
        String(repeating: " ", count: max(0, 12 - $0.count)) + $0
    }.joined()
}

/// Starts a node that takes us, on a free port.
func serve(_ uptake: String, in folder: String) throws -> (Process, UInt16) {
    try """
    [node]
    address = "127.0.0.1"
    port = 0
    state_directory = "\(folder)/state"
    reserve_mib = 0
    [[peer]]
    ae_title = "RAW"
    """.write(toFile: folder + "/uptake.toml", atomically: true, encoding: .utf8)
    let (node, output) = (Process(), Pipe())
    node.executableURL = URL(fileURLWithPath: uptake)
    node.arguments = ["serve", "--config", folder + "/uptake.toml"]
    node.standardOutput = output
    node.standardError = FileHandle.nullDevice
    try node.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let port = line.split(separator: " ").dropFirst(3).first.flatMap({ UInt16($0) }) else {
        node.terminate()
        throw Failure(description: "the node did not start: \(line)")
    }
    return (node, port)
}

/// One association, from request to release or break.
/// - Returns: how often it was turned away before.
func associate(_ port: UInt16, isBroken: Bool) throws -> Int {
    var peer = RawPeer(port: port)
    var turnedAway = 0
    while peer.associate() != 2 {
        turnedAway += 1
        guard turnedAway < 100 else { throw Failure(description: "an association was not accepted in ten seconds") }
        usleep(100_000)
        peer = RawPeer(port: port)
    }
    if isBroken {
        peer.send(PDU.storeRequest(sopInstance: "1.2.3") + PDU.data([UInt8](repeating: 1, count: 2000), control: 0))
        peer.send(PDU.abort)
    } else {
        guard peer.echo() == 0, peer.release() else { throw Failure(description: "a C-ECHO was not answered") }
    }
    return turnedAway
}

func main() throws {
    guard CommandLine.arguments.count > 1 else {
        throw Failure(description: "usage: benchmark-associations UPTAKE [COUNT]")
    }
    let count = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 100_000
    let folder = FileManager.default.temporaryDirectory.path + "/uptake-associations-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (node, port) = try serve(CommandLine.arguments[1], in: folder)
    defer { kill(node.processIdentifier, SIGKILL) }
    print("associations  resident KiB virtual KiB     threads descriptors     seconds")
    let begin = Date()
    var turnedAway = 0
    for number in 0...count {
        if number % max(count / 10, 1) == 0 {
            let seconds = String(format: "%12.1f", Date().timeIntervalSince(begin))
            print(String(format: "%12d  ", number) + (try vitals(of: node.processIdentifier)) + seconds)
            fflush(nil)
        }
        if number < count { turnedAway += try associate(port, isBroken: number % 10 == 9) }
    }
    print("turned away and tried again: \(turnedAway)")
}

do { try main() } catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
