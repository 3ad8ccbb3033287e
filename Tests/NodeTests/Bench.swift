import Archive
import DICOM
import Foundation
import Logging
import Node

/// An archive in a folder of its own, and studies to put into it; gone with the value.
final class Bench: Sendable {
    let directory: String
    let archive: Archive
    let bell = Bell()
    static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private let isKept: Bool

    /// - Parameter directory: one that outlives the value; by default one of its own.
    init(at directory: String? = nil) throws {
        self.directory = directory ?? NSTemporaryDirectory() + "uptake-node-" + UUID().uuidString.prefix(8)
        isKept = directory != nil
        archive = try Archive.open(directory: self.directory)
    }

    deinit {
        try? archive.close()
        if !isKept { try? FileManager.default.removeItem(atPath: directory) }
    }

    /// A small object with pixels of its own.
    static func object(_ study: UID, _ number: Int, sopClass: UID = .positronEmissionTomographyImageStorage) -> DataSet
    {
        var set = DataSet()
        set.set(.sopClassUID, sopClass)
        set.set(.sopInstanceUID, UID.derived(from: ["bench", study.description, "\(number)", sopClass.description]))
        set.set(.studyInstanceUID, study)
        set.set(.seriesInstanceUID, UID.derived(from: ["bench series", study.description, sopClass.description]))
        set.set(.modality, sopClass == .positronEmissionTomographyImageStorage ? "PT" : "SR")
        set.set(.patientID, "BENCH-\(study.description.suffix(8))")
        set.set(.instanceNumber, number)
        set.setBytes(.pixelData, [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 64))
        return set
    }

    static func study(_ number: Int) -> UID { UID.derived(from: ["bench study", "\(number)"]) }

    /// Takes instances of a study in.
    func receive(_ study: UID, instances: Range<Int>, now: Date = Date()) throws {
        for number in instances {
            let path = archive.incomingPath()
            try Self.object(study, number).write(to: path)
            let incoming = IncomingInstance(
                path: path, header: try InstanceHeader(path: path), sourceAETitle: "SCANNER")
            _ = try archive.accept(incoming, now: now, quietPeriodSeconds: 0)
        }
    }

    /// Receives a study, closes it, and reads it to so many results, each to be delivered.
    func read(_ study: UID, results: Int, destinations: [String], now: Date = Date()) throws {
        try receive(study, instances: 1..<2, now: now)
        let close = try archive.claimNextJob(kinds: [.close], now: now)!
        _ = try archive.closeStudy(close, signal: "quiet", now: now)
        let reading = try archive.claimNextJob(kinds: [.read], now: now)!
        let made = try (0..<results).map { number in
            let object = Self.object(study, 100 + number, sopClass: .comprehensive3DSRStorage)
            let path = archive.incomingPath()
            try object.write(to: path)
            return IncomingResult(
                kind: "report", path: path, sopClassUID: .comprehensive3DSRStorage,
                sopInstanceUID: object.uid(.sopInstanceUID)!)
        }
        _ = try archive.commitReading(reading, results: made, destinations: destinations, now: now)
    }

    /// What lies in `incoming/`.
    func incoming() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory + "/incoming")
    }

    /// The deliveries, in the order of their rows.
    func deliveries() throws -> [Job] { try archive.jobs(kinds: [.deliver]).sorted { $0.id < $1.id } }
}
