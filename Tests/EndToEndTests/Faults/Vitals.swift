import Foundation
import Testing

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

    /// Waits until a process has given back what peers made it take, and checks that its memory is what it was but for what
    /// an allocator keeps.
    ///
    /// - Parameters:
    ///   - before: taken once peers of the same kind had come and gone. Threads and readers of the index that the node makes
    ///     when it first needs them are allowed for; a peer that leaves something leaves it a hundred times over.
    ///   - kibibytes: what an allocator may keep.
    static func expectAsBefore(_ before: Vitals, of process: Int32, kibibytes: Int = 8 << 10) throws {
        var last = before
        do {
            try wait(until: "threads and descriptors as before", seconds: 60) {
                last = try Vitals(of: process)
                return last.threads <= before.threads + 4 && last.descriptors <= before.descriptors + readers
            }
        } catch { Issue.record("\(error): \(before), then \(last)") }
        #expect(last.residentKiB - before.residentKiB < kibibytes, "\(before), then \(last)")
        // A thread's stack that is not given back is 8 MiB.
        #expect(last.virtualKiB - before.virtualKiB < 256 << 10, "\(before), then \(last)")
    }

    /// What the index's pool of readers may still open: five connections of two files each.
    private static let readers = 10
}
