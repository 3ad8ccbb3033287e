import Archive
import DICOM
import DICOMNetwork
import Foundation

extension ChildCommand {
    /// Converts what a peer takes in no other transfer syntax; the files lie with those that are coming in, of which nothing
    /// outlives a start. However many peers retrieve, two are converted at a time, as each may take as much memory as a
    /// child may.
    func conversion(in archive: Archive) -> Conversion {
        let turnstile = Turnstile(places: 2, patienceSeconds: 60)
        return Conversion { path, transferSyntax in
            let target = archive.incomingPath()
            do throws(ReadingFailure) {
                let converted: Void? = try turnstile.pass { () throws(ReadingFailure) in
                    _ = try run(
                        "convert", on: path, ["--transfer-syntax", "\(transferSyntax)", "--output", target],
                        to: "convert an object")
                }
                guard converted != nil else {
                    throw ReadingFailure(
                        description: "others had objects converted for a minute; retrieve it again")
                }
            } catch {
                try? FileManager.default.removeItem(atPath: target)
                throw error
            }
            return target
        }
    }
}
