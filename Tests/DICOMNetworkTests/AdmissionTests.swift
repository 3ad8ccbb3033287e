import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import ScriptedPeer
import Testing

/// Who is let in, and what the others are told.
@Suite struct AdmissionTests {
    static let strict: @Sendable (AssociationRequest) -> AssociationDecision = { request in
        if request.calledAETitle != ourTitle { return .reject(.calledAETitleNotRecognized) }
        if request.callingAETitle != scannerTitle { return .reject(.callingAETitleNotRecognized) }
        return .accept
    }

    @Test func unknownTitlesAreRejectedWithTheStandardsReasons() throws {
        let node = try TestNode(RecordingService(decision: Self.strict))
        let other = try #require(AETitle("OTHER"))
        #expect(throws: NetworkError.rejected(node.peer(called: other), .calledAETitleNotRecognized)) {
            try VerificationSCU.echo(node.peer(called: other))
        }
        #expect(throws: NetworkError.rejected(node.peer(calling: other), .callingAETitleNotRecognized)) {
            try VerificationSCU.echo(node.peer(calling: other))
        }
        #expect(try VerificationSCU.echo(node.peer()) == .success)
        #expect(node.service.wait { $0.closed.count == 1 })
        #expect(node.service.events.requests.count == 3)
        #expect(node.service.events.opened == [3])
    }

    @Test func othersReadTheRejectionAsWeMeanIt() throws {
        let node = try TestNode(RecordingService(decision: Self.strict))
        let echo = try Program("echoscu", ["-aec", "OTHER", "-aet", "SCANNER", "127.0.0.1", node.port])
        #expect(echo.status != 0)
        #expect(echo.output.contains("Result: Rejected Permanent, Source: Service User"))
        #expect(echo.output.contains("Reason: Called AE Title Not Recognized"))
        let script = """
            import sys
            from pynetdicom import AE
            ae = AE(ae_title='OTHER')
            ae.add_requested_context('1.2.840.10008.1.1')
            association = ae.associate('127.0.0.1', int(sys.argv[1]), ae_title='UPTAKE')
            answer = association.acceptor.primitive
            print(association.is_rejected, answer.result, answer.result_source, answer.diagnostic)
            """
        let python = try Program(Place.python, ["-c", script, node.port])
        #expect(python.output == "True 1 1 3\n")
    }

    /// DCMTK takes contexts of one identifier, and uses the first where the last is accepted; and any application context.
    @Test func whatIsNoSoundRequestIsRejected() throws {
        let node = try TestNode()
        let find = "1.2.840.10008.5.1.4.1.2.2.1"
        for (request, answer) in [
            (
                PDU.associateRequest(called: "UPTAKE", calling: "RAW", abstractSyntax: find, contexts: (1, 1)),
                [1, 2, 1]
            ),
            (PDU.associateRequest(called: "UPTAKE", calling: "RAW", contexts: (2, 3)), [1, 2, 1]),
            (PDU.associateRequest(called: "UPTAKE", calling: "RAW", application: "1.2.3"), [1, 1, 2]),
        ] {
            let peer = RawPeer(port: node.listener.port)
            peer.send(request)
            let rejection = try #require(peer.receivePDU())
            #expect(rejection.type == 3 && rejection.body.dropFirst().map(Int.init) == answer)
        }
        #expect(node.service.wait { $0.dismissed == [.notDICOM, .notDICOM, .notDICOM] })
        #expect(node.service.events.requests.isEmpty)
    }

    /// DCMTK looks at fifty transfer syntaxes of a context; what offers more is answered all the same.
    @Test func everyContextIsAnswered() throws {
        let node = try TestNode()
        let script = """
            import sys
            from pynetdicom import AE
            ae = AE(ae_title='SCANNER')
            ae.add_requested_context('1.2.840.10008.1.1')
            ae.add_requested_context('1.2.840.10008.5.1.4.1.1.2', ['1.2.3.%d' % n for n in range(60)])
            association = ae.associate('127.0.0.1', int(sys.argv[1]), ae_title='UPTAKE')
            print([context.result for context in association.accepted_contexts + association.rejected_contexts])
            association.release()
            """
        #expect(try Program(Place.python, ["-c", script, node.port]).output == "[0, 4]\n")
    }

    @Test func associationsBeyondTheLimitAreRejectedForNow() throws {
        let node = try TestNode { $0.maximumAssociations = 2 }
        let first = RawPeer(port: node.listener.port)
        let second = RawPeer(port: node.listener.port)
        #expect(first.associate() == 2)
        #expect(second.associate() == 2)
        #expect(throws: NetworkError.rejected(node.peer(), .localLimitExceeded)) {
            try VerificationSCU.echo(node.peer())
        }
        #expect(node.service.events.dismissed == [.tooManyAssociations])
        first.send(PDU.releaseRequest)
        #expect(first.receivePDU()?.type == 6)
        #expect(first.receive().isEmpty)
        #expect(node.service.wait { $0.closed[1] == .released })
        // The thread that has just reported its end is joined a moment later.
        var status: DIMSEStatus?
        for _ in 0..<1000 where status == nil { status = try? VerificationSCU.echo(node.peer()) }
        #expect(status == .success)
    }

    /// Who is turned away and does not hang up takes nobody's place.
    @Test func thoseTurnedAwayTakeNoPlace() throws {
        let node = try TestNode(RecordingService(decision: Self.strict)) { $0.maximumAssociations = 2 }
        var strangers: [RawPeer] = []
        for _ in 0..<20 {
            let stranger = RawPeer(port: node.listener.port)
            #expect(stranger.associate(called: "OTHER") == 3)
            strangers.append(stranger)
            // The thread that has just turned one away may not have been joined yet.
            var status: DIMSEStatus?
            for _ in 0..<100 where status == nil { status = try? VerificationSCU.echo(node.peer()) }
            #expect(status == .success)
        }
        withExtendedLifetime(strangers) {}
    }

    @Test func silentClientsDelayNobody() throws {
        let node = try TestNode { $0.maximumAssociations = 4 }
        let silent = (0..<20).map { _ in RawPeer(port: node.listener.port) }
        let halfway = (0..<20).map { _ in RawPeer(port: node.listener.port) }
        for peer in halfway { peer.send(Array(PDU.associateRequest(called: "UPTAKE", calling: "SLOW").dropLast(10))) }
        let start = Date()
        #expect(try VerificationSCU.echo(node.peer()) == .success)
        // Their time-out is 30 s: nobody waited for it.
        #expect(Date().timeIntervalSince(start) < 15)
        #expect(node.service.events.dismissed.isEmpty)
        withExtendedLifetime((silent, halfway)) {}
    }

    @Test func silentClientsAreClosedInTheEnd() throws {
        let node = try TestNode { $0.acseSeconds = 1 }
        let silent = RawPeer(port: node.listener.port)
        #expect(silent.receivePDU()?.type == 7)
        #expect(silent.receive().isEmpty)
        #expect(node.service.events.dismissed == [.tooSlow])
    }

    @Test func theOldestSilentClientMakesRoom() throws {
        let node = try TestNode { $0.maximumPendingConnections = 3 }
        let silent = (0..<6).map { _ in RawPeer(port: node.listener.port) }
        #expect(try VerificationSCU.echo(node.peer()) == .success)
        #expect(silent[0].receivePDU()?.type == 7)
        #expect(node.service.events.dismissed.contains(.tooSlow))
    }

    @Test func whatIsNoDICOMIsDropped() throws {
        let node = try TestNode()
        var generator = SeededGenerator(state: 11)
        var noise = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) }
        noise[0] = 0x16  // as a TLS handshake begins
        let tooLong: [UInt8] = [1, 0, 0x7F, 0xFF, 0xFF, 0xFF]
        for bytes in [Array("GET / HTTP/1.1\r\nHost: uptake\r\n\r\n".utf8), noise, tooLong, PDU.abort] {
            let peer = RawPeer(port: node.listener.port)
            peer.send(bytes)
            #expect(peer.receivePDU()?.type == 7)
            #expect(peer.receive().isEmpty)
        }
        #expect(node.service.wait { $0.dismissed.filter { $0 == .notDICOM }.count == 4 })
        #expect(node.service.events.requests.isEmpty)
        #expect(try VerificationSCU.echo(node.peer()) == .success)
    }

    /// A request whose frame is right and whose content is noise comes to DCMTK's parser.
    @Test func malformedRequestsAreDropped() throws {
        let node = try TestNode()
        var generator = SeededGenerator(state: 13)
        for _ in 0..<50 {
            var request = PDU.associateRequest(called: "UPTAKE", calling: "NOISE")
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                request[Int.random(in: 74..<request.count, using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
            let peer = RawPeer(port: node.listener.port)
            peer.send(request)
            peer.send(PDU.abort)
            _ = peer.receive()
        }
        #expect(try VerificationSCU.echo(node.peer()) == .success)
    }
}
