import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import Testing

/// Orthanc as the peer that queries, retrieves and asks for storage commitment.
@Suite struct OrthancTests {
    /// An Orthanc with a folder of its own, ended with the value.
    private final class Orthanc {
        let http = freePort()
        private let program: RunningProgram

        init(_ node: QueryNode) throws {
            let folder = node.folder + "/orthanc"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let configuration = """
                {"Name": "test", "StorageDirectory": "\(folder)", "IndexDirectory": "\(folder)", "HttpPort": \(http),
                 "DicomAet": "VIEWER", "DicomPort": \(node.viewerPort), "RemoteAccessAllowed": false,
                 "AuthenticationEnabled": false, "DicomAlwaysAllowStore": true, "Plugins": [],
                 "DicomModalities": {"uptake": {"AET": "UPTAKE", "Host": "127.0.0.1", "Port": \(node.port),
                    "AllowStorageCommitment": true}}}
                """
            try configuration.write(toFile: folder + "/orthanc.json", atomically: true, encoding: .utf8)
            program = try RunningProgram("Orthanc", [folder + "/orthanc.json"], keeping: .none)
            for _ in 0..<200 where (try? get("/system")) == nil { usleep(100_000) }
        }

        deinit { program.end() }

        func get(_ path: String) throws -> Any { try curl([path]) }
        func post(_ path: String, _ body: String) throws -> Any { try curl([path, "-X", "POST", "-d", body]) }

        private func curl(_ arguments: [String]) throws -> Any {
            let answer = try Program(
                "curl",
                ["-s", "-f", "-m", "30", "http://127.0.0.1:\(http)\(arguments[0])"] + arguments.dropFirst())
            return try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
        }
    }

    @Test func queriesAndRetrieves() throws {
        let node = try QueryNode()
        try node.store([TestObject(), TestObject(number: 2), TestObject(patient: 2, study: 2)])
        let orthanc = try Orthanc(node)
        let query = try #require(
            try orthanc.post(
                "/modalities/uptake/query",
                #"{"Level": "Study", "Query": {"PatientID": "P1", "PatientName": "", "NumberOfStudyRelatedInstances": ""}}"#
            )
                as? [String: Any])
        let path = try #require(query["Path"] as? String)
        #expect((try orthanc.get(path + "/answers") as? [Any])?.count == 1)
        let answer = try #require(try orthanc.get(path + "/answers/0/content?simplify") as? [String: Any])
        #expect(answer["NumberOfStudyRelatedInstances"] as? String == "2")
        #expect(answer["StudyInstanceUID"] as? String == TestObject().studyUID.description)
        _ = try orthanc.post(path + "/retrieve", #"{"TargetAet": "VIEWER", "Synchronous": true}"#)
        #expect((try orthanc.get("/instances") as? [Any])?.count == 2)
    }

    @Test func asksForStorageCommitment() throws {
        let node = try QueryNode()
        let object = TestObject()
        try node.store([object])
        let orthanc = try Orthanc(node)
        let instances = [object.instanceUID.description, "1.2.3.4"].map {
            #"{"SOPClassUID": "\#(object.sopClass)", "SOPInstanceUID": "\#($0)"}"#
        }
        let asked = try #require(
            try orthanc.post(
                "/modalities/uptake/storage-commitment",
                #"{"DicomInstances": [\#(instances.joined(separator: ","))]}"#) as? [String: Any])
        let path = try #require(asked["Path"] as? String)
        var report: [String: Any] = [:]
        for _ in 0..<200 {
            report = try #require(try orthanc.get(path) as? [String: Any])
            if report["Status"] as? String != "Pending" { break }
            usleep(100_000)
        }
        #expect(report["Status"] as? String == "Failure")
        let good = report["Success"] as? [[String: Any]]
        #expect(good?.map { $0["SOPInstanceUID"] as? String } == [object.instanceUID.description])
        let bad = report["Failures"] as? [[String: Any]]
        #expect(bad?.map { $0["SOPInstanceUID"] as? String } == ["1.2.3.4"])
        #expect(bad?.map { $0["FailureReason"] as? Int } == [0x0112])
    }
}
