import Anatomy
import Classification

extension OperatingPoints {
    /// A focus whose truth is known.
    private typealias Judged = (probability: Double, isDisease: Bool)

    /// The points that serve best on patients whom the network did not learn from.
    ///
    /// The first focus of nodes and of bones: the point at which it is right of most patients whether they have disease there,
    /// because that is what the stage turns on; the middle of all points that are as good but for one patient. Further ones:
    /// the point at which recall and positive predictive value balance best (F1, the mean over patients) in patients who have a
    /// first one. Organs, and groups of which fewer than `fewest` patients with and without disease have a known stage, or
    /// fewer have a first focus: the point of highest F1 among the group's foci, or among all foci where fewer than `fewest` of
    /// the group's are disease.
    /// - Parameter times: how many times each patient is among the results, seen in different ways.
    public static func fit(_ results: [PatientResult], times: Int = 1) -> OperatingPoints {
        let fewest = Self.fewest * times
        var points = OperatingPoints(everywhere: balance(judged(results) { _ in true }))
        for group in AnatomicalLocation.Group.allCases {
            let own = judged(results) { $0.location.group == group }
            if own.count(where: \.isDisease) >= fewest { points[group] = Point(balance(own)) }
            guard group != .organ, let first = presence(results, group, times) else { continue }
            let patients = results.filter { highest($0, group) >= first }.map { result in
                judged([result]) { $0.location.group == group }
            }
            points[group] = Point(
                first: first, further: min(first, patients.count >= fewest ? further(patients) : points[group].further))
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

    /// The point of highest mean F1 over patients, so that one with a hundred metastases counts no more than one with three;
    /// the middle of all points that are as good but for half a percent.
    private static func further(_ patients: [[Judged]]) -> Double {
        let scores = candidates.map { point in
            patients.reduce(0.0) { sum, foci in
                let said = foci.count { $0.probability >= point }
                let hits = foci.count { $0.probability >= point && $0.isDisease }
                return sum + 2 * Double(hits) / Double(max(said + foci.count { $0.isDisease }, 1))
            } / Double(patients.count)
        }
        return middle { scores[$0] >= scores.max()! - 0.005 }
    }

    /// The point at which presence of disease in a group is right most often; nil where too few patients tell.
    private static func presence(
        _ results: [PatientResult], _ group: AnatomicalLocation.Group, _ times: Int
    ) -> Double? {
        let patients = results.filter { $0.truth.stage != nil && !$0.foci.isEmpty }.map { result in
            (
                highest: highest(result, group),
                isDiseased: result.truth.lesions.contains { $0.location.group == group }
            )
        }
        let diseased = patients.count { $0.isDiseased }
        guard min(diseased, patients.count - diseased) >= fewest * times else { return nil }
        let right = candidates.map { point in patients.count { ($0.highest >= point) == $0.isDiseased } }
        return middle { right[$0] >= right.max()! - times }
    }

    private static let candidates = (5...95).map { Double($0) / 100 }

    /// The middle of the candidates that are good.
    private static func middle(_ isGood: (Int) -> Bool) -> Double {
        let good = candidates.indices.filter(isGood)
        return candidates[good[good.count / 2]]
    }
}
