import Archive
import DICOM
import DICOMNetwork
import Foundation
import Glibc
import Logging
import Node
import OtherPrograms
import Testing

/// A node on a free loopback port with a state directory of its own, stopped and removed with the value.
final class QueryNode: Sendable {
    let folder: String
    let node: Node
    let viewerPort = freePort()
    let scannerPort = freePort()

    init(change: (inout NodeConfiguration) -> Void = { _ in }) throws {
        // In memory where there is such a place: it is the protocol that is tested here, and not the disk.
        let memory = "/dev/shm/"
        let scratch = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        folder = scratch + "uptake-query-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var configuration = NodeConfiguration()
        configuration.local.address = "127.0.0.1"
        configuration.local.port = 0
        configuration.local.stateDirectory = folder + "/state"
        configuration.local.reserveMiB = 0
        var scanner = NodeConfiguration.KnownPeer(aeTitle: AETitle("SCANNER")!)
        (scanner.host, scanner.port) = ("127.0.0.1", scannerPort)
        var viewer = NodeConfiguration.KnownPeer(aeTitle: AETitle("VIEWER")!)
        (viewer.host, viewer.port) = ("127.0.0.1", viewerPort)
        configuration.peers = [scanner, viewer, .init(aeTitle: AETitle("MUTE")!)]
        configuration.completion.quietPeriodSeconds = 3600
        change(&configuration)
        node = try Node(
            configuration, executable: Place.built("uptake"),
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// A node to which a note came before the instances that it rejects.
    convenience init(rejecting instances: [UID]) throws {
        try self.init { configuration in
            let note = RejectionNote(sopInstanceUID: UID("1.2.3.4")!, title: .quality, instances: instances)
            let archive = try? Archive.open(directory: configuration.local.stateDirectory)
            _ = try? archive?.reject(note, now: Date())
            try? archive?.close()
        }
    }

    deinit {
        node.stop(graceSeconds: 0)
        try? FileManager.default.removeItem(atPath: folder)
    }

    var port: String { String(node.port) }

    var peer: Peer {
        Peer(
            host: "127.0.0.1", port: node.port, calledAETitle: AETitle("UPTAKE")!, callingAETitle: AETitle("SCANNER")!)
    }

    /// Looks several times a second until something is so.
    func wait(for what: String, seconds: Double = 90, until isSo: () throws -> Bool) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while try !isSo() {
            try #require(.now < end, "\(what) did not come in \(seconds) s")
            usleep(50_000)
        }
    }

    /// Sends objects in by C-STORE.
    func store(_ objects: [TestObject]) throws {
        let paths = try objects.enumerated().map { index, object in
            let path = "\(folder)/\(index)-\(UUID().uuidString).dcm"
            try object.dataSet.write(to: path, transferSyntax: object.transferSyntax)
            return path
        }
        let outcomes = StorageSCU.send(paths, to: peer)
        let isComplete = outcomes.allSatisfy { $0.isStored }
        try #require(isComplete, "\(outcomes)")
    }

    // MARK: - Other programs

    func judge<Answer: Decodable>(_ command: String, _ arguments: [String], _ type: Answer.Type) throws -> Answer {
        try Program.judge(command, port: port, arguments, type)
    }

    /// Asks queries of one association.
    func find(_ queries: [FindQuery]) throws -> [FindAnswer] {
        let text = String(decoding: try JSONEncoder().encode(queries), as: UTF8.self)
        return try judge("find", [text], [FindAnswer].self)
    }

    func find(_ keys: [String: String], model: String = "study", set: String? = nil) throws -> FindAnswer {
        try find([FindQuery(model: model, set: set, keys: keys)])[0]
    }
}

extension Program {
    /// What `query_retrieve.py` prints.
    static func judge<Answer: Decodable>(
        _ command: String, port: String, _ arguments: [String], _ type: Answer.Type
    ) throws -> Answer {
        let program = try judge("query_retrieve.py", [command, port] + arguments, seconds: 60)
        try #require(program.status == 0, "\(program.output)")
        let line = program.output.split(separator: "\n").last.map(String.init) ?? ""
        return try JSONDecoder().decode(type, from: Data(line.utf8))
    }
}

struct FindQuery: Encodable {
    var model = "study"
    var set: String?
    var keys: [String: String]

    /// A query at STUDY level that returns the Patient ID.
    static func study(_ keys: [String: String], set: String? = nil) -> FindQuery {
        FindQuery(set: set, keys: keys.merging(["QueryRetrieveLevel": "STUDY", "PatientID": ""]) { given, _ in given })
    }
}

struct FindAnswer: Decodable {
    let statuses: [Int]
    let matches: [[String: String]]
    let comment: String

    /// The Patient IDs found, ascending.
    var patients: [String] { matches.compactMap { $0["PatientID"] }.sorted() }
}

/// One instance of a study.
struct TestObject {
    var patient = 1
    var issuer: String?
    var name: [UInt8] = Array("Doe^Jane".utf8)
    var characterSet: String?
    var study = 1
    var series = 1
    var number = 1
    var modality = "CT"
    var date = "20240102"
    var time = "143015.25"
    var sopClass = UID.ctImageStorage
    var seriesDescription: String?
    var manufacturer: String?
    var transferSyntax = UID.explicitVRLittleEndian

    var studyUID: UID { UID(constant: "1.2.826.0.1.3680043.10.1").appending(study) }
    var seriesUID: UID { studyUID.appending(series) }
    var instanceUID: UID { seriesUID.appending(number) }

    var dataSet: DataSet {
        var data = DataSet()
        if let characterSet { data.set(.specificCharacterSet, characterSet) }
        data.set(.imageType, "ORIGINAL", "PRIMARY", "AXIAL")
        data.set(.sopClassUID, sopClass)
        data.set(.sopInstanceUID, instanceUID)
        data.set(.studyDate, date)
        data.set(.studyTime, time)
        data.set(.accessionNumber, "ACC\(study)")
        data.set(.modality, modality)
        data.set(.studyDescription, "Study [\(study)]")
        data.setBytes(.patientName, name)
        data.set(.patientID, "P\(patient)")
        if let issuer { data.set(.issuerOfPatientID, issuer) }
        data.set(.patientBirthDate, "1950010\(patient)")
        data.set(.studyInstanceUID, studyUID)
        data.set(.seriesInstanceUID, seriesUID)
        data.set(.studyID, "S\(study)")
        data.set(.seriesNumber, series)
        if let seriesDescription { data.set(.seriesDescription, seriesDescription) }
        if let manufacturer { data.set(.manufacturer, manufacturer) }
        data.set(.instanceNumber, number)
        data.set(.samplesPerPixel, 1)
        data.set(.photometricInterpretation, "MONOCHROME2")
        data.set(.rows, 8)
        data.set(.columns, 8)
        data.set(.bitsAllocated, 16)
        data.set(.bitsStored, 16)
        data.set(.highBit, 15)
        data.set(.pixelRepresentation, 0)
        data.setBytes(.pixelData, (0..<128).map { UInt8(truncatingIfNeeded: $0 &* number) })
        return data
    }
}

extension UID {
    fileprivate func appending(_ number: Int) -> UID { UID("\(self).\(number)")! }
}

/// A loopback port that was free a moment ago, for programs that cannot choose one themselves.
func freePort() -> UInt16 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            precondition(bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0)
        }
    }
    return UInt16(bigEndian: address.sin_port)
}
