import ArgumentParser
import DICOM
import DICOMNetwork
import Foundation

/// `uptake send`: C-STORE of a folder.
struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send every DICOM file of a folder to a peer (C-STORE).",
        discussion: """
            Example:
              uptake send /data/study --host 127.0.0.1 --port 11112 --called UPTAKE --calling SCANNER1
            """)

    @Argument(help: "Folder, or one file.")
    var directory: String

    @OptionGroup var options: PeerOptions

    func run() throws {
        let peer = try options.peer()
        let progress = ProgressLine()
        let paths = try DICOMFolder.read(directory) { done, total in
            if done.isMultiple(of: 50) { progress.show("looking at file \(done) of \(total)") }
        }.map(\.path)
        guard !paths.isEmpty else { throw Failure("there is no DICOM file in \(directory)") }
        var done = 0
        let outcomes = StorageSCU.send(paths, to: peer) { _ in
            done += 1
            if done.isMultiple(of: 10) { progress.show("sent \(done) of \(paths.count)") }
        }
        progress.finish()
        let failed = outcomes.filter { !$0.isStored }
        if let first = failed.first {
            throw Failure(
                "\(failed.count) of \(paths.count) were not stored at \(peer); \(first.path): \(first.result)")
        }
        print("\(paths.count) instances stored at \(peer)")
    }
}
