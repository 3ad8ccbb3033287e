import Anatomy
import Phantom
import Testing

@Suite struct StructureTests {
    @Test func everyStructureHasItsNumberAndName() {
        let all = Structure.all
        #expect(all.count >= 45 && all.count < 256)
        #expect(Set(all).count == all.count && Set(all.map(\.name)).count == all.count)
        for (index, structure) in all.enumerated() { #expect(Int(structure.number) == index + 1) }
        #expect(Structure(.rib, .left, ordinal: 7).name == "rib 7 left")
        #expect(Structure(.liver, .right).name == "liver", "there is but one")
    }

    /// What a whole patient shows on his organ map.
    @Test func theOrganMapShowsTheStructures() {
        let truth = Shared.psma.truth
        #expect(truth.structures.count == truth.labels.count)
        let seen = Set(truth.structures)
        #expect(seen.count >= 100)
        let vertebrae =
            (1...7).map { Structure(.cervicalVertebra, ordinal: $0) }
            + (1...12).map { Structure(.thoracicVertebra, ordinal: $0) }
            + (1...5).map { Structure(.lumbarVertebra, ordinal: $0) }
        let ribs = (1...12).flatMap { number in
            [Laterality.left, .right].map { Structure(.rib, $0, ordinal: number) }
        }
        for structure in vertebrae + ribs { #expect(seen.contains(structure.number), "\(structure.name)") }
        // Air is air in both maps.
        for (label, structure) in zip(truth.labels, truth.structures) where (label == 0) != (structure == 0) {
            Issue.record("a voxel is in the body on one map only")
            return
        }
    }

    @Test func vertebraeLieBelowOneAnother() {
        let (truth, geometry) = (Shared.psma.truth, Shared.psma.pet.geometry)
        var sums: [UInt8: (z: Double, count: Double)] = [:]
        for (index, structure) in truth.structures.enumerated() where structure > 0 {
            sums[structure, default: (0, 0)].z += geometry.point(at: index).z
            sums[structure]!.count += 1
        }
        let heights = (1...12).compactMap { number in
            sums[Structure(.thoracicVertebra, ordinal: number).number].map { $0.z / $0.count }
        }
        #expect(heights.count == 12 && heights == heights.sorted(by: >))
    }

    /// The mean patient weighs, organ by organ, what the reference man does (ICRP Publication 89).
    @Test func organsOfTheMeanPatientWeighWhatThoseOfTheReferenceManDo() {
        let masses = (1...24).map { PhantomPatient(seed: $0, disease: .none).massesInGrams() }
        for row in ReferenceMan.rows {
            // Those who lost an organ do not count.
            let values = masses.map { mass in row.kinds.reduce(0) { $0 + (mass[$1] ?? 0) } }.filter { $0 > 0 }
            let mean = values.reduce(0, +) / Double(values.count)
            #expect(abs(mean / row.grams - 1) < 0.15, "\(row.name): \(mean) g for \(row.grams) g")
        }
    }
}
