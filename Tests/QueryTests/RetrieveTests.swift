import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import Testing

/// C-GET and C-MOVE, asked by pynetdicom, getscu and movescu.
@Suite struct RetrieveTests {
    struct Answer: Decodable {
        struct Response: Decodable, Equatable {
            var status: Int
            var remaining: Int?
            var completed: Int?
            var failed: Int?
            var warning: Int?
            var list: [String]?
            var comment: String?
        }
        struct Received: Decodable {
            let uid: String
            let name: String
            let pixels: Int
            let syntax: String
            let originator: String
            let message: Int?
        }
        let answers: [Response]
        let received: [Received]
    }

    private let objects = [
        TestObject(), TestObject(number: 2), TestObject(series: 2), TestObject(study: 2),
        TestObject(patient: 2, study: 3),
    ]

    private func node() throws -> QueryNode {
        let node = try QueryNode()
        try node.store(objects)
        return node
    }

    /// The unique keys of a level, and what they name.
    static let levels: [(model: String, keys: [String: String], count: Int)] = {
        let object = TestObject()
        let study = object.studyUID.description
        let series = object.seriesUID.description
        let one = object.instanceUID.description
        return [
            ("patient", ["QueryRetrieveLevel": "PATIENT", "PatientID": "P1"], 4),
            ("patient", ["QueryRetrieveLevel": "STUDY", "PatientID": "P1", "StudyInstanceUID": study], 3),
            (
                "patient",
                [
                    "QueryRetrieveLevel": "SERIES", "PatientID": "P1", "StudyInstanceUID": study,
                    "SeriesInstanceUID": series,
                ], 2
            ),
            (
                "patient",
                [
                    "QueryRetrieveLevel": "IMAGE", "PatientID": "P1", "StudyInstanceUID": study,
                    "SeriesInstanceUID": series, "SOPInstanceUID": one,
                ], 1
            ),
            ("study", ["QueryRetrieveLevel": "STUDY", "StudyInstanceUID": study], 3),
            ("study", ["QueryRetrieveLevel": "STUDY", "StudyInstanceUID": "\(study)\\1.2.826.0.1.3680043.10.1.3"], 4),
            ("study", ["QueryRetrieveLevel": "SERIES", "StudyInstanceUID": study, "SeriesInstanceUID": series], 2),
            (
                "study",
                [
                    "QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": study, "SeriesInstanceUID": series,
                    "SOPInstanceUID": "\(one)\\\(series).2",
                ], 2
            ),
            (
                "study",
                [
                    "QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": study, "SeriesInstanceUID": series,
                    "SOPInstanceUID": "1.2.3.4",
                ], 0
            ),
        ]
    }()

    struct Request: Encodable {
        struct Options: Encodable {
            var syntaxes: [String]?
            var refuse: String?
            var cancel: Bool?
            var listen: UInt16?
            var destination: String?
        }
        var model = "study"
        var keys = ["QueryRetrieveLevel": "STUDY", "StudyInstanceUID": TestObject().studyUID.description]
        var options = Options()
    }

    private func ask(_ node: QueryNode, _ command: String, _ requests: [Request]) throws -> [Answer] {
        let addressed = requests.map { request in
            var request = request
            request.options.listen = node.viewerPort
            if request.options.destination == nil { request.options.destination = "VIEWER" }
            return request
        }
        let text = String(decoding: try JSONEncoder().encode(addressed), as: UTF8.self)
        return try node.judge(command, [text], [Answer].self)
    }

    /// Pending responses that count down, and one of success that does not say what remains.
    private func expectComplete(_ answers: [Answer.Response], _ count: Int) {
        for (index, answer) in answers.dropLast().enumerated() {
            #expect(
                answer
                    == Answer.Response(
                        status: 0xFF00, remaining: count - index, completed: index, failed: 0, warning: 0))
        }
        #expect(answers.last == Answer.Response(status: 0, completed: count, failed: 0, warning: 0))
        #expect(answers.count == count + 1)
    }

    @Test(arguments: ["get", "move"])
    func everyLevelOfBothModels(command: String) throws {
        let answers = try ask(try node(), command, Self.levels.map { Request(model: $0.model, keys: $0.keys) })
        #expect(answers.count == Self.levels.count)
        for (answer, level) in zip(answers, Self.levels) {
            expectComplete(answer.answers, level.count)
            #expect(Set(answer.received.map(\.uid)).count == level.count)
            let originator = command == "move" ? ("SCANNER", 11) : ("", nil)
            for received in answer.received {
                #expect(received.pixels == 128)
                #expect((received.originator, received.message) == originator)
            }
        }
    }

    @Test(arguments: ["get", "move"])
    func whatIsRejectedIsNotSent(command: String) throws {
        let node = try QueryNode(rejecting: [objects[0].instanceUID])
        try node.store(objects)
        let one = [
            "QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": objects[0].studyUID.description,
            "SeriesInstanceUID": objects[0].seriesUID.description,
            "SOPInstanceUID": objects[0].instanceUID.description,
        ]
        let answers = try ask(node, command, [Request(), Request(keys: one)])
        expectComplete(answers[0].answers, 2)
        #expect(!answers[0].received.map(\.uid).contains(objects[0].instanceUID.description))
        expectComplete(answers[1].answers, 0)
    }

    @Test func destinationsThatAreUnknownOrAway() throws {
        let requests = ["NOWHERE", "MUTE", "SCANNER"].map { title in
            var request = Request()
            request.options.destination = title
            return request
        }
        let answers = try ask(try node(), "move", requests)
        for answer in answers.prefix(2) {
            #expect(answer.answers.map(\.status) == [0xA801])
            #expect(answer.answers.first?.comment == "Move Destination is not configured here")
        }
        let away = try #require(answers.last?.answers.last)
        #expect((away.status, away.failed, away.list?.count) == (0xA702, 3, 3))
        #expect(away.comment?.contains("cannot be reached") == true)
    }

    @Test(arguments: ["get", "move"])
    func whatThePeerRefusesIsListed(command: String) throws {
        let refused = TestObject(number: 2).instanceUID.description
        var request = Request()
        request.options.refuse = refused
        let answer = try ask(try node(), command, [request])[0]
        let last = try #require(answer.answers.last)
        #expect((last.status, last.completed, last.failed) == (0xB000, 2, 1))
        #expect(last.list == [refused])
        #expect(answer.received.count == 2)
    }

    @Test(arguments: ["get", "move"])
    func retrievalsEndWhenTheyAreCancelled(command: String) throws {
        let node = try QueryNode()
        try node.store((1...60).map { TestObject(number: $0) })
        var request = Request()
        request.options.cancel = true
        let last = try #require(try ask(node, command, [request])[0].answers.last)
        let completed = try #require(last.completed)
        #expect(last.status == 0xFE00)
        #expect(completed < 60)
        #expect(completed + (last.remaining ?? 0) == 60)
    }

    /// As stored where the peer takes it, and decompressed where not.
    @Test(arguments: ["get", "move"], ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.90"])
    func compressedImages(command: String, compression: String) throws {
        let node = try QueryNode()
        let plain = node.folder + "/plain.dcm"
        let packed = node.folder + "/packed.dcm"
        var image = TestObject().dataSet
        for side in [Attribute.rows, .columns] { image.set(side, 64) }
        image.setBytes(.pixelData, (0..<8192).map { UInt8(truncatingIfNeeded: $0 / 64) })
        try image.write(to: plain)
        let compressed =
            compression.hasSuffix(".5")
            ? try Program("dcmcrle", [plain, packed]) : try Program.judge("compress_jpeg2000.py", [plain, packed])
        #expect(compressed.status == 0, "\(compressed.output)")
        #expect(StorageSCU.send([packed], to: node.peer).map(\.isStored) == [true])
        let syntaxes = [compression, UID.explicitVRLittleEndian.description]
        let requests = syntaxes.map { syntax in
            var request = Request()
            request.options.syntaxes = [syntax]
            return request
        }
        let answers = try ask(node, command, requests)
        #expect(answers.map { $0.answers.last?.status } == [0, 0])
        #expect(answers.map { $0.received.map(\.syntax) } == syntaxes.map { [$0] })
        #expect(answers[1].received.map(\.pixels) == [8192])
    }

    /// Byte for byte: what comes out is what went in.
    @Test func toGetscuAndMovescu() throws {
        let node = try node()
        let keys = ["-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.826.0.1.3680043.10.1.1"]
        let titles = ["-S", "-aet", "VIEWER", "-aec", "UPTAKE"]
        for (program, arguments) in [
            ("getscu", []), ("movescu", ["--port", String(node.viewerPort), "-aem", "VIEWER"]),
        ] {
            let folder = "\(node.folder)/\(program)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let done = try Program(
                program, titles + arguments + ["-od", folder, "127.0.0.1", node.port] + keys)
            #expect(done.status == 0, "\(done.output)")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.count == 3, "\(program): \(done.output)")
            for file in files {
                let data = try DICOMFile(path: "\(folder)/\(file)").dataSet
                let object = try #require(objects.first { $0.instanceUID == data.uid(.sopInstanceUID) })
                #expect(data == object.dataSet)
            }
        }
    }
}
