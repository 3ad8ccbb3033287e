import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import Testing

/// C-FIND, asked by pynetdicom and findscu.
@Suite struct FindTests {
    /// Names as PS3.5 annexes H, I and K spell them out, and of our own.
    private static let names: [(set: String, bytes: [UInt8])] = [
        ("ISO_IR 100", Array("M".utf8) + [0xFC] + Array("ller^J".utf8) + [0xF6] + Array("rg".utf8)),
        ("ISO_IR 144", [0xBB, 0xEE, 0xDA, 0x63, 0x65, 0xDC, 0xD1, 0xEB, 0x70, 0xD3]),
        (
            "\\ISO 2022 IR 87",
            Array(
                "Yamada^Tarou=\u{1B}$B;3ED\u{1B}(B^\u{1B}$BB@O:\u{1B}(B=\u{1B}$B$d$^$@\u{1B}(B^\u{1B}$B$?$m$&\u{1B}(B"
                    .utf8)
        ),
        (
            "\\ISO 2022 IR 149",
            Array("Hong^Gildong=\u{1B}$)C".utf8) + [0xFB, 0xF3] + Array("^\u{1B}$)C".utf8) + [0xD1, 0xCE, 0xD4, 0xD7]
                + Array("=\u{1B}$)C".utf8) + [0xC8, 0xAB] + Array("^\u{1B}$)C".utf8) + [0xB1, 0xE6, 0xB5, 0xBF]
        ),
        (
            "\\ISO 2022 IR 58",
            Array("Zhang^XiaoDong=\u{1B}$)A".utf8) + [0xD5, 0xC5] + Array("^\u{1B}$)A".utf8)
                + [0xD0, 0xA1, 0xB6, 0xAB] + Array("=".utf8)
        ),
        ("ISO_IR 192", Array("Wang^XiaoDong=王^小东".utf8)),
        (
            "ISO 2022 IR 13\\ISO 2022 IR 87",
            [0xD4, 0xCF, 0xC0, 0xDE, 0x5E, 0xC0, 0xDB, 0xB3]
                + Array(
                    "=\u{1B}$B;3ED\u{1B}(J^\u{1B}$BB@O:\u{1B}(J=\u{1B}$B$d$^$@\u{1B}(J^\u{1B}$B$?$m$&\u{1B}(J".utf8)
        ),
    ]

    private func nodeWithNames() throws -> QueryNode {
        let node = try QueryNode()
        try node.store(
            Self.names.enumerated().map { index, name in
                TestObject(patient: index + 1, name: name.bytes, characterSet: name.set, study: index + 1)
            })
        return node
    }

    @Test func namesMatchWhateverSetTheyAreWrittenIn() throws {
        let node = try nodeWithNames()
        let cases: [(set: String?, name: String, patients: [String])] = [
            ("ISO_IR 100", "Müller^Jörg", ["P1"]), ("ISO_IR 192", "MÜLLER^J*", ["P1"]),
            ("ISO_IR 192", "M?ller*", ["P1"]), ("ISO_IR 100", "Muller*", []),
            ("ISO_IR 144", "Люкceмбыpг", ["P2"]), ("ISO_IR 192", "люк*", ["P2"]),
            ("\\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう", ["P3"]), ("ISO_IR 192", "山田^太郎", ["P3", "P7"]),
            ("ISO_IR 192", "=山田*", ["P3", "P7"]), ("ISO_IR 192", "==やまだ*", ["P3", "P7"]),
            (nil, "yamada^tarou^", ["P3"]),
            ("ISO_IR 192", "Yamada*=山本*", []),
            ("\\ISO 2022 IR 149", "Hong^Gildong=洪^吉洞=홍^길동", ["P4"]), ("ISO_IR 192", "홍^길동", ["P4"]),
            ("ISO_IR 192", "张^小东", ["P5"]), ("GB18030", "张*", ["P5"]),
            ("ISO_IR 192", "ﾔﾏﾀﾞ^ﾀﾛｳ", ["P7"]), ("ISO_IR 192", "ﾔﾏﾀﾞ*=山田*", ["P7"]),
            ("ISO_IR 192", "王^小东", ["P6"]), (nil, "*XiaoDong", ["P5", "P6"]),
            (nil, "*", ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]),
            (nil, "", ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]),
        ]
        let answers = try node.find(cases.map { .study(["PatientName": $0.name], set: $0.set) })
        for (answer, asked) in zip(answers, cases) {
            #expect(answer.patients == asked.patients, "\(asked)")
            #expect(answer.statuses.last == 0)
        }
    }

    @Test func responsesCarryTheirCharacterSet() throws {
        let node = try nodeWithNames()
        let answers = try node.find([
            .study(["PatientID": "P1", "PatientName": ""], set: "ISO_IR 100"),
            .study(["PatientID": "P1", "PatientName": ""], set: "ISO_IR 192"),
            .study(["PatientID": "P3", "PatientName": ""], set: "ISO_IR 100"),
            .study(["PatientID": "P3"]),
        ])
        #expect(
            answers.map { $0.matches[0]["SpecificCharacterSet"] } == ["ISO_IR 100", "ISO_IR 192", "ISO_IR 192", nil])
        #expect(answers[0].matches[0]["PatientName"] == "Müller^Jörg")
        #expect(answers[1].matches[0]["PatientName"] == "Müller^Jörg")
        #expect(answers[2].matches[0]["PatientName"] == "Yamada^Tarou=山田^太郎=やまだ^たろう")
    }

    private func nodeWithStudies() throws -> QueryNode {
        let node = try QueryNode()
        try node.store([
            TestObject(), TestObject(number: 2),
            TestObject(
                series: 2, modality: "PT", sopClass: .positronEmissionTomographyImageStorage),
            TestObject(study: 2, date: "20240215", time: "09"),
            TestObject(patient: 2, study: 3, modality: "PT", date: "20231231", time: "235959"),
        ])
        return node
    }

    @Test func studiesMatch() throws {
        let node = try nodeWithStudies()
        let cases: [(keys: [String: String], studies: [Int])] = [
            (["StudyDate": "20240102"], [1]), (["StudyDate": "20240101-20240131"], [1]),
            (["StudyDate": "20240102-"], [1, 2]),
            (["StudyDate": "-20240102"], [1, 3]), (["StudyDate": "2024.01.02"], [1]), (["StudyTime": "1430"], [1]),
            (["StudyTime": "143015"], [1]), (["StudyTime": "143015.26"], []), (["StudyTime": "0900-1430"], [1, 2]),
            (["StudyTime": "090000-142959"], [2]), (["StudyTime": "1431-"], [3]), (["StudyTime": "-09"], [2]),
            (["ModalitiesInStudy": "PT"], [1, 3]), (["ModalitiesInStudy": "pt\\MR"], [1, 3]),
            (["ModalitiesInStudy": "C*"], [1, 2]), (["AccessionNumber": "ACC2"], [2]),
            (["AccessionNumber": "acc2"], []),
            (["AccessionNumber": "ACC?"], [1, 2, 3]), (["StudyDescription": "Study [3]"], [3]),
            (["StudyDescription": "*[[3]]"], []), (["StudyDescription": "*[2]"], [2]),
            (["StudyID": "S1\\S3"], [1, 3]), (["PatientBirthDate": "19500102"], [3]),
            (["StudyInstanceUID": "1.2.826.0.1.3680043.10.1.1\\1.2.826.0.1.3680043.10.1.3\\1.2.3"], [1, 3]),
        ]
        let answers = try node.find(
            cases.map { one in
                FindQuery(
                    keys: one.keys.merging(["QueryRetrieveLevel": "STUDY", "StudyID": one.keys["StudyID"] ?? ""]) { $1 }
                )
            })
        for (answer, asked) in zip(answers, cases) {
            let found = answer.matches.compactMap { $0["StudyID"] }.sorted()
            #expect(found == asked.studies.map { "S\($0)" }, "\(asked.keys)")
            #expect(answer.statuses.last == 0)
        }
    }

    @Test func everyLevelOfBothModels() throws {
        let node = try nodeWithStudies()
        let study = TestObject().studyUID.description
        let series = TestObject().seriesUID.description
        let answers = try node.find([
            FindQuery(
                model: "patient",
                keys: [
                    "QueryRetrieveLevel": "PATIENT", "PatientID": "P1", "PatientName": "", "PatientSex": "",
                    "NumberOfPatientRelatedStudies": "", "NumberOfPatientRelatedSeries": "",
                    "NumberOfPatientRelatedInstances": "",
                ]),
            FindQuery(
                model: "patient",
                keys: [
                    "QueryRetrieveLevel": "STUDY", "PatientID": "P1", "StudyInstanceUID": study,
                    "ModalitiesInStudy": "", "SOPClassesInStudy": "", "NumberOfStudyRelatedSeries": "",
                    "NumberOfStudyRelatedInstances": "",
                ]),
            FindQuery(
                keys: [
                    "QueryRetrieveLevel": "SERIES", "StudyInstanceUID": study, "SeriesInstanceUID": "",
                    "SeriesNumber": "1", "Modality": "", "NumberOfSeriesRelatedInstances": "", "PatientID": "",
                    "InstanceAvailability": "",
                ]),
            FindQuery(
                keys: [
                    "QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": study, "SeriesInstanceUID": series,
                    "SOPInstanceUID": "", "InstanceNumber": "02", "ImageType": "PRIMARY", "Rows": "",
                ]),
            FindQuery(
                model: "patient",
                keys: [
                    "QueryRetrieveLevel": "SERIES", "PatientID": "P1", "StudyInstanceUID": study, "Modality": "PT",
                    "SeriesInstanceUID": "",
                ]),
            FindQuery(
                model: "patient",
                keys: [
                    "QueryRetrieveLevel": "IMAGE", "PatientID": "P1", "StudyInstanceUID": study,
                    "SeriesInstanceUID": series, "SOPInstanceUID": series + ".1", "Columns": "",
                ]),
        ])
        #expect(answers.map(\.statuses) == Array(repeating: [0xFF00, 0], count: 6))
        let common = ["RetrieveAETitle": "UPTAKE"]
        func expect(_ index: Int, _ values: [String: String]) {
            #expect(answers[index].matches == [values.merging(common) { $1 }])
        }
        expect(
            0,
            [
                "QueryRetrieveLevel": "PATIENT", "PatientID": "P1", "PatientName": "Doe^Jane", "PatientSex": "",
                "NumberOfPatientRelatedStudies": "2", "NumberOfPatientRelatedSeries": "3",
                "NumberOfPatientRelatedInstances": "4",
            ])
        expect(
            1,
            [
                "QueryRetrieveLevel": "STUDY", "PatientID": "P1", "StudyInstanceUID": study,
                "ModalitiesInStudy": "CT\\PT",
                "SOPClassesInStudy": "1.2.840.10008.5.1.4.1.1.128\\1.2.840.10008.5.1.4.1.1.2",
                "NumberOfStudyRelatedSeries": "2", "NumberOfStudyRelatedInstances": "3",
            ])
        expect(
            2,
            [
                "QueryRetrieveLevel": "SERIES", "StudyInstanceUID": study, "SeriesInstanceUID": series,
                "SeriesNumber": "1", "Modality": "CT", "NumberOfSeriesRelatedInstances": "2", "PatientID": "P1",
                "InstanceAvailability": "ONLINE",
            ])
        expect(
            3,
            [
                "QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": study, "SeriesInstanceUID": series,
                "SOPInstanceUID": series + ".2", "InstanceNumber": "2", "ImageType": "ORIGINAL\\PRIMARY\\AXIAL",
                "Rows": "8",
            ])
        expect(
            4,
            [
                "QueryRetrieveLevel": "SERIES", "PatientID": "P1", "StudyInstanceUID": study, "Modality": "PT",
                "SeriesInstanceUID": TestObject(series: 2).seriesUID.description,
            ])
        expect(
            5,
            [
                "QueryRetrieveLevel": "IMAGE", "PatientID": "P1", "StudyInstanceUID": study,
                "SeriesInstanceUID": series, "SOPInstanceUID": series + ".1", "Columns": "8",
            ])
    }

    /// The note came before what it rejects.
    @Test func whatIsRejectedIsNotShown() throws {
        let (first, second, other) = (TestObject(), TestObject(number: 2), TestObject(study: 2))
        let node = try QueryNode(rejecting: [first.instanceUID, other.instanceUID])
        try node.store([first, second, other])
        // Taken a second time like anything else.
        try node.store([first])
        let study = first.studyUID.description
        let studies = try node.find([
            "QueryRetrieveLevel": "STUDY", "StudyInstanceUID": "", "NumberOfStudyRelatedInstances": "",
        ])
        #expect(studies.matches.map { $0["StudyInstanceUID"] } == [study])
        #expect(studies.matches.map { $0["NumberOfStudyRelatedInstances"] } == ["1"])
        let images = try node.find([
            "QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": study,
            "SeriesInstanceUID": first.seriesUID.description, "SOPInstanceUID": "",
        ])
        #expect(images.matches.map { $0["SOPInstanceUID"] } == [second.instanceUID.description])
    }

    @Test func whatTheIndexDoesNotHoldIsSaidToBeSo() throws {
        let node = try nodeWithStudies()
        let answer = try node.find(["QueryRetrieveLevel": "STUDY", "StudyID": "S1", "PatientComments": "x"])
        #expect(answer.statuses == [0xFF01, 0])
        #expect(answer.matches[0]["PatientComments"] == "")
    }

    @Test func unusableIdentifiersAreRefused() throws {
        let cases: [(model: String, keys: [String: String], comment: String, status: Int)] = [
            ("study", ["QueryRetrieveLevel": "PATIENT"], "QueryRetrieveLevel is none of STUDY, SERIES, IMAGE", 0xA900),
            ("study", ["PatientID": "P1"], "QueryRetrieveLevel is none of STUDY, SERIES, IMAGE", 0xA900),
            ("patient", ["QueryRetrieveLevel": "STUDY"], "one PatientID is required at level STUDY", 0xA900),
            (
                "study", ["QueryRetrieveLevel": "SERIES", "StudyInstanceUID": "1.2\\1.3"],
                "one StudyInstanceUID is required at level SERIES", 0xA900
            ),
            (
                "study", ["QueryRetrieveLevel": "STUDY", "StudyInstanceUID": "1.2.*"], "StudyInstanceUID is not a UID",
                0xC001
            ),
            (
                "study", ["QueryRetrieveLevel": "STUDY", "StudyTime": "14-15-16"],
                "StudyTime is neither a TM nor a range of them", 0xC001
            ),
            (
                "study", ["QueryRetrieveLevel": "STUDY", "StudyDate": "2024*"],
                "StudyDate is neither a DA nor a range of them", 0xC001
            ),
        ]
        let answers = try QueryNode().find(cases.map { FindQuery(model: $0.model, keys: $0.keys) })
        for (answer, asked) in zip(answers, cases) {
            #expect(answer.statuses == [asked.status])
            #expect(answer.comment == asked.comment)
        }
    }

    @Test func aQueryEndsWhenItIsCancelled() throws {
        struct Answer: Decodable {
            let statuses: [Int]
            let again: [Int]
        }
        var configuration = Listener.Configuration()
        configuration.address = "127.0.0.1"
        configuration.port = 0
        let service = EndlessQuery()
        var services = Listener.Services()
        services.query = service
        let listener = try Listener(configuration, service: service, services: services)
        let answer = try Program.judge(
            "cancel", port: String(listener.port),
            ["study", #"{"QueryRetrieveLevel": "STUDY", "StudyInstanceUID": ""}"#],
            Answer.self)
        #expect(answer.statuses.dropLast().allSatisfy { $0 == 0xFF00 })
        #expect(answer.statuses.last == 0xFE00)
        #expect(answer.again == [0])
    }

    @Test func matchesAreLimited() throws {
        let node = try QueryNode { $0.local.maximumQueryMatches = 3 }
        try node.store((1...4).map { TestObject(study: $0) })
        let answer = try node.find(["QueryRetrieveLevel": "STUDY", "StudyInstanceUID": ""])
        #expect(answer.statuses == [0xFF00, 0xFF00, 0xFF00, 0xA700])
        #expect(answer.comment == "more than 3 matches: narrow the query")
        let exact = try node.find(["QueryRetrieveLevel": "STUDY", "StudyInstanceUID": "", "StudyID": "S1\\S2\\S4"])
        #expect(exact.statuses == [0xFF00, 0xFF00, 0xFF00, 0])
    }

    @Test func fromFindscu() throws {
        let node = try nodeWithNames()
        let sent = try Program(
            "findscu",
            [
                "-S", "-aet", "SCANNER", "-aec", "UPTAKE", "127.0.0.1", node.port, "-X", "-od", node.folder,
                "-k", "QueryRetrieveLevel=STUDY", "-k", "0008,0005=ISO_IR 192", "-k", "PatientName=Yamada*=山田*",
                "-k", "StudyInstanceUID", "-k", "NumberOfStudyRelatedInstances",
            ])
        #expect(sent.status == 0, "\(sent.output)")
        let match = try DICOMFile(path: node.folder + "/rsp0001.dcm").dataSet
        #expect(match.string(.patientName) == "Yamada^Tarou=山田^太郎=やまだ^たろう")
        #expect(match.integer(.numberOfStudyRelatedInstances) == 1)
        #expect(!FileManager.default.fileExists(atPath: node.folder + "/rsp0002.dcm"))
    }

    /// Modalities ask for sequences with keys inside. None is held here: it comes back empty, narrows nothing, and is said
    /// to be unsupported (PS3.4 section C.2.2.2.6).
    @Test func aSequenceNarrowsNothing() throws {
        let node = try nodeWithStudies()
        let sent = try Program(
            "findscu",
            [
                "-S", "-aet", "SCANNER", "-aec", "UPTAKE", "127.0.0.1", node.port, "-v", "-X", "-od", node.folder,
                "-k", "QueryRetrieveLevel=SERIES", "-k", "StudyInstanceUID=\(TestObject().studyUID)",
                "-k", "SeriesInstanceUID", "-k", "RequestAttributesSequence[0].ScheduledProcedureStepID=X",
            ])
        #expect(sent.status == 0, "\(sent.output)")
        #expect(sent.output.contains("WarningUnsupportedOptionalKeys"), "\(sent.output)")
        let match = try DICOMFile(path: node.folder + "/rsp0001.dcm").dataSet
        #expect(match.uid(.seriesInstanceUID) == TestObject().seriesUID)
        #expect(
            match.items(.requestAttributesSequence).isEmpty && match[Attribute.requestAttributesSequence.tag] != nil)
    }

    @Test func strangersMayNotAsk() throws {
        let node = try QueryNode()
        let sent = try Program(
            "findscu",
            ["-S", "-aet", "STRANGER", "-aec", "UPTAKE", "127.0.0.1", node.port, "-k", "QueryRetrieveLevel=STUDY"])
        #expect(sent.status != 0)
        #expect(sent.output.contains("Calling AE Title Not Recognized"), "\(sent.output)")
    }
}

/// Finds one match after another for as long as it is let; nothing at all for a study that is named.
private struct EndlessQuery: StorageService, QueryService {
    func find(
        _ request: FindRequest, from association: AssociationRequest, respond: (QueryMatch) -> Bool
    ) -> DIMSEAnswer {
        guard !request.identifier.hasValue(.studyInstanceUID) else { return DIMSEAnswer(.success) }
        var identifier = DataSet()
        identifier.set(.studyInstanceUID, "1.2.3")
        while respond(QueryMatch(identifier: identifier, supportsAllKeys: true)) {}
        return DIMSEAnswer(.success)
    }

    func decide(_ request: AssociationRequest) -> AssociationDecision { .accept }
    func dismissed(peerAddress: String, _ reason: Dismissal) {}
    func associationOpened(_ association: AssociationRequest) {}
    func associationClosed(_ association: AssociationRequest, _ ending: AssociationEnding) {}
    func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination {
        .refuse(.processingFailure, comment: "nothing is stored here")
    }
    func store(_ instance: ReceivedInstance, from association: AssociationRequest) -> StoreAnswer {
        StoreAnswer(.processingFailure)
    }
    func writingFailed(
        _ request: StoreRequest, from association: AssociationRequest, errno: Int32, answer: StoreAnswer
    ) {}
}

/// Identifiers made to hurt.
@Suite struct HostileIdentifierTests {
    private let implicit = UID.implicitVRLittleEndian

    /// Sequences of undefined length within each other, as deep as asked.
    private func nested(_ depth: Int) -> [UInt8] {
        let opening: [UInt8] = [0x40, 0, 0x75, 0x02, 255, 255, 255, 255, 0xFE, 0xFF, 0, 0xE0, 255, 255, 255, 255]
        let closing: [UInt8] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
        return Array(repeatElement(opening, count: depth).joined())
            + Array(repeatElement(closing, count: depth).joined())
    }

    @Test func whatIsNestedTooDeepNeverReachesTheParser() throws {
        #expect(try DataSet(bytes: nested(8), transferSyntax: implicit).elements.count == 1)
        for depth in [9, 100_000] {
            #expect(throws: DataSetBytesError.structure(.nestedTooDeep(limit: 8))) {
                try DataSet(bytes: nested(depth), transferSyntax: implicit)
            }
        }
    }

    @Test func lengthsThatLieAreCaught() {
        let truncated: [UInt8] = [0x10, 0, 0x20, 0, 0xFF, 0xFF, 0xFF, 0x7F, 65, 66]
        #expect(throws: DataSetBytesError.structure(.truncated(offset: 0))) {
            try DataSet(bytes: truncated, transferSyntax: implicit)
        }
        #expect(throws: DataSetBytesError.self) {
            try DataSet(bytes: [1, 2, 3], transferSyntax: .explicitVRLittleEndian)
        }
        #expect(throws: DataSetBytesError.self) {
            try DataSet(bytes: [], transferSyntax: .deflatedExplicitVRLittleEndian)
        }
    }

    /// Over the wire: refused with words, and the node lives on.
    @Test func theyAreRefusedAndTheNodeLives() throws {
        let node = try QueryNode()
        struct Answer: Decodable { let statuses: [Int] }
        let answers = try node.judge("hostile", [], [Answer].self)
        #expect(answers.map(\.statuses) == [[0xC001], [0xA700], [0]])
    }
}
