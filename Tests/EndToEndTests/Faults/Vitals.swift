import Foundation

/// What a process uses, as the kernel tells.
struct Vitals: Sendable, CustomStringConvertible {
    let residentKiB, virtualKiB, threads, descriptors: Int

    init(of process: Int32) throws {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        func number(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line.flatMap { Int($0.dropFirst(name.count + 1).filter(\.isNumber)) } ?? 0
        }
        (residentKiB, virtualKiB, threads) = (number("VmRSS"), number("VmSize"), number("Threads"))
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    }

    var description: String {
        "\(residentKiB) KiB resident, \(virtualKiB) KiB virtual, \(threads) threads, \(descriptors) descriptors"
    }
}
