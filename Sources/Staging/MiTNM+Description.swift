extension MiTNM: CustomStringConvertible {
    /// The stage in the wording of V2, such as "miT2u N1 M1a M1b(oligo)": every category of metastases, ascending.
    public var description: String { description(in: .v2) }

    /// The stage in the wording of an edition: V1 does not tell miT2u from miT2m and writes N1a and N1b.
    public func description(in edition: Edition) -> String {
        let local = edition == .v1 && (miT == .miT2u || miT == .miT2m) ? "miT2" : miT.rawValue
        let nodes = edition == .v1 ? miNV1.rawValue : miN.rawValue
        let distant = (miMCategories.isEmpty ? [.miM0] : miMCategories).map { category in
            let pattern = category == .miM1b ? miMPattern.map { "(\($0.rawValue))" } : nil
            return Self.short(category.rawValue) + (pattern ?? "")
        }
        return ([local, Self.short(nodes)] + distant).joined(separator: " ")
    }

    /// A category without its "mi", which the phrase says once, in front.
    private static func short(_ category: String) -> String { String(category.dropFirst(2)) }
}
