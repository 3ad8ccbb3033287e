import Archive
import DICOM
import Foundation
import Logging
import Node
import Synchronization
import Testing

/// Threads at work. Waits are for events, each bounded by a generous limit that a sound run never reaches.
@Suite struct WorkTests {
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a body on a thread of its own.
    private func thread(_ body: @escaping @Sendable () -> Void) -> DispatchSemaphore {
        let done = DispatchSemaphore(value: 0)
        Thread {
            body()
            done.signal()
        }.start()
        return done
    }

    private func comesInTime(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now() + 20) == .success
    }

    // MARK: Bell

    @Test func aRingBeforeTheWaitIsNotLost() {
        let bell = Bell()
        let before = bell.count
        bell.ring()
        #expect(bell.count == before + 1)
        let start = ContinuousClock.now
        bell.wait(after: before, seconds: 20)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func aRingWakesEveryone() {
        let bell = Bell()
        let before = bell.count
        let sleepers = (0..<4).map { _ in thread { bell.wait(after: before, seconds: 60) } }
        bell.ring()
        for sleeper in sleepers { #expect(comesInTime(sleeper)) }
    }

    @Test func withoutARingTheTimePasses() {
        let bell = Bell()
        let start = ContinuousClock.now
        bell.wait(after: bell.count, seconds: 0.05)
        #expect(ContinuousClock.now - start >= .milliseconds(49))
        bell.wait(after: bell.count, seconds: 0)
        bell.wait(after: bell.count, seconds: -3)
    }

    // MARK: Worker

    /// Tasks that come one at a time, the next only when the last is done: were a ring lost, each would take the five
    /// seconds after which a worker looks on its own.
    @Test func noWakeUpIsLost() {
        let bell = Bell()
        let waiting = Mutex(0)
        let done = DispatchSemaphore(value: 0)
        let worker = Worker(name: "test", bell: bell, log: log, nextDue: { nil }) {
            let isWork = waiting.withLock { count in
                guard count > 0 else { return false }
                count -= 1
                return true
            }
            if isWork { done.signal() }
            return isWork
        }
        let start = ContinuousClock.now
        for _ in 0..<300 {
            waiting.withLock { $0 += 1 }
            bell.ring()
            #expect(comesInTime(done))
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        worker.stop()
        worker.join()
    }

    /// Who takes its place would take what it has in hand for running for ever.
    @Test func whoIsStoppedAfterAnErrorGivesItsJobsBack() {
        let failed = DispatchSemaphore(value: 0)
        let released = Mutex(0)
        let worker = Worker(
            name: "test", bell: Bell(), log: log, nextDue: { nil }, release: { _ in released.withLock { $0 += 1 } }
        ) {
            failed.signal()
            throw ArchiveError.busy("the index")
        }
        failed.wait()
        worker.stop()
        worker.join()
        #expect(released.withLock { $0 } >= 1)
    }

    @Test func whatIsDueLaterIsDoneWithoutARing() {
        let bell = Bell()
        let due = Date().addingTimeInterval(0.1)
        let done = DispatchSemaphore(value: 0)
        let worker = Worker(name: "test", bell: bell, log: log, nextDue: { due }) {
            if Date() >= due { done.signal() }
            return false
        }
        #expect(done.wait(timeout: .now() + 4) == .success, "before the worker looks on its own")
        #expect(Date() >= due)
        worker.stop()
        worker.join()
    }

    @Test func stoppingEndsAWait() {
        let bell = Bell()
        let asked = DispatchSemaphore(value: 0)
        let worker = Worker(
            name: "test", bell: bell, log: log,
            nextDue: {
                asked.signal()
                return Date().addingTimeInterval(3600)
            }, work: { false })
        #expect(comesInTime(asked))
        let start = ContinuousClock.now
        worker.stop()
        worker.join()
        worker.join()
        #expect(ContinuousClock.now - start < .seconds(4))
    }

    @Test func stoppingLetsTheTaskInHandEnd() {
        let bell = Bell()
        let (begun, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let finished = Atomic(0)
        let worker = Worker(name: "test", bell: bell, log: log, nextDue: { nil }) {
            begun.signal()
            goOn.wait()
            finished.add(1, ordering: .relaxed)
            return true
        }
        #expect(comesInTime(begun))
        worker.stop()
        goOn.signal()
        worker.join()
        #expect(finished.load(ordering: .relaxed) == 1)
    }

    @Test func anErrorDoesNotEndTheWorker() {
        struct Trouble: Error {}
        let bell = Bell()
        let calls = Atomic(0)
        let again = DispatchSemaphore(value: 0)
        let worker = Worker(name: "test", bell: bell, log: log, nextDue: { nil }) {
            if calls.add(1, ordering: .relaxed).newValue == 1 {
                bell.ring()
                throw Trouble()
            }
            again.signal()
            return false
        }
        #expect(comesInTime(again))
        worker.stop()
        worker.join()
    }

    // MARK: Feeds and pauses

    @Test func studiesAreFedWhileTheirAssociationIsOpen() {
        let feeds = Feeds()
        let (one, two) = (UID("1.1")!, UID("1.2")!)
        #expect(!feeds.isFed(one))
        feeds.note(one, from: 7)
        feeds.note(one, from: 7)
        feeds.note(two, from: 7)
        feeds.note(one, from: 8)
        #expect(feeds.isFed(one) && feeds.isFed(two))
        feeds.end(7)
        #expect(feeds.isFed(one) && !feeds.isFed(two))
        feeds.end(7)
        feeds.end(8)
        #expect(!feeds.isFed(one))
    }
}
