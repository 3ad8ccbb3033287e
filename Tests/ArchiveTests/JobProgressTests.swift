import Archive
import Foundation
import Testing

/// The logic of jobs, without an index.
@Suite struct JobProgressTests {
    private let due = Date(timeIntervalSince1970: 100)
    private let later = Date(timeIntervalSince1970: 200)

    private func progress(_ events: JobEvent...) throws -> JobProgress {
        try events.reduce(JobProgress(due: due, maxAttempts: 2)) { try $0.after($1) }
    }

    @Test func anAttemptCountsWhenItIsClaimed() throws {
        let running = try progress(.claimed)
        #expect(running.state == .running)
        #expect(running.attempt == 1)
    }

    @Test func failuresRetryUntilTheLimit() throws {
        let failure = JobEvent.failed(reason: "no route", retryAt: later)
        let once = try progress(.claimed, failure)
        #expect(once.state == .waiting)
        #expect(once.due == later)
        #expect(once.reason == "no route")
        let twice = try progress(.claimed, failure, .claimed, failure)
        #expect(twice.state == .failed)
        #expect(twice.attempt == 2)
        #expect(try progress(.claimed, .failed(reason: "never", retryAt: nil)).state == .failed)
    }

    @Test func interruptionsCount() throws {
        let once = try progress(.claimed, .interrupted)
        #expect(once.state == .waiting)
        #expect(once.attempt == 1)
        #expect(once.due == due)
        let twice = try progress(.claimed, .interrupted, .claimed, .interrupted)
        #expect(twice.state == .failed)
        #expect(twice.reason == "the process ended during attempt 2 of 2")
    }

    @Test func postponementsDoNot() throws {
        let postponed = JobEvent.postponed(until: later, reason: "a gap")
        let twice = try progress(.claimed, postponed, .claimed, postponed)
        #expect(twice.state == .waiting)
        #expect(twice.attempt == 0)
        #expect(twice.reason == "a gap")
        let pushed = try twice.after(.pushed(due: due))
        #expect(pushed.due == due)
        #expect(pushed.reason == nil)
    }

    @Test func anOperatorStartsAnew() throws {
        let failed = try progress(.claimed, .failed(reason: "x", retryAt: nil))
        let anew = try failed.after(.retried(at: later))
        #expect(anew == JobProgress(due: later, maxAttempts: 2))
    }

    /// Every state against every event: what is not in this table is refused and changes nothing.
    @Test func allOtherStepsAreRefused() throws {
        let events: [JobEvent] = [
            .claimed, .completed(reason: nil), .failed(reason: "f", retryAt: later),
            .postponed(until: later, reason: "p"), .interrupted, .cancelled(reason: "c"), .retried(at: later),
            .pushed(due: later),
        ]
        let states: [JobProgress.State: JobProgress] = [
            .waiting: try progress(), .running: try progress(.claimed),
            .done: try progress(.claimed, .completed(reason: nil)),
            .failed: try progress(.claimed, .failed(reason: "f", retryAt: nil)),
            .cancelled: try progress(.cancelled(reason: "c")),
        ]
        let outcome: [JobProgress.State: [JobProgress.State?]] = [
            .waiting: [.running, nil, nil, nil, nil, .cancelled, .waiting, .waiting],
            .running: [nil, .done, .waiting, .waiting, .waiting, .cancelled, nil, nil],
            .done: [nil, nil, nil, nil, nil, nil, nil, nil],
            .failed: [nil, nil, nil, nil, nil, .cancelled, .waiting, nil],
            .cancelled: [nil, nil, nil, nil, nil, nil, .waiting, nil],
        ]
        #expect(Set(states.keys) == Set(JobProgress.State.allCases))
        for (state, progress) in states {
            for (event, expected) in zip(events, outcome[state]!) {
                if let expected {
                    #expect(try progress.after(event).state == expected, "\(state) \(event)")
                } else {
                    #expect(throws: JobTransitionError(state: state, event: event)) { try progress.after(event) }
                }
            }
        }
    }
}
