import DICOM

/// A query of the index, as an identifier of C-FIND, C-MOVE or C-GET puts it.
public struct IndexQuery: Sendable {
    /// The level whose entities are wanted.
    public let level: QueryLevel
    let conditions: [(key: QueryKey, matchings: [Matching])]
    let returned: [QueryKey]
    /// Attributes asked for that the index does not hold, or not at this level; they match everything.
    public let unsupported: [DataSet.Element]

    /// Attributes of an identifier that say how to read it, and are no keys.
    private static let framing: Set<Tag> = [
        Attribute.specificCharacterSet.tag, Attribute.queryRetrieveLevel.tag, Attribute.retrieveAETitle.tag,
        Attribute.instanceAvailability.tag, Attribute.timezoneOffsetFromUTC.tag,
    ]

    /// Reads the identifier of a C-FIND (PS3.4 section C.4.1.2.1).
    ///
    /// Hierarchical: the unique key of every level above the one asked for has one value. Keys of the levels above may
    /// be matched and returned besides, which the standard leaves to relational queries.
    /// - Parameter top: the root of the model.
    public init(finding identifier: DataSet, top: QueryLevel) throws(QueryError) {
        let level = try Self.level(of: identifier, top: top)
        try Self.requireUniqueKeys(identifier, above: level, top: top)
        var conditions: [(QueryKey, [Matching])] = []
        var returned: [QueryKey] = []
        var unsupported: [DataSet.Element] = []
        for element in identifier.elements where !Self.framing.contains(element.tag) && element.tag.element != 0 {
            guard let key = QueryKey.byTag[element.tag], key.isAvailable(at: level), element.vr != .SQ else {
                unsupported.append(element)
                continue
            }
            returned.append(key)
            let matchings = try Matching.read(identifier.strings(key.attribute), of: key.attribute)
            if matchings.isEmpty { continue }
            if key.canBeMatched { conditions.append((key, matchings)) } else { unsupported.append(element) }
        }
        self.level = level
        self.conditions = conditions
        self.returned = returned
        self.unsupported = unsupported
    }

    /// Reads the identifier of a C-MOVE or C-GET (PS3.4 section C.4.2.2.1): unique keys, and at the level asked for a list
    /// of them. What else it has is left aside.
    public init(retrieving identifier: DataSet, top: QueryLevel) throws(QueryError) {
        let level = try Self.level(of: identifier, top: top)
        try Self.requireUniqueKeys(identifier, above: level, top: top)
        var conditions: [(QueryKey, [Matching])] = []
        for step in QueryLevel.allCases where step >= top && step <= level {
            let key = QueryKey.byTag[step.uniqueKey.tag]!
            let matchings = try Matching.read(identifier.strings(key.attribute), of: key.attribute)
            guard !matchings.isEmpty, matchings.allSatisfy({ if case .value = $0 { true } else { false } }) else {
                throw .notOfModel("\(key.attribute.keyword) is required at level \(level.rawValue)")
            }
            conditions.append((key, matchings))
        }
        self.level = level
        self.conditions = conditions
        (returned, unsupported) = ([], [])
    }

    private static func level(of identifier: DataSet, top: QueryLevel) throws(QueryError) -> QueryLevel {
        guard let level = identifier.string(.queryRetrieveLevel).flatMap(QueryLevel.init), level >= top else {
            let known = QueryLevel.allCases.filter { $0 >= top }.map(\.rawValue).joined(separator: ", ")
            throw .notOfModel("QueryRetrieveLevel is none of \(known)")
        }
        return level
    }

    private static func requireUniqueKeys(
        _ identifier: DataSet, above level: QueryLevel, top: QueryLevel
    ) throws(QueryError) {
        for step in QueryLevel.allCases where step >= top && step < level {
            let values = identifier.strings(step.uniqueKey)
            guard values.count == 1, !values[0].isEmpty, !values[0].contains(where: { $0 == "*" || $0 == "?" }) else {
                throw .notOfModel("one \(step.uniqueKey.keyword) is required at level \(level.rawValue)")
            }
        }
    }
}

/// One match: the values of the keys that were asked for.
public struct IndexMatch: Sendable, Equatable {
    /// As text, whatever the representation; none for a value that is not known.
    public let values: [Attribute: [String]]
}

/// An instance that can be sent: received or found.
public struct HeldInstance: Sendable, Equatable {
    /// Its file.
    public let path: String
    /// SOP Class UID.
    public let sopClassUID: UID
    /// SOP Instance UID.
    public let sopInstanceUID: UID
    /// Study Instance UID.
    public let studyInstanceUID: UID
}
