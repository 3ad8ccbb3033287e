import DICOMNetwork
import Foundation
import Testing

/// Who may associate with a running node.
@Suite struct AdmissionTests {
    @Test func strangersAreRejectedWithTheStandardReason() throws {
        let node = try ServedNode()
        for (calling, called, reason) in [
            ("NOBODY", ServedNode.aeTitle, "Calling AE Title Not Recognized"),
            (ServedNode.sender, "ELSEWHERE", "Called AE Title Not Recognized"),
        ] {
            let echo = try Child.run("echoscu", ["-aet", calling, "-aec", called, "127.0.0.1", String(node.port)])
            #expect(echo.status != 0)
            let text = echo.output + echo.errors
            #expect(text.contains("Result: Rejected Permanent, Source: Service User"), "\(text)")
            #expect(text.contains("Reason: \(reason)"), "\(text)")
        }
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(node.peer(calling: "NOBODY")) }
    }

    @Test func verificationIsAnswered() throws {
        let node = try ServedNode()
        let titles = ["-aet", ServedNode.sender, "-aec", ServedNode.aeTitle]
        #expect(try Child.run("echoscu", titles + ["127.0.0.1", String(node.port)]).status == 0)

        let options = ["--host", "127.0.0.1", "--port", String(node.port), "--called", ServedNode.aeTitle]
        let ours = try Child.run(Place.uptake, ["echo"] + options + ["--calling", ServedNode.sender])
        #expect(ours.status == 0 && ours.errors.isEmpty, "\(ours.errors)")
        #expect(ours.output == "UPTAKE at 127.0.0.1:\(node.port) answers\n")
        let stranger = try Child.run(Place.uptake, ["echo"] + options + ["--calling", "NOBODY"])
        #expect(stranger.status == 1 && stranger.output.isEmpty)
        #expect(stranger.errors.split(separator: "\n").count == 1, "\(stranger.errors)")
        #expect(stranger.errors.contains("have NOBODY registered there"), "\(stranger.errors)")
    }
}
