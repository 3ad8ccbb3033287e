import Archive
import DICOM
import DICOMNetwork
import Foundation
import Testing

/// Storage Commitment, asked for by pynetdicom.
@Suite struct CommitmentTests {
    struct Answer: Decodable {
        struct Report: Decodable {
            struct Reference: Decodable, Equatable {
                var ReferencedSOPClassUID: String
                var ReferencedSOPInstanceUID: String
                var FailureReason: String?
            }
            let type: Int
            /// Whether it came on an association of ours.
            let own: Bool
            let TransactionUID: String
            let RetrieveAETitle: String?
            let ReferencedSOPSequence: [Reference]?
            let FailedSOPSequence: [Reference]?
        }
        let status: Int
        let transaction: String
        let reports: [Report]
    }

    private let object = TestObject()
    private var kept: Answer.Report.Reference {
        .init(
            ReferencedSOPClassUID: object.sopClass.description,
            ReferencedSOPInstanceUID: object.instanceUID.description)
    }

    private func ask(_ node: QueryNode, _ references: [Answer.Report.Reference], _ options: String) throws -> Answer {
        let list = references.map { [$0.ReferencedSOPClassUID, $0.ReferencedSOPInstanceUID] }
        return try node.judge(
            "commit", [String(decoding: try JSONEncoder().encode(list), as: UTF8.self), options], Answer.self)
    }

    @Test func whoWaitsIsToldOnTheSameAssociation() throws {
        let node = try QueryNode()
        try node.store([object])
        let answer = try ask(node, [kept], #"{"stay": true}"#)
        #expect(answer.status == 0)
        let report = try #require(answer.reports.first)
        #expect((report.type, report.own) == (1, false))
        #expect(report.TransactionUID == answer.transaction)
        #expect(report.RetrieveAETitle == "UPTAKE")
        #expect(report.ReferencedSOPSequence == [kept])
        #expect(report.FailedSOPSequence == nil)
        #expect(answer.reports.count == 1)
        #expect(try node.node.archive.jobs(kinds: [.commit]).map(\.progress.state) == [.done])
    }

    /// Who asks for commitment of all it sent has nothing more to send: its study need not rest for long.
    @Test func aRequestForAllThatIsHereClosesTheStudy() throws {
        let node = try QueryNode {
            $0.completion.waitForPartnerSeconds = 0
            $0.completion.commitmentSettleSeconds = 0.1
        }
        let other = TestObject(patient: 2, study: 2)
        try node.store([object, other])
        _ = try ask(node, [kept], #"{"stay": true}"#)
        let archive = node.node.archive
        let deadline = Date().addingTimeInterval(60)
        while try archive.revisions(ofStudy: object.studyUID).isEmpty, Date() < deadline { usleep(20_000) }
        let revision = try #require(try archive.revisions(ofStudy: object.studyUID).first)
        #expect(revision.closingSignal == "storage commitment request")
        #expect(try archive.study(other.studyUID)?.status == .receiving)
    }

    @Test func whoHasGoneIsToldOnAnother() throws {
        let node = try QueryNode()
        try node.store([object])
        let answer = try ask(node, [kept], #"{"listen": \#(node.scannerPort)}"#)
        let report = try #require(answer.reports.first)
        #expect((report.type, report.own) == (1, true))
        #expect(report.ReferencedSOPSequence == [kept])
        #expect(answer.reports.count == 1)
    }

    /// A file that has changed on the disk is not committed to, nor what is not there or is something else.
    @Test func whatCannotBeVouchedForFails() throws {
        let node = try QueryNode()
        let damaged = TestObject(number: 2)
        try node.store([object, damaged])
        let stored = try #require(try node.node.archive.instance(damaged.instanceUID))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: stored.path))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: stored.path))
        var asked = [kept, kept, kept, kept]
        asked[1].ReferencedSOPInstanceUID = damaged.instanceUID.description
        asked[2].ReferencedSOPInstanceUID = "1.2.3.4"
        asked[3].ReferencedSOPClassUID = UID.positronEmissionTomographyImageStorage.description
        let report = try #require(try ask(node, asked, #"{"stay": true}"#).reports.first)
        #expect(report.type == 2)
        #expect(report.ReferencedSOPSequence == [kept])
        for (index, reason) in [(1, 0x0110), (2, 0x0112), (3, 0x0119)] {
            asked[index].FailureReason = String(reason)
        }
        #expect(report.FailedSOPSequence == Array(asked[1...]))
    }

    @Test func aRequestOutlivesTheNode() throws {
        let folder = NSTemporaryDirectory() + "uptake-commitment-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let transaction = UID.derived(from: ["transaction"])
        let items = [Commitment.Item(sopClassUID: object.sopClass, sopInstanceUID: object.instanceUID)]
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        do {
            let archive = try Archive.open(directory: folder)
            let id = try archive.keepCommitment(transaction: transaction, of: "SCANNER", items, due: now, now: now)
            // Asked again while it is on its way: still one.
            #expect(
                try archive.keepCommitment(transaction: transaction, of: "SCANNER", items, due: now, now: now) == id)
            #expect(try archive.jobs(kinds: [.commit]).count == 1)
            _ = try archive.claimCommitment(id)
            #expect(try archive.claimCommitment(id) == nil)
            try archive.close()
        }
        let archive = try Archive.open(directory: folder)
        let job = try #require(
            try archive.claimNextJob(kinds: [.commit], destination: "SCANNER", now: now))
        #expect(job.progress.attempt == 2)
        let id = try #require(job.commitmentID)
        let verified = try #require(try archive.verifyCommitment(id, now: now))
        #expect(verified.transactionUID == transaction)
        #expect(verified.items.map(\.failure) == [.noSuchInstance])
        try archive.complete(job)
        try archive.keepCommitment(transaction: transaction, of: "SCANNER", items, due: now, now: now)
        #expect(
            try archive.jobs(kinds: [.commit]).map(\.progress.state).sorted { $0.rawValue < $1.rawValue } == [
                .done, .waiting,
            ])
        #expect(try archive.commitment(id)?.verifiedAt == nil)
    }

    @Test func aPeerWithoutAnAddressLeavesAJobToLookAt() throws {
        let node = try QueryNode { configuration in
            configuration.peers = [.init(aeTitle: AETitle("SCANNER")!)]
        }
        _ = try node.node.archive.keepCommitment(
            transaction: UID("1.2.3")!, of: "SCANNER",
            [.init(sopClassUID: object.sopClass, sopInstanceUID: object.instanceUID)], due: Date(), now: Date())
        // The worker looks at least every five seconds.
        let limit = Date(timeIntervalSinceNow: 20)
        var jobs = try node.node.archive.jobs(kinds: [.commit])
        while jobs.first?.progress.state != .failed, Date() < limit {
            usleep(50_000)
            jobs = try node.node.archive.jobs(kinds: [.commit])
        }
        #expect(jobs.first?.progress.state == .failed)
        #expect(jobs.first?.progress.reason == "[[peer]] SCANNER has no host and port to be told at")
    }
}
