import Archive
import DICOM
import DICOMNetwork
import Foundation

extension ChildCommand {
    /// Converts what a peer takes in no other transfer syntax; the files lie with those that are coming in, of which nothing
    /// outlives a start.
    func conversion(in archive: Archive) -> Conversion {
        Conversion { path, transferSyntax in
            let target = archive.incomingPath()
            do throws(ReadingFailure) {
                _ = try run(
                    "convert", on: path, ["--transfer-syntax", "\(transferSyntax)", "--output", target],
                    to: "convert an object")
            } catch {
                try? FileManager.default.removeItem(atPath: target)
                throw error
            }
            return target
        }
    }
}
