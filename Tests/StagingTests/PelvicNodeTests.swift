import Anatomy
import Classification
import Staging
import Testing

@Suite struct PelvicNodeTests {
    private func result(_ foci: [ClassifiedFocus], _ rules: StagingRules = StagingRules()) throws -> StagingResult {
        try #require(rules.stage(foci, tracer: .ga68PSMA11))
    }

    @Test(arguments: [(0, MiTNM.N.miN0, MiTNM.NV1.miN0), (1, .miN1, .miN1a), (2, .miN2, .miN1b), (9, .miN2, .miN1b)])
    func rows(regions: Int, v2: MiTNM.N, v1: MiTNM.NV1) throws {
        let row = NodeRule.row(regions: regions)
        #expect(row.miN == v2 && row.miNV1 == v1)
        let stations: [AnatomicalLocation] = [
            .internalIliacNode, .externalIliacNode, .obturatorNode, .commonIliacNode, .presacralNode, .mesorectalNode,
        ]
        let all = stations.flatMap { station in
            [.presacralNode, .mesorectalNode].contains(station)
                ? [(station, Laterality.midline)] : [(station, .left), (station, .right)]
        }
        let chosen = all.prefix(regions).enumerated().map { focus($1.0, $1.1, id: $0 + 1) }
        let result = try result(chosen)
        #expect(result.stage.miN == v2 && result.stage.miNV1 == v1)
        #expect(result.pelvicRegions.count == regions)
    }

    @Test func rowsCoverEveryNumberOnce() {
        for regions in 0...40 { #expect(NodeRule.table.count { $0.regions.contains(regions) } == 1) }
        #expect(Set(NodeRule.table.map(\.miN)) == Set(MiTNM.N.allCases))
        #expect(Set(NodeRule.table.map(\.miNV1)) == Set(MiTNM.NV1.allCases))
    }

    static let paired: [AnatomicalLocation] = [
        .internalIliacNode, .externalIliacNode, .obturatorNode, .commonIliacNode,
    ]

    @Test(arguments: paired)
    func bothSidesAreTwoRegionsUnlessCountedByStation(station: AnatomicalLocation) throws {
        let both = [focus(station, .left, id: 1), focus(station, .right, id: 2)]
        #expect(try result(both).stage.miN == .miN2)
        #expect(try result(both, StagingRules(nodeRegions: .byStation)).stage.miN == .miN1)
        #expect(try result(both).notes.contains { $0.contains("counted as one, miN2 would be miN1") })
        #expect(
            try result(both, StagingRules(nodeRegions: .byStation)).notes.contains {
                $0.contains("counted as one region; counted as two, miN1 would be miN2")
            })
        let two = [focus(.obturatorNode, .left, id: 1), focus(.externalIliacNode, .left, id: 2)]
        #expect(try result(two).notes.isEmpty, "two stations are two regions, however they are counted")
        let oneSide = [focus(station, .left, id: 1), focus(station, .left, id: 2)]
        #expect(try result(oneSide).stage.miN == .miN1)
        #expect(try result(oneSide).pelvicRegions == [NodeRegion(station: station, side: .left)])
    }

    @Test(arguments: [AnatomicalLocation.presacralNode, .mesorectalNode])
    func unpairedStationsAreOneRegionWhateverTheSide(station: AnatomicalLocation) throws {
        let both = [focus(station, .left, id: 1), focus(station, .right, id: 2), focus(station, id: 3)]
        #expect(try result(both).pelvicRegions == [NodeRegion(station: station, side: nil)])
        #expect(try result(both).stage.miN == .miN1)
    }

    @Test func aNodeWithoutSideAddsNoRegionToASidedStation() throws {
        let sided = [focus(.obturatorNode, .right, id: 1), focus(.obturatorNode, id: 2)]
        #expect(try result(sided).pelvicRegions == [NodeRegion(station: .obturatorNode, side: .right)])
        let alone = try result([focus(.obturatorNode, id: 2)])
        #expect(alone.pelvicRegions == [NodeRegion(station: .obturatorNode, side: nil)])
        #expect(alone.stage.miN == .miN1)
        #expect(alone.notes.contains { $0.hasPrefix("Focus 2 (Obturator lymph node) has no side") })
    }

    @Test func commonIliacNodesFollowTheRule() throws {
        let node = [focus(.commonIliacNode, .left)]
        let pelvic = try result(node)
        #expect(pelvic.stage.description == "miT0 N1 M0")
        let extrapelvic = try result(node, StagingRules(commonIliac: .extrapelvic))
        #expect(extrapelvic.stage.description == "miT0 N0 M1a")
        #expect(extrapelvic.pelvicRegions.isEmpty)
        for result in [pelvic, extrapelvic] { #expect(result.notes.contains { $0.contains("AJCC") }) }
    }

    @Test func whatASiteChoseOtherwiseIsNamed() throws {
        #expect(StagingRules().departures.isEmpty)
        #expect(StagingRules(prostate: .removed).departures.isEmpty, "that is the patient's, not the site's")
        #expect(
            StagingRules(commonIliac: .extrapelvic, nodeRegions: .byStation).departures == [
                "common iliac nodes extrapelvic", "node regions by-station",
            ])
        let note = "Staged by rules that this site has chosen: node regions by-station."
        #expect(try result([], StagingRules(nodeRegions: .byStation)).notes == [note], "also where nothing turns on it")
    }

    @Test func regionsStandInTemplateOrder() throws {
        let foci = [
            focus(.mesorectalNode, id: 1), focus(.externalIliacNode, .right, id: 2),
            focus(.obturatorNode, .left, id: 3),
            focus(.externalIliacNode, .left, id: 4),
        ]
        #expect(
            try result(foci).pelvicRegions == [
                NodeRegion(station: .externalIliacNode, side: .left),
                NodeRegion(station: .externalIliacNode, side: .right),
                NodeRegion(station: .obturatorNode, side: .left), NodeRegion(station: .mesorectalNode, side: nil),
            ])
    }
}
