import DICOM
import DICOMNetwork
import OtherPrograms
import Testing

@Suite struct VerificationTests {
    @Test func ourOwn() throws {
        let node = try TestNode()
        #expect(try VerificationSCU.echo(node.peer()) == .success)
        #expect(node.service.wait { $0.closed[1] == .released })
        let request = try #require(node.service.events.requests.first)
        #expect(request.calledAETitle == ourTitle)
        #expect(request.callingAETitle == scannerTitle)
        #expect(request.peerAddress == "127.0.0.1")
        #expect(request.implementationVersionName == Implementation.versionName)
    }

    @Test func dcmtk() throws {
        let node = try TestNode()
        let echo = try Program("echoscu", ["-aec", "UPTAKE", "127.0.0.1", node.port])
        #expect(echo.status == 0, "\(echo.output)")
    }

    @Test func pynetdicom() throws {
        let node = try TestNode()
        let script = """
            import sys
            from pynetdicom import AE
            ae = AE()
            ae.add_requested_context('1.2.840.10008.1.1')
            association = ae.associate('127.0.0.1', int(sys.argv[1]))
            print(association.is_established and association.send_c_echo().Status)
            association.release()
            """
        let echo = try Program(Place.python, ["-c", script, node.port])
        #expect(echo.output == "0\n")
    }

    @Test func manyAssociationsLeaveNothingBehind() throws {
        let node = try TestNode()
        let before = try virtualMemoryKiB()
        for _ in 0..<150 { _ = try VerificationSCU.echo(node.peer()) }
        #expect(node.service.wait { $0.closed.count == 150 })
        // Each thread that is never joined keeps its stack of 8 MiB.
        #expect(try virtualMemoryKiB() - before < 150 * 4096)
    }

    @Test func aListenerThatHasStoppedIsGone() throws {
        let node = try TestNode()
        #expect(try VerificationSCU.echo(node.peer()) == .success)
        node.listener.stop(graceSeconds: 5)
        #expect {
            try VerificationSCU.echo(node.peer())
        } throws: {
            guard case NetworkError.unreachable(_, let condition) = $0 else { return false }
            return condition.text.contains("refused")
        }
        node.listener.stop(graceSeconds: 5)
    }

    @Test func aPortInUseIsSaid() throws {
        let node = try TestNode()
        #expect {
            try TestNode { $0.port = node.listener.port }
        } throws: {
            "\($0)".contains("127.0.0.1:\(node.port): Address already in use")
        }
    }

    @Test func aMalformedAddressIsSaid() {
        #expect(throws: NetworkError.self) { try TestNode { $0.address = "localhost" } }
    }
}

private func virtualMemoryKiB() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmSize:") })
    return try #require(Int(line.split(separator: " ").dropLast().last!.split(separator: "\t").last!))
}
