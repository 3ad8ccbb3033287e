import DICOM
import Foundation

/// What can go wrong with a phantom.
public enum PhantomError: Error, Equatable, CustomStringConvertible {
    /// A folder or file that cannot be made.
    case unwritable(path: String, reason: String)
    /// A folder that holds files of another study.
    case used(path: String, file: String)
    /// A tracer's name that Uptake does not know.
    case unknownTracer(String, known: [String])

    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason); choose a folder that you may write to, with space left"
        case .used(let path, let file):
            "\(path) holds \(file), which is not of this study; choose an empty folder"
        case .unknownTracer(let name, let known):
            "'\(name)' is no tracer known here; use one of \(known.joined(separator: ", "))"
        }
    }
}

extension PhantomStudy {
    /// Writes `PET/` and `CT/` with a file for each slice, and `truth.json`.
    /// - Parameters:
    ///   - directory: made where it does not exist; files of the same names are replaced.
    ///   - progress: called after every file with the number written and the number in all.
    /// - Throws: `PhantomError` for folders and `truth.json`, and where a folder holds slices that would come to lie among
    ///   these; `DICOMError` for slices.
    public func write(to directory: String, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws {
        let petSlices = pet.geometry.slices
        let ctSlices = patient.includesCT ? ct.geometry.slices : 0
        func names(_ prefix: String, _ count: Int) -> [String] {
            (0..<count).map { String(format: "/\(prefix)%04d.dcm", $0 + 1) }
        }
        let (petNames, ctNames) = (names("PT", petSlices), names("CT", ctSlices))
        for (folder, own) in [("PET", Set(petNames)), ("CT", Set(ctNames))] {
            let held = (try? FileManager.default.contentsOfDirectory(atPath: directory + "/" + folder)) ?? []
            if let other = held.sorted().first(where: { !own.contains("/" + $0) }) {
                throw PhantomError.used(path: directory, file: folder + "/" + other)
            }
        }
        try makeFolder(directory)
        try makeFolder(directory + "/PET")
        for slice in 0..<petSlices {
            try petDataSet(slice: slice).write(to: directory + "/PET" + petNames[slice])
            progress(slice + 1, petSlices + ctSlices)
        }
        if ctSlices > 0 { try makeFolder(directory + "/CT") }
        for slice in 0..<ctSlices {
            try ctDataSet(slice: slice).write(to: directory + "/CT" + ctNames[slice])
            progress(petSlices + slice + 1, petSlices + ctSlices)
        }
        try writeTruth(to: directory + "/truth.json")
    }

    private func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw PhantomError.unwritable(path: path, reason: error.localizedDescription)
        }
    }

    private func writeTruth(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try (encoder.encode(truth) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
        } catch {
            throw PhantomError.unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
