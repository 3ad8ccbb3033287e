import DICOMNetwork
import Foundation
import OtherPrograms
import Testing

/// A disk that is nearly full, as a sender meets it.
@Suite struct ReserveTests {
    @Test func belowTheReserveNothingNewIsTaken() throws {
        // No disk has so much.
        let node = try QueryNode { $0.local.reserveMiB = 10_000_000 }
        let path = node.folder + "/one.dcm"
        try TestObject().dataSet.write(to: path, transferSyntax: TestObject().transferSyntax)
        let outcome = try #require(StorageSCU.send([path], to: node.peer).first)
        guard case .answered(let answer) = outcome.result else {
            Issue.record("no answer: \(outcome)")
            return
        }
        #expect(answer.status == .outOfResources)
        #expect(answer.comment.contains("nearly full"))
        #expect(try VerificationSCU.echo(node.peer) == .success)
        #expect(try node.node.archive.counts().instances == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: node.folder + "/state/incoming").isEmpty)
    }
}
