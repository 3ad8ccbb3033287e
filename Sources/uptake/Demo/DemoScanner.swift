import DICOMNetwork
import Foundation
import Synchronization

/// A scanner for the demonstration: pushes PET and CT on an association each, at the same time.
struct DemoScanner {
    static let aeTitle = AETitle("SCANNER")!
    let port: UInt16

    /// Sends the folders `PET` and `CT`; returns how many images were stored.
    func send(_ folder: String, progress: ProgressLine) throws -> Int {
        let peer = Peer(
            host: "127.0.0.1", port: port, calledAETitle: AETitle("UPTAKE")!, callingAETitle: Self.aeTitle)
        let series = try ["PET", "CT"].map { name in
            try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)").sorted()
                .map { "\(folder)/\(name)/\($0)" }
        }
        let total = series.reduce(0) { $0 + $1.count }
        let state = Mutex((done: 0, failure: String?.none))
        let threads = DispatchGroup()
        for paths in series {
            threads.enter()
            Thread {
                let outcomes = StorageSCU.send(paths, to: peer) { outcome in
                    state.withLock { $0.done += outcome.isStored ? 1 : 0 }
                }
                if let failed = outcomes.first(where: { !$0.isStored }) {
                    state.withLock { $0.failure = "\(failed.path): \(failed.result)" }
                }
                threads.leave()
            }.start()
        }
        while threads.wait(timeout: .now() + 0.2) == .timedOut {
            progress.show("sending: \(state.withLock { $0.done }) of \(total)")
        }
        if let failure = state.withLock({ $0.failure }) { throw Failure("the node did not take an image: \(failure)") }
        return total
    }
}
