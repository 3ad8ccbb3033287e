import Detection
import Testing

@Suite struct ConnectedComponentsTests {
    @Test func labelsFollowTheOrderOfTheFirstVoxel() {
        // Two slices of 4 x 2.
        let components = ConnectedComponents(
            columns: 4, rows: 2, slices: 2,
            isMember: [
                true, false, false, true,
                false, false, false, true,

                false, false, false, true,
                true, true, false, false,
            ])
        #expect(components.labels == [1, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 3, 3, 0, 0])
        #expect(components.sizes == [1, 3, 2])
        #expect(components.largest == 2)
    }

    @Test func diagonalsDoNotJoin() {
        let components = ConnectedComponents(columns: 2, rows: 2, slices: 1, isMember: [true, false, false, true])
        #expect(components.sizes == [1, 1])
        #expect(components.largest == 1, "of equals the first")
    }

    @Test func rowsDoNotWrapAround() {
        let components = ConnectedComponents(
            columns: 3, rows: 2, slices: 2,
            isMember: [false, false, true, true, false, false] + [true, false, false, false, false, true])
        #expect(components.sizes == [1, 1, 1, 1])
    }

    @Test func nothingHasNoLargest() {
        #expect(ConnectedComponents(columns: 2, rows: 1, slices: 1, isMember: [false, false]).largest == nil)
    }
}
