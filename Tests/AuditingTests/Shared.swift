import Auditing
import Foundation

/// A folder of its own for each test, removed with the value.
final class Folder: Sendable {
    let path = NSTemporaryDirectory() + "uptake-auditing-" + UUID().uuidString

    init() { try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The lines of a file; none where there is no file.
    func lines(_ name: String) -> [String] {
        let bytes = FileManager.default.contents(atPath: file(name)) ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

let source = AuditSource(id: "UPTAKE", site: "Radiology", host: "node.example", processID: 4711)
let own = AuditedNode(aeTitle: "UPTAKE", address: "node.example")
let scanner = AuditedNode(aeTitle: "SCANNER", address: "192.0.2.10")
let moment = Date(timeIntervalSince1970: 1_790_000_000.25)
let study = AuditedStudy(
    studyInstanceUID: "2.25.1234", patientID: "P<1>&\"2\"", patientName: "Müller^Jörg\u{1}\n^\u{FFFF}",
    accessionNumber: "A-17", instances: ["1.2.840.10008.5.1.4.1.1.128": 395, "1.2.840.10008.5.1.4.1.1.2": 355])

/// Messages that are told apart by their text.
func alert(_ number: Int) -> AuditMessage {
    .securityAlert(
        AuditCode.nodeAuthentication, "number \(number)", subject: "STRANGER", address: "192.0.2.66", reporter: own,
        at: moment)
}
