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

    /// Checks that peers who come and go leave a process nothing but what its allocator keeps.
    ///
    /// They come again until they leave less than that, four times at most: an allocator stops taking more, and a peer that
    /// leaves something leaves it every time.
    ///
    /// - Parameters:
    ///   - kibibytes: what an allocator may keep of one time.
    ///   - play: lets them come and go, a hundred times over. Peers of the same kind had come and gone before.
    static func expectNothingLeft(
        in process: Int32, kibibytes: Int = 8 << 10, by play: () throws -> Void
    ) throws {
        let first = try Vitals(of: process)
        var last = first
        for time in 1...4 {
            let before = last
            try play()
            do {
                // Threads and readers of the index that the node makes when it first needs them are allowed for.
                try wait(until: "threads and descriptors as before", seconds: 60) {
                    last = try Vitals(of: process)
                    return last.threads <= first.threads + 4 && last.descriptors <= first.descriptors + readers
                }
            } catch { Issue.record("\(error): \(first), then \(last)") }
            // A thread's stack that is not given back is 8 MiB; an allocator reserves 64 MiB at a time, and not every time.
            let growth = (
                resident: last.residentKiB - before.residentKiB, virtual: last.virtualKiB - before.virtualKiB
            )
            if growth.resident < kibibytes, growth.virtual < 256 << 10 { return }
            print("time \(time): \(before), then \(last)")
        }
        Issue.record("memory grows every time: \(first), then \(last)")
    }

    /// What the index's pool of readers may still open: five connections of two files each.
    private static let readers = 10
}
