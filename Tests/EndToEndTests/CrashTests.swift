import DICOM
import DICOMNetwork
import Foundation
import Phantom
import Synchronization
import Testing

/// The node is killed at random moments while a study comes in, is read, or goes out.
@Suite struct CrashTests {
    /// Longer than sending, quiet period, reading and delivery of one study take, so that each is hit.
    private static let window = 2.5
    private static let senders = 4
    /// Few, so that a round is short; enough for the pelvis to be read.
    private static let slices = 20

    @Test func nothingAcknowledgedIsLost() throws {
        let rounds = Soak.number("UPTAKE_CRASH_ROUNDS", default: 20)
        let seed = Soak.number("UPTAKE_CRASH_SEED", default: 1)
        let storescp = try StoreSCP()
        try storescp.start()
        let node = try ServedNode(.init(destinations: [storescp.destination]))
        let scratch = try Scratch("rounds")
        for round in 1...rounds {
            var random = SeededGenerator(seed: UInt64(seed), stream: "crash/\(round)")
            let moment = random.uniform(0, Self.window)
            let study = try Material.edited(
                try Material.pelvis, named: "round-\(round)", in: scratch.path, slices: Self.slices)
            let context: Comment = "round \(round) of seed \(seed), killed after \(moment) s"
            try crash(node, study, after: moment, context)
            try expectReport(of: study, at: storescp, from: node, context)
            try FileManager.default.removeItem(atPath: study.folder)
        }
        let jobs = try node.look { try $0.jobs(states: [.waiting, .running, .failed]) }
        #expect(jobs.isEmpty, "\(jobs)")
        let arrivals = try storescp.arrivals()
        print(
            "\(rounds) rounds of seed \(seed): every acknowledged instance kept, every study read; of "
                + "\(arrivals.count) results at the PACS \(arrivals.values.filter { $0.count > 1 }.count) came twice, alike"
        )
    }

    /// A scanner that was told that it will be told may delete nothing yet, and waits for what it was promised.
    @Test func aRequestForCommitmentIsKeptBeforeItIsAnswered() throws {
        let file = try Material.pelvis.files[0]
        let header = try InstanceHeader(path: file)
        let node = try ServedNode(.init(quietPeriodSeconds: 3600))
        try node.send([file])
        for number in 1...5 {
            let transaction = UID("1.2.3.\(number)")!
            let request = CommitmentRequest(
                transactionUID: transaction,
                instances: [.init(sopClassUID: header.sopClassUID, sopInstanceUID: header.sopInstanceUID)])
            let answer = try StorageCommitment.request(request, of: node.peer(), waitingSeconds: 0) { _ in
                DIMSEAnswer(.success)
            }
            node.kill()
            #expect(answer == .accepted)
            try node.look { archive in
                let id = try #require(try archive.commitmentID(transaction: transaction, of: ServedNode.sender))
                #expect(try archive.commitment(id)?.items.map(\.sopInstanceUID) == [header.sopInstanceUID])
                #expect(try archive.jobs(kinds: [.commit]).contains { $0.commitmentID == id })
            }
            try node.restart()
        }
    }

    /// Pushes a study on four associations at once, kills the node, starts it again and compares what it has with what it took.
    private func crash(_ node: ServedNode, _ study: Study, after moment: Double, _ context: Comment) throws {
        let peer = node.peer()
        let taken = Mutex<[String]>([])
        let senders = DispatchGroup()
        for sender in 0..<Self.senders {
            let files = study.files.enumerated().filter { $0.offset % Self.senders == sender }.map(\.element)
            senders.enter()
            Thread {
                _ = StorageSCU.send(files, to: peer) { outcome in
                    if outcome.isStored { taken.withLock { $0.append(outcome.path) } }
                }
                senders.leave()
            }.start()
        }
        usleep(UInt32(moment * 1e6))
        node.kill()
        try #require(senders.wait(timeout: .now() + 60) == .success, context)
        try node.restart()
        try node.look { archive in
            for file in taken.withLock({ $0 }) {
                let uid = try InstanceHeader(path: file).sopInstanceUID
                let kept = try #require(try archive.instance(uid), context)
                #expect(try dataSetBytes(of: kept.path) == dataSetBytes(of: file), context)
            }
        }
        try node.send(study.files)
    }

    /// The last reading's objects are at the destination, each as one object however often the node had to offer it.
    private func expectReport(
        of study: Study, at storescp: StoreSCP, from node: ServedNode, _ context: Comment
    ) throws {
        let summary = try node.waitUntilDone(study.uid)
        #expect(summary.instanceCount == study.files.count, context)
        let all = try node.objects(of: study.uid)
        let latest = all.filter { $0.revision == summary.revision }
        #expect(latest.filter { $0.kind == "report" }.count == 1, context)
        let arrivals = try storescp.arrivals()
        for result in latest {
            let files = try #require(arrivals[result.sopInstanceUID!], context)
            let ours = try DICOMFile(path: result.path).dataSet
            for file in files { #expect(try DICOMFile(path: file).dataSet == ours, context) }
        }
        let ofStudy = try arrivals.filter {
            try DICOMFile(path: $0.value[0], extent: .header).dataSet.uid(.studyInstanceUID) == study.uid
        }
        #expect(Set(ofStudy.keys).isSubset(of: Set(all.map { $0.sopInstanceUID! })), context)
    }
}
