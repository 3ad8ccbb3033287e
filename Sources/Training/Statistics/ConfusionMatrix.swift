/// How often each category was called each, and how far two agree.
public struct ConfusionMatrix: Sendable, Equatable, Codable {
    /// The categories, in order of both rows and columns.
    public let categories: [String]
    /// Rows: what is true; columns: what was said.
    public let counts: [[Int]]

    /// Counts pairs of truth and what was said.
    /// - Parameter categories: in order; those that occur beside them follow, in alphabetical order.
    public init(_ pairs: [(truth: String, said: String)], categories: [String] = []) {
        let others = Set(pairs.flatMap { [$0.truth, $0.said] }).subtracting(categories)
        let all = categories + others.sorted()
        let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
        var counts = [[Int]](repeating: [Int](repeating: 0, count: all.count), count: all.count)
        for pair in pairs { counts[places[pair.truth]!][places[pair.said]!] += 1 }
        (self.categories, self.counts) = (all, counts)
    }

    /// Number of pairs.
    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// Part of the pairs that agree; nil without pairs.
    public var agreement: Double? {
        total == 0 ? nil : Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(total)
    }

    /// Cohen's κ = (pₒ − pₑ) / (1 − pₑ) (Cohen 1960); nil where both always say the same one category.
    public var kappa: Double? {
        guard let observed = agreement else { return nil }
        let n = Double(total)
        let expected = counts.indices.reduce(0.0) { sum, index in
            let row = Double(counts[index].reduce(0, +))
            let column = Double(counts.reduce(0) { $0 + $1[index] })
            return sum + row / n * column / n
        }
        return expected < 1 ? (observed - expected) / (1 - expected) : nil
    }
}
