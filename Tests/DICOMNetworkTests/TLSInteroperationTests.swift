import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import ScriptedPeer
import TestCertificates
import Testing

/// TLS with other makes, in both directions.
@Suite struct TLSInteroperationTests {
    // MARK: They call us

    @Test func dcmtkCallsUs() throws {
        let secure = try SecureNode()
        let to = ["-aec", "UPTAKE", "-aet", "SCANNER", "127.0.0.1", String(secure.port)]
        let options = try secure.dcmtkOptions()
        let echo = try Program("echoscu", options + to)
        #expect(echo.status == 0, "\(echo.output)")
        let folder = Folder()
        let paths = try folder.images(0..<3)
        let sent = try Program("storescu", options + to + paths)
        #expect(sent.status == 0, "\(sent.output)")
        expectStored(paths, by: secure.service)
        #expect(secure.service.events.requests.allSatisfy { $0.isSecure && $0.certificate?.names.first == "dcmtk" })
    }

    @Test func pynetdicomCallsUs() throws {
        let secure = try SecureNode()
        let scanner = try secure.authority.issue("pynetdicom")
        let folder = Folder()
        let paths = try folder.images(0..<3)
        let script = """
            import ssl, sys
            from pydicom import dcmread
            from pynetdicom import AE
            port, authority, certificate, key = sys.argv[1:5]
            context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=authority)
            context.load_cert_chain(certificate, key)
            ae = AE(ae_title='SCANNER')
            ae.add_requested_context('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1')
            ae.add_requested_context('1.2.840.10008.1.1')
            association = ae.associate('127.0.0.1', int(port), ae_title='UPTAKE', tls_args=(context, 'uptake.example'))
            print([association.send_c_echo().Status] + [association.send_c_store(p).Status for p in sys.argv[5:]])
            association.release()
            """
        let sent = try Program(
            Place.python,
            ["-c", script, String(secure.port), secure.authority.certificate, scanner.certificate, scanner.key] + paths)
        #expect(sent.output == "[0, 0, 0, 0]\n")
        expectStored(paths, by: secure.service)
        #expect(secure.service.wait { $0.closed[1] == .released })
    }

    private func expectStored(_ paths: [String], by service: RecordingService) {
        let isKept =
            service.events.stored.map { dataSetBytes(ofFile: $0.path) } == paths.map { dataSetBytes(ofFile: $0) }
        #expect(isKept)
    }

    // MARK: We call them

    private func peer(_ port: UInt16, _ authority: TestAuthority, name: String? = nil) throws -> Peer {
        Peer(
            host: "localhost", port: port, calledAETitle: AETitle("PACS")!, callingAETitle: ourTitle,
            security: .init(try TLSCredentials(SecureNode.files("uptake", of: authority)), certificateName: name))
    }

    private func expectKept(_ paths: [String], in folder: Folder) {
        let kept = Set(folder.contents.map { dataSetBytes(ofFile: folder.file($0)) })
        let isKept = kept == Set(paths.map { dataSetBytes(ofFile: $0) })
        #expect(isKept)
    }

    @Test func weCallStorescp() throws {
        let authority = try TestAuthority()
        let pacs = try authority.issue("pacs")
        let (sent, received) = (Folder(), Folder())
        let port = freePort()
        let storescp = try RunningProgram(
            "storescp",
            [
                "+tls", pacs.key, pacs.certificate, "+cf", authority.certificate, "+B", "-od", received.path,
                String(port),
            ])
        defer { storescp.end() }
        let peer = try peer(port, authority, name: "pacs.example")
        var status: DIMSEStatus?
        // It says nothing when it is ready.
        for _ in 0..<400 where status == nil {
            status = try? VerificationSCU.echo(peer)
            if status == nil { Thread.sleep(forTimeInterval: 0.02) }
        }
        #expect(status == .success)
        let paths = try sent.images(0..<3)
        let outcomes = StorageSCU.send(paths, to: peer)
        #expect(outcomes.allSatisfy { $0.isStored }, "\(outcomes)")
        expectKept(paths, in: received)
        // Without TLS, and with another's certificate.
        let plain = Peer(host: "localhost", port: port, calledAETitle: AETitle("PACS")!, callingAETitle: ourTitle)
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(plain) }
        let stranger = try TestAuthority("Somebody Else")
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(self.peer(port, stranger)) }
    }

    @Test func weCallPynetdicom() throws {
        let authority = try TestAuthority()
        let pacs = try authority.issue("pacs")
        let (sent, received) = (Folder(), Folder())
        let script = """
            import ssl, sys, threading
            from pynetdicom import AE, evt
            folder, authority, certificate, key = sys.argv[1:5]
            def keep(event):
                with open(folder + '/' + event.request.AffectedSOPInstanceUID, 'wb') as file:
                    file.write(event.encoded_dataset())
                return 0
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_cert_chain(certificate, key)
            ae = AE(ae_title='PACS')
            for uid in ('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.1'):
                ae.add_supported_context(uid)
            server = ae.start_server(('127.0.0.1', 0), block=False, ssl_context=context,
                                     evt_handlers=[(evt.EVT_C_STORE, keep)])
            print(server.server_address[1], flush=True)
            threading.Event().wait()
            """
        let program = try RunningProgram(
            Place.python,
            ["-u", "-c", script, received.path, authority.certificate, pacs.certificate, pacs.key])
        defer { program.end() }
        let port = try #require(UInt16(program.firstLine()))
        #expect(try VerificationSCU.echo(peer(port, authority)) == .success)
        let paths = try sent.images(0..<3)
        let outcomes = StorageSCU.send(paths, to: try peer(port, authority))
        #expect(outcomes.allSatisfy { $0.isStored }, "\(outcomes)")
        expectKept(paths, in: received)
        let stranger = try TestAuthority("Somebody Else")
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(peer(port, stranger)) }
    }
}
