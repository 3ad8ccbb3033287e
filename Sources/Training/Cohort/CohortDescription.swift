import Foundation
import Imaging

/// What is drawn into a cohort's folder, kept there as `cohort.json` from the beginning of the drawing, so that a folder does not
/// come to hold patients of two cohorts and nobody takes half of one for the whole.
struct CohortDescription: Codable, Equatable {
    /// The file's name.
    static let name = "cohort.json"
    /// Patients of each tracer.
    var count: Int
    /// Seed of the first one.
    var seed: UInt64
    /// The tracers, in turn.
    var tracers: [Tracer]
    /// How all patients differ from the usual.
    var shift: Cohort.Shift?

    /// How many patients there will be.
    var memberCount: Int { count * tracers.count }

    /// In words.
    var text: String {
        "\(memberCount) patients, \(tracers.map(\.rawValue).joined(separator: " and ")), from seed \(seed) on"
            + (shift.map { ", \($0.rawValue)" } ?? "")
    }

    /// Gathers a description.
    init(count: Int, seed: UInt64, tracers: [Tracer], shift: Cohort.Shift?) {
        (self.count, self.seed, self.tracers, self.shift) = (count, seed, tracers, shift)
    }

    /// Reads that of a folder; nil where it has none.
    /// - Throws: `CohortError.unreadable`.
    init?(folder: String) throws(CohortError) {
        let path = folder + "/" + Self.name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .unreadable(path: path, reason: "it does not describe a cohort")
        }
    }

    /// Writes it to a folder; a cohort may have become larger there.
    /// - Throws: `CohortError.another` where another cohort lies there; `CohortError.unwritable`.
    func write(to folder: String) throws(CohortError) {
        var description = self
        if var held = try Self(folder: folder) {
            description.count = max(count, held.count)
            held.count = description.count
            guard held == description else { throw .another(path: folder, held: held.text) }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try encoder.encode(description).write(to: URL(fileURLWithPath: folder + "/" + Self.name), options: .atomic)
        } catch {
            throw .unwritable(path: folder, reason: error.localizedDescription)
        }
    }
}
