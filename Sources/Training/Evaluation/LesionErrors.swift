import Anatomy

/// What is wrong lesion by lesion: which of those that can be seen are no candidates, and what is called disease and is none.
public struct LesionErrors: Sendable {
    /// Lesions that can be seen: how many there are, and how many are no candidates.
    public struct Tally: Sendable, Equatable {
        /// No candidate focus hits them.
        public var missed = 0
        /// All of them.
        public var all = 0
    }

    /// Volumes drawn, in millilitres, from which one class of size ends and the next begins.
    public static let volumes = [0.3, 1]
    /// Of each kind of tissue, the lesions by size, the smallest first.
    public private(set) var seen: [AnatomicalLocation.Group: [Tally]] = [:]
    /// Foci called suspicious that are no disease, by what was drawn there.
    public private(set) var falsely: [String: Int] = [:]

    /// Counts.
    public init(_ results: [PatientResult]) {
        for lesion in results.flatMap(\.truth.lesions) where lesion.isDetectable {
            let size = Self.volumes.count { lesion.volumeMl >= $0 }
            let none = [Tally](repeating: Tally(), count: Self.volumes.count + 1)
            seen[lesion.location.group, default: none][size].all += 1
            if !lesion.isFound { seen[lesion.location.group, default: none][size].missed += 1 }
        }
        for focus in results.flatMap(\.foci) where focus.isSuspicious && focus.label.suspicious == false {
            falsely[focus.label.location?.displayName ?? "Nothing drawn", default: 0] += 1
        }
    }

    /// Both, in lines.
    public var text: String {
        let names: [(AnatomicalLocation.Group, String)] = [
            (.lymphNode, "lymph nodes"), (.bone, "bones"), (.organ, "elsewhere"),
        ]
        let sizes = ["below 0.3 ml", "0.3 to 1 ml", "from 1 ml"]
        let missed = names.compactMap { group, name in
            seen[group].map { tallies in
                "    \(name): "
                    + zip(sizes, tallies).map { "\($1.missed) of \($1.all) \($0)" }.joined(separator: ", ")
            }
        }
        let ranked = falsely.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "    \($0.value)  \($0.key)" }
        return
            (["  no candidates, of the lesions that can be seen:"] + missed
            + ["  called suspicious and no disease: \(falsely.values.reduce(0, +)) foci"] + ranked)
            .joined(separator: "\n")
    }
}
