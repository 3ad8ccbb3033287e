import Anatomy
import Classification

extension OperatingPoints {
    /// A focus whose truth is known.
    private typealias Judged = (probability: Double, isDisease: Bool)

    /// The points that serve best on patients whom the network did not learn from.
    ///
    /// The first focus of nodes and of bones: the point at which it is right of most patients whether they have disease there,
    /// because that is what the stage turns on; the middle of all points that are as good but for one patient; but what is
    /// more probably disease than not is suspicious by itself, unless the point of further ones is higher. Further ones,
    /// and organs, and groups of which fewer than `fewest` patients with and without disease have a known stage: the point
    /// at which recall and positive predictive value balance best (highest F1) among the group's foci, or among all foci
    /// where fewer than `fewest` of the group's are disease.
    public static func fit(_ results: [PatientResult]) -> OperatingPoints {
        let overall = balance(judged(results) { _ in true })
        var points = OperatingPoints(everywhere: overall)
        for group in AnatomicalLocation.Group.allCases {
            let own = judged(results) { $0.location.group == group }
            if own.count(where: \.isDisease) >= fewest { points[group] = Point(balance(own)) }
            guard group != .organ, let presence = presence(results, group) else { continue }
            let further = points[group].further
            let first = min(presence, max(further, 0.5))
            points[group] = Point(first: first, further: min(first, further))
        }
        return points
    }

    private static func highest(_ result: PatientResult, _ group: AnatomicalLocation.Group) -> Double {
        result.foci.filter { $0.location.group == group }.map(\.probability).max() ?? 0
    }

    private static let fewest = 10

    private static func judged(_ results: [PatientResult], _ isWanted: (PatientResult.Focus) -> Bool) -> [Judged] {
        results.flatMap(\.foci).filter(isWanted).compactMap { focus in
            focus.label.suspicious.map { (focus.probability, $0) }
        }
    }

    /// The point of highest F1, halfway to the next lower probability so that it does not rest on a single focus.
    private static func balance(_ judged: [Judged]) -> Double {
        let ranked = judged.sorted { $0.probability > $1.probability }
        let positives = judged.count { $0.isDisease }
        var (hits, best, point) = (0, 0.0, 0.5)
        for (index, focus) in ranked.enumerated() {
            hits += focus.isDisease ? 1 : 0
            let next = index + 1 < ranked.count ? ranked[index + 1].probability : 0
            guard next < focus.probability else { continue }
            let score = 2 * Double(hits) / Double(index + 1 + positives)
            if score > best { (best, point) = (score, (focus.probability + next) / 2) }
        }
        return point
    }

    /// The point at which presence of disease in a group is right most often; nil where too few patients tell.
    private static func presence(_ results: [PatientResult], _ group: AnatomicalLocation.Group) -> Double? {
        let patients = results.filter { $0.truth.stage != nil && !$0.foci.isEmpty }.map { result in
            (
                highest: highest(result, group),
                isDiseased: result.truth.lesions.contains { $0.location.group == group }
            )
        }
        let diseased = patients.count { $0.isDiseased }
        guard diseased >= fewest, patients.count - diseased >= fewest else { return nil }
        let candidates = (5...95).map { Double($0) / 100 }
        let right = candidates.map { point in patients.count { ($0.highest >= point) == $0.isDiseased } }
        let good = candidates.indices.filter { right[$0] >= right.max()! - 1 }
        return candidates[good[good.count / 2]]
    }
}
