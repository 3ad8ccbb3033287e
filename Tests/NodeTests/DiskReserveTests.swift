import Node
import Testing

/// Who may still fill a disk that is nearly full.
@Suite final class DiskReserveTests {
    private var reserve = DiskReserve(mebibytes: 100)

    private func admits(_ association: UInt64, freeMiB: Int) -> Bool { reserve.admits(association, freeMiB: freeMiB) }

    @Test func whatBeganAboveGoesOnDownToTheHalf() {
        for free in [101, 100, 99, 51, 50] { #expect(admits(1, freeMiB: free), "\(free)") }
        #expect(!admits(1, freeMiB: 49))
        #expect(admits(1, freeMiB: 50), "it need not begin anew")
    }

    @Test func whatBeginsBelowIsRefusedFromTheFirst() {
        #expect(admits(1, freeMiB: 100))
        #expect(!admits(2, freeMiB: 99))
        #expect(admits(2, freeMiB: 100), "there is room again")
        #expect(admits(2, freeMiB: 60), "it began above")
    }

    @Test func anAssociationThatHasEndedIsForgotten() {
        #expect(admits(1, freeMiB: 100))
        reserve.end(1)
        #expect(!admits(1, freeMiB: 99))
    }

    @Test func withoutAReserveNothingIsRefused() {
        reserve = DiskReserve(mebibytes: 0)
        #expect(admits(1, freeMiB: 0))
    }
}
