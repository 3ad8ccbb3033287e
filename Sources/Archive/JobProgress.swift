import Foundation

/// How far a job is.
public struct JobProgress: Sendable, Equatable, Codable {
    /// Waiting → running → done, failed or cancelled. A retry is waiting with a later time.
    public enum State: String, Sendable, Codable, CaseIterable {
        case waiting, running, done, failed, cancelled
    }

    /// The state.
    public var state: State
    /// Not before this moment; of use while waiting.
    public var due: Date
    /// How often it was claimed, orderly postponements not counted.
    public var attempt: Int
    /// After how many attempts it is parked as failed.
    public var maxAttempts: Int
    /// Why it waits, failed or was cancelled.
    public var reason: String?

    /// Since when it is being tried: enqueued, or retried by an operator.
    public var since: Date

    /// Makes the progress of a new job.
    /// - Parameter since: when it was enqueued; if left out, when it is due.
    public init(due: Date, maxAttempts: Int, since: Date? = nil) {
        (state, self.due, attempt, self.maxAttempts) = (.waiting, due, 0, maxAttempts)
        self.since = since ?? due
    }

    init(state: State, due: Date, attempt: Int, maxAttempts: Int, reason: String?, since: Date) {
        (self.state, self.due, self.attempt, self.maxAttempts) = (state, due, attempt, maxAttempts)
        (self.reason, self.since) = (reason, since)
    }
}

/// What happens to a job.
public enum JobEvent: Sendable, Equatable {
    /// A worker takes it up. This counts the attempt, so that a job which kills the process is parked at its limit.
    case claimed
    /// The work is done; a reason says what came of it where that is not the plain case.
    case completed(reason: String?)
    /// The attempt failed; it is tried again at `retryAt` if attempts are left, and not at all where that is nil.
    case failed(reason: String, retryAt: Date?)
    /// There was nothing to do yet: the attempt is given back.
    case postponed(until: Date, reason: String)
    /// The process ended during the attempt.
    case interrupted
    /// No longer wanted.
    case cancelled(reason: String)
    /// An operator wants it tried anew, with all its attempts.
    case retried(at: Date)
    /// A peer vouches for what was done, during the attempt or after it.
    case confirmed
    /// A peer says that it was done in vain: it is tried again at `retryAt`, and not at all where that is nil.
    case unconfirmed(reason: String, retryAt: Date?)
    /// News came in while it was waiting: it waits for `due`, and what it waited for is to be judged anew.
    case pushed(due: Date)
}

/// A step that the state of a job does not allow.
public struct JobTransitionError: Error, Equatable, CustomStringConvertible {
    /// The state it is in.
    public let state: JobProgress.State
    /// The step asked for.
    public let event: JobEvent

    /// Names a refused step.
    public init(state: JobProgress.State, event: JobEvent) { (self.state, self.event) = (state, event) }

    /// State and step.
    public var description: String {
        let step =
            switch event {
            case .claimed: "taken up"
            case .completed: "completed"
            case .failed: "failed"
            case .postponed: "postponed"
            case .interrupted: "interrupted"
            case .cancelled: "cancelled"
            case .retried: "tried again"
            case .confirmed, .unconfirmed: "judged by a peer"
            case .pushed: "put off"
            }
        return
            "it is \(state.rawValue), and cannot be \(step)\(state == .running ? " before its attempt has ended" : "")"
    }
}

extension JobProgress {
    /// The progress after an event. This is all the logic of jobs; the archive only stores what comes of it.
    public func after(_ event: JobEvent) throws(JobTransitionError) -> JobProgress {
        var next = self
        switch (state, event) {
        case (.waiting, .claimed):
            next.state = .running
            next.attempt += 1
        case (.running, .completed(let reason)):
            next.state = .done
            next.reason = reason
        case (.running, .failed(let reason, let retryAt)):
            next.retry(at: retryAt, reason)
        case (.running, .interrupted):
            next.retry(at: due, "the process ended during attempt \(attempt) of \(maxAttempts)")
        case (.running, .postponed(let until, let reason)):
            next.state = .waiting
            next.attempt -= 1
            next.due = until
            next.reason = reason
        case (.waiting, .cancelled(let reason)), (.running, .cancelled(let reason)),
            (.failed, .cancelled(let reason)):
            next.state = .cancelled
            next.reason = reason
        case (.failed, .retried(let moment)), (.cancelled, .retried(let moment)), (.waiting, .retried(let moment)):
            next = JobProgress(due: moment, maxAttempts: maxAttempts)
        case (.waiting, .confirmed), (.running, .confirmed):
            next.state = .done
            next.reason = nil
        case (.waiting, .unconfirmed(let reason, let retryAt)), (.running, .unconfirmed(let reason, let retryAt)):
            next.retry(at: retryAt, reason)
        case (.waiting, .pushed(let due)):
            next.due = due
            next.reason = nil
        default: throw JobTransitionError(state: state, event: event)
        }
        return next
    }

    private mutating func retry(at moment: Date?, _ reason: String) {
        self.reason = reason
        if let moment, attempt < maxAttempts {
            state = .waiting
            due = moment
        } else {
            state = .failed
        }
    }
}
