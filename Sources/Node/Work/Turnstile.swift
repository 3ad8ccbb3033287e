import Dispatch

/// Lets so many threads at a time do something that costs memory, and the others wait a while for their turn.
package final class Turnstile: Sendable {
    private let places: DispatchSemaphore
    private let patienceSeconds: Double

    /// - Parameters:
    ///   - places: how many at a time.
    ///   - patienceSeconds: how long one of the others waits.
    package init(places: Int, patienceSeconds: Double) {
        (self.places, self.patienceSeconds) = (DispatchSemaphore(value: places), patienceSeconds)
    }

    /// Does something when it is the caller's turn.
    /// - Returns: nil where the turn did not come in time, and nothing was done.
    package func pass<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result? {
        guard places.wait(timeout: .now() + patienceSeconds) == .success else { return nil }
        defer { places.signal() }
        return try body()
    }
}
