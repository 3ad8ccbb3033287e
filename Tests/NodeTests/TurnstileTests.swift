import Dispatch
import Node
import Synchronization
import Testing

@Suite struct TurnstileTests {
    @Test func noMorePassThanThereArePlaces() {
        let turnstile = Turnstile(places: 2, patienceSeconds: 60)
        let inside = Mutex((now: 0, most: 0))
        let done = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 200) { _ in
            let passed: Void? = turnstile.pass {
                inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                inside.withLock { $0.now -= 1 }
            }
            if passed != nil { done.add(1, ordering: .relaxed) }
        }
        #expect(done.load(ordering: .relaxed) == 200)
        #expect(inside.withLock { (1...2).contains($0.most) && $0.now == 0 })
    }

    @Test func whoseTurnDoesNotComeDoesNothing() {
        let turnstile = Turnstile(places: 1, patienceSeconds: 0.05)
        let outcome: Int?? = turnstile.pass { turnstile.pass { 1 } }
        #expect(outcome == .some(nil))
        #expect(turnstile.pass { 2 } == 2, "the place is free again")
    }

    @Test func aFailureFreesThePlace() {
        struct Broken: Error {}
        let turnstile = Turnstile(places: 1, patienceSeconds: 0.05)
        #expect(throws: Broken.self) { try turnstile.pass { () throws(Broken) -> Int in throw Broken() } }
        #expect(turnstile.pass { 2 } == 2)
    }
}
