import Classification
import DICOM
import Detection
import Imaging
import Staging
import Testing

@Suite struct FollowUpTests {
    private static let grid = VolumeGeometry.axial(
        columns: 40, rows: 40, slices: 40, spacing: PatientPoint(4, 4, 4), origin: .zero,
        frameOfReferenceUID: UID("1.2.3")!)

    /// A cubic focus with its low corner at a voxel.
    private func cube(
        _ id: Int, at corner: (Int, Int, Int), edge: Int = 3, suspicious: Bool = true
    ) -> ClassifiedFocus {
        let voxels = (0..<edge * edge * edge).map { n in
            Int32(
                Self.grid.index(
                    corner.0 + n % edge, corner.1 + n / edge % edge, corner.2 + n / (edge * edge)))
        }.sorted()
        let middle = Double(edge - 1) / 2
        let focus = CandidateFocus(
            id: id, voxels: voxels, peakVoxel: Int(voxels[0]),
            centroid: PatientPoint(
                (Double(corner.0) + middle) * 4, (Double(corner.1) + middle) * 4, (Double(corner.2) + middle) * 4),
            suvMax: 9, suvMean: 6, suvPeak: 7, volumeMl: Double(voxels.count) * 0.064, totalUptake: 1)
        return ClassifiedFocus(
            focus: focus,
            verdict: Verdict(
                suspiciousProbability: suspicious ? 0.9 : 0.1, suspicious: suspicious, location: .lumbarSpine,
                laterality: .midline, locationProbability: 1))
    }

    private func changes(
        _ earlier: [ClassifiedFocus], _ present: [ClassifiedFocus], by transform: RigidTransform = .identity
    ) -> [LesionChange] {
        LesionMatching().changes(
            from: ScanFindings(foci: earlier, geometry: Self.grid),
            to: ScanFindings(foci: present, geometry: Self.grid), by: transform)
    }

    private func change(_ fate: LesionChange.Fate, _ focus: Int?, _ earlier: [Int]) -> LesionChange {
        LesionChange(fate: fate, focusID: focus, earlierFocusIDs: earlier)
    }

    // MARK: Matching

    @Test func everyFateIsTold() {
        let earlier = [
            cube(1, at: (5, 5, 5)), cube(2, at: (20, 20, 20)), cube(3, at: (30, 5, 5)),
            cube(4, at: (5, 30, 5), suspicious: false),
        ]
        let present = [
            cube(1, at: (6, 5, 5)), cube(2, at: (5, 5, 30)), cube(3, at: (5, 30, 5)),
            cube(4, at: (30, 5, 5), suspicious: false),
        ]
        #expect(
            changes(earlier, present) == [
                change(.persisting, 1, [1]), change(.new, 2, []), change(.newlySuspicious, 3, [4]),
                change(.vanished, nil, [2]), change(.noLongerSuspicious, 4, [3]),
            ])
    }

    @Test func aGrownLesionIsTheSameHoweverFarItsMiddleMoved() {
        #expect(
            changes([cube(1, at: (5, 5, 5), edge: 2)], [cube(1, at: (5, 5, 5), edge: 14)])
                == [change(.persisting, 1, [1])])
    }

    /// All around, so that no voxel of the one surface is near the other.
    @Test(arguments: [8, 14]) func aLesionThatGrowsOrShrinksAllAroundIsTheSame(edge: Int) {
        let (small, large) = (
            cube(1, at: (15, 15, 15), edge: 2), cube(1, at: (16 - edge / 2, 16 - edge / 2, 16 - edge / 2), edge: edge)
        )
        #expect(changes([small], [large]) == [change(.persisting, 1, [1])])
        #expect(changes([large], [small]) == [change(.persisting, 1, [1])])
    }

    @Test func whatArisesDeepInAnOrganIsNew() {
        let organ = cube(1, at: (5, 5, 5), edge: 20, suspicious: false)
        #expect(changes([organ], [cube(1, at: (14, 14, 14), edge: 2)]) == [change(.new, 1, [])])
        #expect(changes([cube(1, at: (14, 14, 14), edge: 2)], [organ]) == [change(.vanished, nil, [1])])
    }

    @Test func lesionsMergeAndSplit() {
        let parts = [cube(1, at: (5, 5, 5)), cube(2, at: (8, 5, 5))]
        let whole = [cube(1, at: (5, 5, 5), edge: 6)]
        #expect(changes(parts, whole) == [change(.persisting, 1, [1, 2])])
        #expect(changes(whole, parts) == [change(.persisting, 1, [1]), change(.persisting, 2, [1])])
    }

    @Test func aNewLesionBesideAnOldOneIsNew() {
        // Eight millimetres from the old one, which has its own match.
        let present = [cube(1, at: (5, 5, 5)), cube(2, at: (9, 5, 5))]
        #expect(changes([cube(1, at: (5, 5, 5))], present) == [change(.persisting, 1, [1]), change(.new, 2, [])])
    }

    @Test func theTransformIsFollowed() {
        let transform = RigidTransform(translation: PatientPoint(-40, 0, 20))
        #expect(
            changes([cube(1, at: (5, 5, 15))], [cube(1, at: (15, 5, 10))], by: transform)
                == [change(.persisting, 1, [1])])
    }

    @Test func whatOnlyOneScanShowsIsNeitherNewNorVanished() {
        let transform = RigidTransform(translation: PatientPoint(0, 0, 80))
        #expect(
            changes([cube(1, at: (5, 5, 5))], [cube(1, at: (5, 5, 30))], by: transform) == [
                change(.notInEarlierView, 1, []), change(.notInView, nil, [1]),
            ])
    }

    // MARK: RECIP

    @Test(arguments: [
        (100.0, 120.0, true, RECIP.progressiveDisease), (100, 119.9, true, .stableDisease),
        (100, 300, false, .stableDisease), (100, 70, false, .partialResponse), (100, 70.1, false, .stableDisease),
        (100, 10, true, .stableDisease), (100, 0, false, .completeResponse), (0, 1, true, .progressiveDisease),
    ])
    func responseFollowsVolumeAndNewLesions(
        earlier: Double, present: Double, isNew: Bool, expected: RECIP
    ) {
        #expect(
            RECIP.assess(VolumeChange(earlierMl: earlier, presentMl: present), hasNewLesion: isNew) == expected)
    }

    /// A pelvic scan after one of the whole body must not turn what lies above it into a response.
    @Test func whatWasNotScannedHasNotGone() {
        let transform = RigidTransform(translation: PatientPoint(0, 0, 80))
        let found = changes(
            [cube(1, at: (5, 5, 5)), cube(2, at: (5, 5, 25))], [cube(1, at: (5, 5, 5)), cube(2, at: (20, 5, 30))],
            by: transform)
        #expect(found.map(\.fate) == [.persisting, .notInEarlierView, .notInView])
        let volume = VolumeChange(from: [1: 90, 2: 10], to: [1: 11, 2: 40], inBoth: found)
        #expect(volume == VolumeChange(earlierMl: 10, presentMl: 11))
        #expect(RECIP.assess(volume, hasNewLesion: false) == .stableDisease)
        // Nobody knows whether no uptake is left, where only one of the scans looked.
        let gone = VolumeChange(from: [1: 10], to: [1: 20], inBoth: [change(.notInEarlierView, 1, [])])
        #expect(gone == VolumeChange(earlierMl: 10, presentMl: 0))
        #expect(RECIP.assess(gone, hasNewLesion: false, isWhole: false) == .partialResponse)
        #expect(RECIP.assess(gone, hasNewLesion: false) == .completeResponse)
        let nothing = VolumeChange(from: [1: 90], to: [:], inBoth: [change(.notInView, nil, [1])])
        #expect(RECIP.assess(nothing, hasNewLesion: false) == nil)
    }

    @Test func noLesionEitherTimeIsNoResponse() {
        let nothing = VolumeChange(earlierMl: 0, presentMl: 0)
        #expect(RECIP.assess(nothing, hasNewLesion: false) == nil)
        #expect(nothing.changePercent == nil)
    }

    @Test(
        arguments: [
            (100.0, 0.0, [RECIP.completeResponse, .partialResponse]), (100, 70, [.partialResponse, .stableDisease]),
            (100, 70.1, [.stableDisease]), (100, 119.9, [.stableDisease]),
            (100, 120, [.stableDisease, .progressiveDisease]), (0, 1, [.stableDisease, .progressiveDisease]),
            (0, 0, []),
        ])
    func withoutImagesOnlySoMuchCanBeTold(earlier: Double, present: Double, expected: [RECIP]) {
        #expect(RECIP.possible(VolumeChange(earlierMl: earlier, presentMl: present)) == expected)
    }
}
