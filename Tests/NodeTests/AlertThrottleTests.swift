import Foundation
import Node
import Testing

@Suite struct AlertThrottleTests {
    @Test func oneOfACausePassesInAMinute() {
        var throttle = AlertThrottle()
        let start = Date(timeIntervalSince1970: 1_790_000_000)
        #expect(throttle.admit("a", now: start) == 0)
        for second in 1..<60 { #expect(throttle.admit("a", now: start.addingTimeInterval(Double(second))) == nil) }
        #expect(throttle.admit("b", now: start.addingTimeInterval(30)) == 0)
        #expect(throttle.admit("a", now: start.addingTimeInterval(60)) == 59)
        #expect(throttle.admit("a", now: start.addingTimeInterval(120)) == 0)
    }

    /// Who calls from ever new addresses fills neither memory nor trail.
    @Test func theNumberOfCausesIsBounded() {
        var throttle = AlertThrottle()
        let start = Date(timeIntervalSince1970: 1_790_000_000)
        let admitted = (0..<100_000).count { throttle.admit("\($0)", now: start) != nil }
        #expect(admitted == 513)
        #expect(throttle.admit("later", now: start.addingTimeInterval(61)) == 0)
    }

    /// A clock that is set back must not silence it.
    @Test func aClockSetBackSilencesNothing() {
        var throttle = AlertThrottle()
        let start = Date(timeIntervalSince1970: 1_790_000_000)
        #expect(throttle.admit("a", now: start) == 0)
        #expect(throttle.admit("a", now: start.addingTimeInterval(-3600)) == 0)
    }
}
