import Foundation
import Glibc

/// A disk that fails on demand under a node in a process of its own: the library of `Tests/FaultyDisk`, preloaded, stands
/// before the node's file calls and reads from a mapped file which of them are to fail.
final class FaultyDisk: @unchecked Sendable {
    /// The calls that can fail, as in `faulty_disk.h`.
    struct Operations: OptionSet {
        let rawValue: UInt32
        static let create = Operations(rawValue: 1)
        static let write = Operations(rawValue: 2)
        static let synchronize = Operations(rawValue: 4)
        static let rename = Operations(rawValue: 8)
    }

    private static let library = Place.built("libFaultyDisk.so")
    private static let size = 1024
    private let scratch: Scratch
    private let plan: UnsafeMutableRawPointer

    init() throws {
        scratch = try Scratch("disk")
        let path = scratch.path + "/plan"
        try Data(count: Self.size).write(to: URL(fileURLWithPath: path))
        let file = open(path, O_RDWR | O_CLOEXEC)
        defer { close(file) }
        guard file >= 0, let mapped = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
            mapped != MAP_FAILED
        else { throw Unmet(description: "the plan of the faulty disk cannot be mapped") }
        plan = mapped
    }

    deinit { munmap(plan, Self.size) }

    /// What the node's process needs to know of it.
    var environment: [String: String] { ["LD_PRELOAD": Self.library, "UPTAKE_FAULTY_DISK": scratch.path + "/plan"] }

    /// Has calls fail from now on.
    /// - Parameters:
    ///   - folder: only for files whose paths begin so.
    ///   - allowance: the bytes that writes still take, all files together.
    func fail(_ operations: Operations, with code: Int32, below folder: String, allowance: Int = 0) {
        mend()
        plan.storeBytes(of: code, toByteOffset: 4, as: Int32.self)
        plan.storeBytes(of: Int64(allowance), toByteOffset: 8, as: Int64.self)
        plan.storeBytes(of: 0, toByteOffset: 16, as: UInt64.self)
        let path = Array(folder.utf8.prefix(Self.size - 25)) + [0]
        (plan + 24).copyMemory(from: path, byteCount: path.count)
        plan.storeBytes(of: operations.rawValue, as: UInt32.self)
    }

    /// Makes it a sound disk again.
    func mend() { plan.storeBytes(of: 0, as: UInt32.self) }

    /// How many calls have failed since `fail`.
    var failures: UInt64 { plan.load(fromByteOffset: 16, as: UInt64.self) }
}
