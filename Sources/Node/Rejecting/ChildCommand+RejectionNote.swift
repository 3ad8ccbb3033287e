import DICOM
import Foundation

extension ChildCommand {
    /// The rejection note that a Key Object Selection is; nil where it is none.
    /// - Parameter scratch: a path that nobody uses: a note may name thousands of instances, more than a pipe is read for.
    /// - Throws: `ReadingFailure` where the child came to no conclusion.
    package func note(inFile path: String, by scratch: String) throws(ReadingFailure) -> RejectionNote? {
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        guard try run("rejection", on: path, ["--output", scratch], to: "look for a rejection note") != nil else {
            return nil
        }
        guard let data = FileManager.default.contents(atPath: scratch),
            let note = try? JSONDecoder().decode(RejectionNote.self, from: data)
        else {
            throw ReadingFailure(description: "the process to look for a rejection note gave none that can be read")
        }
        return note
    }
}
