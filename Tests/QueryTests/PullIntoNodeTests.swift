import Archive
import DICOM
import DICOMNetwork
import Foundation
import Node
import Testing

/// What the running node retrieves when it is asked to.
@Suite struct PullIntoNodeTests {
    private let objects = [
        TestObject(), TestObject(number: 2), TestObject(series: 2, modality: "PT"), TestObject(study: 2),
    ]
    private let study = TestObject().studyUID

    private func node(
        _ port: UInt16, _ method: NodeConfiguration.Source.Method = .get, listening: UInt16 = 0, reserveMiB: Int = 0
    ) throws -> QueryNode {
        try QueryNode {
            var source = NodeConfiguration.Source(
                name: "archive", aeTitle: AETitle("ARCHIVE")!, host: "127.0.0.1", port: port)
            source.method = method
            $0.sources = [source]
            $0.local.port = listening
            $0.local.reserveMiB = reserveMiB
            $0.peers.append(.init(aeTitle: AETitle("ARCHIVE")!))
        }
    }

    private func client(_ node: QueryNode) -> ControlClient {
        ControlClient(stateDirectory: node.folder + "/state", seconds: 30)
    }

    /// Why a study is not pulled; how much there is of it where it is.
    private func refusal(of pull: PullStudy, _ node: QueryNode) -> String {
        do {
            return "\(try client(node).ask(pull).held) instances"
        } catch { return "\(error)" }
    }

    /// The lines of the audit trail that have a code.
    private func records(_ code: String, _ node: QueryNode) throws -> [Substring] {
        try String(contentsOfFile: node.folder + "/state/audit/trail-00000001.log", encoding: .utf8)
            .split(separator: "\n").filter { $0.contains("csd-code=\"\(code)\"") }
    }

    @Test(arguments: [NodeConfiguration.Source.Method.get, .move])
    func aStudyComesIntoTheNode(_ method: NodeConfiguration.Source.Method) throws {
        let listening = freePort()
        let source = try Source(objects, #"{"move": ["UPTAKE", \#(listening)]}"#)
        let node = try node(source.port, method, listening: listening)
        var search = StudySearch()
        search.patientID = "P1"
        let found = try client(node).ask(FindStudies(search, at: "archive")).studies
        #expect(Set(found.map(\.studyInstanceUID)) == [study, objects[3].studyUID])
        #expect(try client(node).ask(PullStudy(study, from: "archive")).held == 3)
        let held = try node.node.archive.instances(ofStudy: study)
        #expect(Set(held.map(\.sopInstanceUID)) == Set(objects.prefix(3).map(\.instanceUID)))
        #expect(Set(held.map(\.sourceAETitle)) == ["ARCHIVE"])
        #expect(try node.node.archive.jobs(kinds: [.close], states: [.waiting]).count == 1, "it is closed as any study")

        // Whoever asked is the requestor; the queries are on record too.
        #expect(try records("110112", node).count == 2)
        let begun = try records("110102", node).filter { $0.contains("UserID=\"UPTAKE\"") }
        #expect(!begun.isEmpty)
        try node.wait(for: "the end on record") { try !records("110104", node).isEmpty }
        #expect(try records("110104", node).contains { $0.contains("ParticipantObjectID=\"\(study)\"") })
    }

    @Test func aSeriesComesAlone() throws {
        let source = try Source(objects)
        let node = try node(source.port)
        let series = objects[2].seriesUID
        #expect(try client(node).ask(PullStudy(study, series: series, from: "archive")).held == 1)
        #expect(try node.node.archive.instances(ofStudy: study).map(\.seriesInstanceUID) == [series])
    }

    /// The same way in as for any sender: what contradicts what is here is set aside, and the operator is told.
    @Test func whatContradictsIsSetAside() throws {
        let source = try Source(objects, #"{"send_patient": "P2"}"#)
        let node = try node(source.port)
        try node.store([objects[0]])
        let reason = refusal(of: PullStudy(study, from: "archive"), node)
        #expect(reason.contains("known of another patient") || reason.contains("other contents"), "\(reason)")
        #expect(try node.node.archive.instances(ofStudy: study).count == 1)
        #expect(try node.node.archive.quarantinedFiles().count == 3)
    }

    @Test func belowTheReserveNothingComes() throws {
        let source = try Source(objects)
        let node = try node(source.port, reserveMiB: 10_000_000)
        let reason = refusal(of: PullStudy(study, from: "archive"), node)
        #expect(reason.contains("nearly full"), "\(reason)")
        #expect(try node.node.archive.counts().instances == 0)
    }

    @Test func whatIsNotThereIsTold() throws {
        let source = try Source(objects, #"{"find_only": true}"#)
        let node = try node(source.port)
        #expect(refusal(of: PullStudy(UID("1.2.3")!, from: "archive"), node) == "archive has no study 1.2.3")
        #expect(refusal(of: PullStudy(study, from: "nowhere"), node).contains("no [[source]] named nowhere"))
        #expect(refusal(of: PullStudy(study, from: "archive"), node).contains("does not offer C-GET"))
    }

    /// The operator hangs up: the source is asked to stop, and what has come stays.
    @Test func whoHangsUpCancels() throws {
        let many = (1...40).map { TestObject(number: $0) }
        let source = try Source(many, #"{"slow": true}"#)
        let node = try node(source.port)
        let socket = try ControlSocket.connect(to: ControlServer.path(inStateDirectory: node.folder + "/state"))
        let request = #"{"command":"pull","arguments":{"source":"archive","study":"\#(study)"}}"# + "\n"
        try socket.write(Array(request.utf8), until: .now + .seconds(20))
        _ = try socket.readLine(maximumBytes: 1 << 20, until: .now + .seconds(60))
        socket.shutDown()
        try node.wait(for: "the end on record") { try !records("110104", node).isEmpty }
        #expect(try source.end().cancelled)
        let held = try node.node.archive.instances(ofStudy: study).count
        #expect((1..<40).contains(held), "\(held)")
    }
}
