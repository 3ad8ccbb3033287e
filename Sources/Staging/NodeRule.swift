import Anatomy
import Classification

/// A region of pelvic lymph nodes as miN counts it.
public struct NodeRegion: Sendable, Hashable {
    /// The station.
    public let station: AnatomicalLocation
    /// The side; nil for a region without sides.
    public let side: Laterality?

    /// Makes a region.
    public init(station: AnatomicalLocation, side: Laterality?) {
        self.station = station
        self.side = side
    }
}

/// A row of the table of miN.
public struct NodeRule: Sendable {
    /// The numbers of regions with suspicious uptake to which the row applies.
    public let regions: ClosedRange<Int>
    /// The category in the wording of V2.
    public let miN: MiTNM.N
    /// The category in the wording of V1.
    public let miNV1: MiTNM.NV1
    /// Where the row comes from.
    public let source: String

    /// The rows; every number of regions falls into one.
    public static let table: [NodeRule] = [
        NodeRule(regions: 0...0, miN: .miN0, miNV1: .miN0, source: "PROMISE V1 table 1: no positive regional nodes"),
        NodeRule(regions: 1...1, miN: .miN1, miNV1: .miN1a, source: "PROMISE V1 table 1: single region; V2: miN1"),
        NodeRule(regions: 2...Int.max, miN: .miN2, miNV1: .miN1b, source: "PROMISE V1 table 1: ≥2 regions; V2: miN2"),
    ]

    /// The row for a number of regions.
    public static func row(regions: Int) -> NodeRule {
        guard let row = table.first(where: { $0.regions.contains(regions) }) else {
            preconditionFailure("a number of regions is not negative")
        }
        return row
    }
}

extension StagingRules {
    func pelvicNodes(_ evidence: StagingEvidence) -> (rule: NodeRule, regions: [NodeRegion], notes: [String]) {
        var paired = evidence.foci(.pairedPelvicNode)
        if commonIliac == .pelvic { paired += evidence.foci(.commonIliacNode) }
        let unpaired = evidence.foci(.unpairedPelvicNode)
        func regions(_ way: NodeRegions) -> [NodeRegion] {
            pairedRegions(paired, way)
                + Set(unpaired.map(\.verdict.location)).map { NodeRegion(station: $0, side: nil) }
        }
        let counted = regions(nodeRegions)
        let rule = NodeRule.row(regions: counted.count)
        let otherwise = NodeRule.row(regions: regions(nodeRegions.other).count)
        return (rule, counted.inTemplateOrder, nodeNotes(paired, evidence) + sideNotes(rule, otherwise))
    }

    /// The regions of paired stations. A node without a side adds a region only where no other of its station does:
    /// the fewest regions that explain the foci.
    private func pairedRegions(_ foci: [ClassifiedFocus], _ way: NodeRegions) -> [NodeRegion] {
        Dictionary(grouping: foci, by: \.verdict.location).flatMap { station, foci in
            let sides = Set(foci.map(\.verdict.laterality)).subtracting([.midline])
            guard way == .bySide, !sides.isEmpty else { return [NodeRegion(station: station, side: nil)] }
            return sides.map { NodeRegion(station: station, side: $0) }
        }
    }

    /// Sources differ in whether left and right are regions of their own: said where it decides.
    private func sideNotes(_ rule: NodeRule, _ otherwise: NodeRule) -> [String] {
        guard rule.miN != otherwise.miN else { return [] }
        let (here, there) = nodeRegions == .bySide ? ("two regions", "one") : ("one region", "two")
        return [
            "Left and right of a station are counted as \(here); counted as \(there), \(rule.miN.rawValue) would be "
                + "\(otherwise.miN.rawValue)."
        ]
    }

    private func nodeNotes(_ paired: [ClassifiedFocus], _ evidence: StagingEvidence) -> [String] {
        var notes: [String] = []
        if nodeRegions == .bySide {
            notes += paired.filter { $0.verdict.laterality == .midline }.map {
                "\($0.noteName) has no side; it adds no region to a station that has one."
            }
        }
        if !evidence.foci(.commonIliacNode).isEmpty {
            switch commonIliac {
            case .pelvic: notes.append("Common iliac nodes are counted as pelvic (miN); by AJCC they would be M1a.")
            case .extrapelvic: notes.append("Common iliac nodes are counted as extrapelvic (miM1a), as by AJCC.")
            }
        }
        return notes
    }
}

extension [NodeRegion] {
    /// Ordered by station as the locations are, then left before right.
    fileprivate var inTemplateOrder: [NodeRegion] {
        let stations = AnatomicalLocation.allCases
        let sides = Laterality.allCases
        func key(_ region: NodeRegion) -> (Int, Int) {
            (stations.firstIndex(of: region.station) ?? 0, region.side.flatMap(sides.firstIndex) ?? sides.count)
        }
        return sorted { key($0) < key($1) }
    }
}
