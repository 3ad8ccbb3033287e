import Foundation
import Imaging
import Phantom
import Synchronization

/// Draws a cohort to a folder, several patients at a time, and goes on where an earlier run was stopped.
public struct CohortDrawing: Sendable {
    private let cohort: Cohort
    private let folder: String

    /// A cohort to draw into a folder.
    public init(_ cohort: Cohort, folder: String) {
        self.cohort = cohort
        self.folder = folder
    }

    /// The folder of a member.
    public static func folder(of member: Cohort.Member, in folder: String) -> String {
        folder + "/" + member.tracer.rawValue + "-" + String(member.seed)
    }

    private struct State {
        var next = 0
        var done = 0
        var drawn = 0
        var failure: CohortError?
    }

    /// Draws what is missing.
    /// - Parameters:
    ///   - threads: patients at a time.
    ///   - progress: told how many patients are there, and how many there will be; from any thread, one at a time.
    /// - Returns: how many patients were drawn now.
    /// - Throws: the first `CohortError`, as of a folder that holds another cohort; patients under way are finished before.
    public func run(threads: Int, progress: @escaping @Sendable (Int, Int) -> Void) throws(CohortError) -> Int {
        try cohort.description.write(to: folder)
        let state = Mutex(State())
        let group = DispatchGroup()
        for _ in 0..<threads {
            let thread = Thread {
                while let member = claim(state) {
                    let result = Swift.Result { () throws(CohortError) in try draw(member) }
                    state.withLock { state in
                        state.done += 1
                        switch result {
                        case .success(let isNew): state.drawn += isNew ? 1 : 0
                        case .failure(let error): state.failure = state.failure ?? error
                        }
                        progress(state.done, cohort.members.count)
                    }
                }
                group.leave()
            }
            // A scene keeps much on the stack while it is drawn.
            thread.stackSize = 16 << 20
            group.enter()
            thread.start()
        }
        group.wait()
        return try state.withLock { state throws(CohortError) in
            if let failure = state.failure { throw failure }
            return state.drawn
        }
    }

    private func claim(_ state: borrowing Mutex<State>) -> Cohort.Member? {
        state.withLock { state in
            guard state.failure == nil, state.next < cohort.members.count else { return nil }
            state.next += 1
            return cohort.members[state.next - 1]
        }
    }

    /// Draws a member if its folder does not hold it whole; says whether it did.
    private func draw(_ member: Cohort.Member) throws(CohortError) -> Bool {
        let folder = Self.folder(of: member, in: folder)
        if CohortStudy.isComplete(folder) { return false }
        try CohortStudy(member.study).write(to: folder)
        return true
    }
}
