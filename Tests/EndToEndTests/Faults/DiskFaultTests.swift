import Archive
import DICOM
import Foundation
import Phantom
import ScriptedPeer
import Testing

/// A disk that fills, fails or turns read-only under a running node: no false Success, no torn file, the earlier copy
/// intact, and reception again once the disk is well, without a restart.
@Suite struct DiskFaultTests {
    private static let fragment = 512
    private let disk: FaultyDisk
    private let node: ServedNode
    private let peer: RawPeer
    private let earlier: [UInt8]

    init() throws {
        disk = try FaultyDisk()
        node = try ServedNode(.init(quietPeriodSeconds: 3600, environment: disk.environment))
        earlier = try Slices.bytes(1)
        peer = RawPeer(port: node.port)
        try #require(peer.associate(calling: ServedNode.sender) == 2)
        #expect(peer.store(earlier, sopInstance: Slices.instance(1).description) == 0)
    }

    private var incoming: String { node.stateDirectory + "/incoming" }

    /// Bytes on disk of a slice as the node writes it.
    private func fileSize() throws -> Int {
        let path = try #require(try node.look { try $0.instance(Slices.instance(1)) }).path
        return try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    /// The earlier slice bit for bit, nothing half done, and only so many instances.
    private func expectNothingTorn(instances: Int = 1) throws {
        let kept = try #require(try node.look { try $0.instance(Slices.instance(1)) })
        #expect(try dataSetBytes(of: kept.path) == Data(earlier))
        #expect(try FileManager.default.contentsOfDirectory(atPath: incoming).isEmpty)
        let files = try FileManager.default.subpathsOfDirectory(atPath: node.stateDirectory + "/instances")
        #expect(files.filter { $0.hasSuffix(".dcm") }.count == instances)
        #expect(try node.look { try $0.study(Slices.study) }?.instanceCount == instances)
    }

    @Test("E3, E4: the disk is full at any byte of the last two PDVs")
    func fullAtEveryByte() throws {
        let size = try fileSize()
        let other = try Slices.bytes(2)
        #expect(other.count == earlier.count)
        let begin = Date()
        for room in (size - 2 * Self.fragment)..<size {
            disk.fail(.write, with: ENOSPC, below: incoming, allowance: room)
            let status = peer.store(other, sopInstance: Slices.instance(2).description, fragment: Self.fragment)
            #expect(status == 0xA700, "with room for \(room) of \(size) bytes")
            if room % 128 == 0 { try expectNothingTorn() }
        }
        // A peer that waits for the answer gets it at once, not after a time-out (E4: a minute elsewhere).
        #expect(Date().timeIntervalSince(begin) < 30)
        try expectNothingTorn()

        // Room is given in blocks.
        disk.fail(.write, with: ENOSPC, below: incoming, allowance: (size + 4095) / 4096 * 4096)
        #expect(peer.store(other, sopInstance: Slices.instance(2).description, fragment: Self.fragment) == 0)
        try expectNothingTorn(instances: 2)
    }

    @Test func fullAnywhereInALargeObject() throws {
        let large = try Slices.bytes(3) {
            $0.set(.rows, 1200)
            $0.set(.columns, 1200)
            $0.setBytes(.pixelData, [UInt8](repeating: 7, count: 2 * 1200 * 1200))
        }
        var random = SeededGenerator(seed: 1, stream: "room")
        for _ in 0..<24 {
            let room = random.index(below: large.count)
            disk.fail(.write, with: ENOSPC, below: incoming, allowance: room)
            let status = peer.store(large, sopInstance: Slices.instance(3).description, fragment: 100_000)
            #expect(status == 0xA700, "with room for \(room) of \(large.count) bytes")
            try expectNothingTorn()
        }
        disk.mend()
        #expect(peer.store(large, sopInstance: Slices.instance(3).description, fragment: 100_000) == 0)
        try expectNothingTorn(instances: 2)
    }

    /// Everything that can go wrong between the first byte and the answer.
    struct Fault: Sendable, CustomTestStringConvertible {
        let operations: FaultyDisk.Operations
        let code: Int32
        let folder: String
        var testDescription: String { "\(operations.rawValue) fails with \(code) below \(folder)" }
    }

    static let faults: [Fault] = [ENOSPC, EIO, EROFS].flatMap { code -> [Fault] in
        let places: [(FaultyDisk.Operations, String)] = [
            (.create, "/incoming"), (.write, "/incoming"), (.rename, "/instances"),
            (.synchronize, "/instances"), (.write, "/index.sqlite"), (.synchronize, "/index.sqlite"),
            ([.create, .write], ""),
        ]
        return places.map { Fault(operations: $0.0, code: code, folder: $0.1) }
    }

    @Test func everyFaultIsAFailureAndPasses() throws {
        for (index, fault) in Self.faults.enumerated() {
            let (uid, bytes) = (Slices.instance(10 + index), try Slices.bytes(10 + index))
            disk.fail(fault.operations, with: fault.code, below: node.stateDirectory + fault.folder)
            let status = peer.store(bytes, sopInstance: uid.description)
            let hits = disk.failures
            disk.mend()
            #expect(hits > 0, "the fault was never met: \(fault.testDescription)")
            // What reports failure may have happened (a commit whose synchronising failed); what reports success has.
            #expect(status == 0xA700 || status == 0x0110, "\(String(describing: status)): \(fault.testDescription)")
            #expect(peer.store(bytes, sopInstance: uid.description) == 0, "afterwards: \(fault.testDescription)")
            let kept = try #require(try node.look { try $0.instance(uid) })
            #expect(try dataSetBytes(of: kept.path) == Data(bytes), "\(fault.testDescription)")
            try expectNothingTorn(instances: 2 + index)
        }
        #expect(node.process.isRunning)
        #expect(peer.release())
    }

    /// What is said to be unreadable is not sent again: so it lies in quarantine, or another answer is given.
    @Test func whatIsSaidToBeSetAsideIs() throws {
        let places: [(FaultyDisk.Operations, String)] = [
            (.rename, "/quarantine"), (.synchronize, "/quarantine"),
            (.write, "/index.sqlite"), (.synchronize, "/index.sqlite"),
        ]
        for (index, fault) in places.enumerated() {
            for (turn, code) in [ENOSPC, EIO, EROFS].enumerated() {
                // Each time another object: what is there already tells nothing.
                let number = 50 + 3 * index + turn
                let uid = Slices.instance(number)
                let bytes = try Slices.bytes(number) { $0.remove(.studyInstanceUID) }
                func isKept() throws -> Bool {
                    try node.look { try $0.quarantinedFiles() }.contains { file in
                        [UInt8](FileManager.default.contents(atPath: file.path) ?? Data()).suffix(bytes.count)
                            .elementsEqual(bytes)
                    }
                }
                disk.fail(fault.0, with: code, below: node.stateDirectory + fault.1)
                let status = peer.store(bytes, sopInstance: uid.description)
                let context: Comment = "\(fault.0.rawValue) fails with \(code) below \(fault.1): \(status ?? 0)"
                #expect(disk.failures > 0, context)
                disk.mend()
                #expect([0xC000, 0xA700, 0x0110].contains(status), context)
                if status == 0xC000 { #expect(try isKept(), context) }
                try expectNothingTorn()
                #expect(peer.store(bytes, sopInstance: uid.description) == 0xC000, context)
                #expect(try isKept(), context)
            }
        }
        #expect(node.process.isRunning)
    }

    /// The second copy of what is there finds a sick disk: the first stays, whatever is answered.
    @Test func theEarlierCopyOutlivesEveryFault() throws {
        for fault in Self.faults {
            disk.fail(fault.operations, with: fault.code, below: node.stateDirectory + fault.folder)
            let status = peer.store(earlier, sopInstance: Slices.instance(1).description)
            disk.mend()
            #expect([0, 0x0110, 0xA700].contains(status), "\(fault.testDescription)")
            try expectNothingTorn()
        }
    }
}
