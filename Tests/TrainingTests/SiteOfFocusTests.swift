import Anatomy
import Detection
import Foundation
import Imaging
import Phantom
import Testing
import Training

@Suite struct SiteOfFocusTests {
    /// Two organs and a lesion, on ten voxels labelled 0 to 3.
    private func truth(_ labels: [UInt16]) throws -> PhantomTruth {
        func site(_ id: String, _ location: String, suspicious: Bool) -> String {
            """
            {"id":"\(id)","location":"\(location)","laterality":"left","suspicious":\(suspicious),
            "centroid":{"x":0,"y":0,"z":0},"volumeMl":1,"suvTrue":1,"suvMax":1,"detectable":true}
            """
        }
        let json = """
            {"seed":1,"tracer":"18F-FDG","hasProstate":true,
            "reference":{"bloodPool":1,"liver":1,"spleen":1,"parotid":1},
            "sites":[\(site("P01", "liver", suspicious: false)),\(site("P02", "kidney", suspicious: false)),
            \(site("L01", "bone.rib", suspicious: true))]}
            """
        var truth = try JSONDecoder().decode(PhantomTruth.self, from: Data(json.utf8))
        truth.labels = labels
        return truth
    }

    private func focus(_ voxels: Range<Int32>, peak: Int? = nil) -> CandidateFocus {
        CandidateFocus(
            id: 1, voxels: Array(voxels), peakVoxel: peak ?? Int(voxels.lowerBound), centroid: .zero, suvMax: 5,
            suvMean: 4, suvPeak: 4,
            volumeMl: 1, totalUptake: 4)
    }

    /// The labels of the focus's voxels, and whose it is.
    @Test(
        arguments: [
            ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "P01"),
            ([1, 1, 1, 1, 2, 2, 2, 2, 2, 2], "P02"),
            // Three tenths of lesion make a lesion, two do not.
            ([1, 1, 1, 1, 1, 1, 1, 3, 3, 3], "L01"),
            ([1, 1, 1, 1, 1, 1, 1, 1, 3, 3], "P01"),
            // Voxels outside of everything drawn count against a lesion's share, but nothing else stands against it.
            ([0, 0, 0, 0, 0, 0, 0, 0, 3, 3], "L01"),
            ([0, 0, 0, 0, 0, 0, 0, 2, 3, 3], "L01"),
            ([0, 0, 0, 0, 0, 0, 2, 2, 3, 3], "P02"),
            // Of equals the one drawn first.
            ([2, 2, 2, 2, 2, 1, 1, 1, 1, 1], "P01"),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], nil),
        ] as [([UInt16], String?)])
    func aFocusBelongsToTheLesionOrElseToMostOfIt(_ labels: [UInt16], _ id: String?) throws {
        #expect(try truth(labels).site(of: focus(0..<10))?.id == id)
    }

    @Test func onlyTheVoxelsOfTheFocusCount() throws {
        #expect(try truth([3, 3, 3, 3, 3, 1, 1, 2, 2, 2]).site(of: focus(5..<10))?.id == "P02")
    }

    @Test func aLesionSmallerThanThePointSpreadHasTheFocusThatIsHottestInIt() throws {
        let truth = try truth([1, 1, 1, 1, 3, 1, 1, 1, 1, 1])
        #expect(truth.site(of: focus(0..<10, peak: 4))?.id == "L01")
        #expect(truth.site(of: focus(0..<10, peak: 5))?.id == "P01")
    }

    @Test func aLesionInAFocusOfNormalUptakeIsNotHit() throws {
        let truth = try truth([1, 1, 1, 1, 3, 1, 2, 2, 2, 2])
        #expect(truth.isHit(by: [focus(0..<10, peak: 5)]) == [true, false, false])
        #expect(truth.isHit(by: [focus(0..<4), focus(3..<6, peak: 4)]) == [true, false, true])
        #expect(truth.isHit(by: []) == [false, false, false])
    }

    @Test func aCohortTakesTheTracersInTurn() {
        let members = Cohort(count: 2, seed: 10).members
        #expect(members.map(\.seed) == [10, 11, 12, 13])
        #expect(members.map(\.tracer) == [.ga68PSMA11, .f18FDG, .ga68PSMA11, .f18FDG])
        #expect(Cohort(count: 3, seed: 1, tracers: [.f18PSMA1007]).members.map(\.seed) == [1, 2, 3])
        #expect(Cohort(count: 0, seed: 1).members.isEmpty)
    }
}
