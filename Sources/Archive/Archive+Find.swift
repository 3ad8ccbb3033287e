import DICOM
import Foundation
import GRDB

extension Archive {
    /// Finds what matches, the studies and patients that came last in front.
    ///
    /// The index is read in pieces, so that a slow taker holds no transaction open and the first match is there at once.
    /// What comes or goes meanwhile may or may not be seen.
    /// - Parameter each: takes one match; false ends the search.
    public func find(_ query: IndexQuery, each: (IndexMatch) -> Bool) throws(ArchiveError) {
        for source in query.level < .series ? [Holding.received] : [.received, .found] {
            var last: Int64?
            var size = 32
            while true {
                let piece = try read { database in
                    try source.identifiers(query, after: last, limit: size, in: database).map {
                        ($0, try source.match($0, query, in: database))
                    }
                }
                for case (_, let match?) in piece where !each(match) { return }
                guard piece.count == size else { break }
                last = piece.last!.0
                size = 512
            }
        }
    }

    /// The instances below what a retrieval names, by arrival.
    public func heldInstances(_ query: IndexQuery) throws(ArchiveError) -> [HeldInstance] {
        try read { database in
            try [Holding.received, .found].flatMap { source in
                try source.instances(query, in: database) { folder, digest in
                    state.file(in: folder, digest: digest, extension: "dcm")
                }
            }
        }
    }
}

extension Archive {
    /// How SQLite goes about finding what matches a query, and whether it is shown, a line for each step: for whoever looks
    /// after its indexes.
    package func plan(of query: IndexQuery) throws(ArchiveError) -> [String] {
        try read { database in
            let (sql, arguments) = Holding.received.identifying(query, after: nil, limit: 32)
            let shown: (String, StatementArguments) = (Holding.received.reading(["1"], of: query.level), [0])
            return try [(sql, arguments), shown].flatMap { sql, arguments in
                try database.rows("EXPLAIN QUERY PLAN " + sql, arguments).map { $0["detail"] as String }
            }
        }
    }
}

/// Where series and instances are: among what was received, or among what was found by reading it.
private enum Holding {
    case received, found

    private var series: String { self == .received ? "series" : "result_series" }
    private var instance: String { self == .received ? "instance" : "result_instance" }

    /// The tables of a level and those above, under the names of those of what was received.
    private func tables(_ level: QueryLevel) -> String {
        let study = "study JOIN patient ON patient.id = study.patient"
        return switch level {
        case .patient: "patient"
        case .study: study
        case .series:
            "\(series) AS series JOIN study ON study.id = series.study JOIN patient ON patient.id = study.patient"
        case .image:
            "\(instance) AS instance JOIN \(series) AS series ON series.id = instance.series "
                + "JOIN study ON study.id = series.study JOIN patient ON patient.id = study.patient"
        }
    }

    private static func row(_ level: QueryLevel) -> String {
        switch level {
        case .patient: "patient.id"
        case .study: "study.id"
        case .series: "series.id"
        case .image: "instance.id"
        }
    }

    /// The rows that match, apart from their values: sorting must not count what is then cut off.
    func identifiers(
        _ query: IndexQuery, after last: Int64?, limit: Int, in database: Database
    ) throws -> [Int64] {
        let (sql, arguments) = identifying(query, after: last, limit: limit)
        return try database.rows(sql, arguments).map { $0["id"] }
    }

    /// The statement that finds the rows that match.
    func identifying(
        _ query: IndexQuery, after last: Int64?, limit: Int
    ) -> (sql: String, arguments: StatementArguments) {
        var condition = Condition(query.conditions)
        let row = Self.row(query.level)
        let isNewestFirst = query.level < .series
        if let last { condition.and("\(row) \(isNewestFirst ? "<" : ">") ?", [last]) }
        condition.arguments += [limit]
        // Studies are joined with their patients only where these are asked about.
        let needsPatient = query.conditions.contains { $0.key.level == .patient }
        let tables = query.level == .study && !needsPatient ? "study" : tables(query.level)
        let sql = """
            SELECT \(row) AS id FROM \(tables) WHERE \(condition.sql)
            ORDER BY \(row) \(isNewestFirst ? "DESC" : "ASC") LIMIT ?
            """
        return (sql, condition.arguments)
    }

    /// The statement that reads columns of one row, if it is shown. Asked of those found alone: a search looks at many more.
    func reading(_ columns: [String], of level: QueryLevel) -> String {
        """
        SELECT \(columns.joined(separator: ", ")) FROM \(tables(level))
        WHERE \(Self.row(level)) = ? AND \(level.isShown(among: instance))
        """
    }

    /// The values of one row; nil where it is not shown.
    func match(_ id: Int64, _ query: IndexQuery, in database: Database) throws -> IndexMatch? {
        var columns = [Self.row(query.level)]
        var keys: [QueryKey] = []
        for key in query.returned {
            switch key.source {
            case .column(let column), .values(let column), .name(let column, _): columns.append(column)
            case .count(let sql): columns.append(sql.replacingOccurrences(of: "{instance}", with: instance))
            case .modalities, .sopClasses: continue
            }
            keys.append(key)
        }
        guard let row = try database.row(reading(columns, of: query.level), [id]) else { return nil }
        var values: [Attribute: [String]] = [:]
        for (index, key) in keys.enumerated() {
            values[key.attribute] = Self.text(row[index + 1] as DatabaseValue, key)
        }
        for key in query.returned {
            switch key.source {
            case .modalities: values[key.attribute] = try Self.texts(Self.modalities, [id, id], in: database)
            case .sopClasses: values[key.attribute] = try Self.texts(Self.sopClasses, [id, id], in: database)
            default: continue
            }
        }
        return IndexMatch(values: values)
    }

    private static let modalities = """
        SELECT modality FROM series WHERE study = ? AND modality <> ''
            AND \(QueryLevel.series.isShown(among: "instance"))
        UNION SELECT modality FROM result_series AS series WHERE study = ? AND modality <> ''
            AND \(QueryLevel.series.isShown(among: "result_instance")) ORDER BY 1
        """

    private static let sopClasses = """
        SELECT i.sop_class_uid FROM instance AS i JOIN series AS s ON s.id = i.series
        WHERE s.study = ? AND i.is_rejected = 0
        UNION SELECT i.sop_class_uid FROM result_instance AS i
        JOIN result_series AS s ON s.id = i.series WHERE s.study = ? AND i.is_rejected = 0 ORDER BY 1
        """

    private static func texts(_ sql: String, _ arguments: StatementArguments, in database: Database) throws -> [String]
    {
        try String.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }

    private static func text(_ value: DatabaseValue, _ key: QueryKey) -> [String] {
        switch value.storage {
        case .int64(let number): [String(number)]
        case .string(""): []
        case .string(let text):
            if case .values = key.source { text.components(separatedBy: "\\") } else { [text] }
        default: []
        }
    }

    func instances(
        _ query: IndexQuery, in database: Database, path: (_ folder: String, _ digest: String) -> String
    ) throws -> [HeldInstance] {
        var condition = Condition(query.conditions)
        condition.and(QueryLevel.image.isShown(among: instance))
        let folder = self == .received ? StateDirectory.instances : StateDirectory.results
        return try database.rows(
            """
            SELECT instance.sop_class_uid, instance.sop_instance_uid, instance.digest, study.study_instance_uid
            FROM \(tables(.image)) WHERE \(condition.sql) ORDER BY instance.id
            """, condition.arguments
        ).map { row in
            guard let sopClass = UID(row["sop_class_uid"]), let instance = UID(row["sop_instance_uid"]),
                let study = UID(row["study_instance_uid"])
            else {
                throw ArchiveError.index(reason: "an instance is damaged")
            }
            return HeldInstance(
                path: path(folder, row["digest"]), sopClassUID: sopClass, sopInstanceUID: instance,
                studyInstanceUID: study)
        }
    }
}

/// A condition of a statement, with what is to be bound in it.
private struct Condition {
    var sql = "1 = 1"
    var arguments = StatementArguments()

    init(_ conditions: [(key: QueryKey, matchings: [Matching])]) {
        for (key, matchings) in conditions { and(key, matchings) }
    }

    mutating func and(_ sql: String, _ arguments: StatementArguments = []) {
        self.sql += " AND \(sql)"
        self.arguments += arguments
    }

    private mutating func and(_ key: QueryKey, _ matchings: [Matching]) {
        switch key.source {
        case .column(let column), .values(let column):
            // A list of plain values, such as of UIDs, is one look-up for each.
            let values = matchings.compactMap { if case .value(let value) = $0 { value } else { nil } }
            if values.count == matchings.count, case .column = key.source {
                and("\(column) IN (\(Self.places(values.count)))", StatementArguments(values))
            } else {
                var isMultiple = false
                if case .values = key.source { isMultiple = true }
                any(matchings) { Self.one($0, column, isMultiple: isMultiple) }
            }
        case .name(_, let folded): any(matchings) { Self.name($0, folded) }
        case .modalities:
            any(matchings) { matching in
                let (condition, arguments) = Self.one(matching, "series.modality", isMultiple: false)
                func exists(_ table: String, _ instance: String) -> String {
                    "EXISTS (SELECT 1 FROM \(table) AS series WHERE series.study = study.id AND \(condition) "
                        + "AND \(QueryLevel.series.isShown(among: instance)))"
                }
                return (
                    "(\(exists("series", "instance")) OR \(exists("result_series", "result_instance")))",
                    arguments + arguments
                )
            }
        case .count, .sopClasses: break
        }
    }

    private mutating func any(_ matchings: [Matching], _ one: (Matching) -> (String, StatementArguments)) {
        let alternatives = matchings.map(one)
        let bound = alternatives.reduce(StatementArguments()) { $0 + $1.1 }
        and(Self.either(alternatives.map(\.0)[...]), bound)
    }

    /// Conditions of which one has to hold. In a row their tree would be as deep as they are many, and SQLite takes none deeper
    /// than a thousand; halved again and again it is shallow.
    private static func either(_ conditions: ArraySlice<String>) -> String {
        guard conditions.count > 1 else { return "(\(conditions.first ?? "1 = 0"))" }
        let middle = conditions.startIndex + conditions.count / 2
        return "(\(either(conditions[..<middle])) OR \(either(conditions[middle...])))"
    }

    private static func places(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }

    private static func one(_ matching: Matching, _ column: String, isMultiple: Bool) -> (String, StatementArguments) {
        switch matching {
        case .value(let text):
            isMultiple
                ? ("('\\' || \(column) || '\\') GLOB ?", [glob("*\\\(text)\\*")]) : ("\(column) = ?", [text])
        case .pattern(let text):
            isMultiple ? ("('\\' || \(column) || '\\') GLOB ?", [glob("*\\\(text)\\*")]) : like(text, column)
        case .number(let number): ("\(column) = ?", [number])
        case .range(let from?, let to?): ("\(column) BETWEEN ? AND ?", [from, to])
        case .range(let from?, nil): ("\(column) >= ?", [from])
        case .range(nil, let to): ("(\(column) <> '' AND \(column) <= ?)", [to])
        case .name: ("1 = 0", [])
        }
    }

    /// Names by group. Alternatives are looked up one by one, as each group has an index of its own, which a condition
    /// with OR would leave unused.
    private static func name(_ matching: Matching, _ folded: String) -> (String, StatementArguments) {
        guard case .name(let groups, let anyGroup) = matching else { return ("1 = 0", []) }
        let columns = ["alphabetic", "ideographic", "phonetic"].map { "\(folded)_\($0)" }
        let wanted = anyGroup ? [groups[0], groups[0], groups[0]] : groups
        let parts = zip(wanted, columns).filter { !$0.0.isEmpty && $0.0 != "*" }.map { text, column in
            let isPattern = text.contains { $0 == "*" || $0 == "?" }
            let (sql, bound) = isPattern ? like(text, column) : ("\(column) = ?", [text])
            // The indexes leave absent groups out, which most are.
            return ("\(column) <> '' AND \(sql)", bound)
        }
        guard !parts.isEmpty else { return ("1 = 1", []) }
        let bound = parts.reduce(StatementArguments()) { $0 + $1.1 }
        let table = folded.prefix { $0 != "." }
        guard anyGroup else { return ("(\(parts.map(\.0).joined(separator: " AND ")))", bound) }
        let alternatives = parts.map { "SELECT id FROM \(table) WHERE \($0.0)" }
        return ("\(table).id IN (\(alternatives.joined(separator: " UNION ")))", bound)
    }

    /// A pattern, with the range of texts that begin as it does, for which an index serves.
    private static func like(_ pattern: String, _ column: String) -> (String, StatementArguments) {
        let prefix = pattern.prefix { $0 != "*" && $0 != "?" }
        let glob = glob(pattern)
        guard !prefix.isEmpty, let last = prefix.unicodeScalars.last, let next = Unicode.Scalar(last.value + 1) else {
            return ("\(column) GLOB ?", [glob])
        }
        let end = String(String.UnicodeScalarView(prefix.unicodeScalars.dropLast())) + String(Character(next))
        return ("(\(column) >= ? AND \(column) < ? AND \(column) GLOB ?)", [String(prefix), end, glob])
    }

    /// A pattern as SQLite writes it, where brackets have a meaning of their own.
    private static func glob(_ pattern: String) -> String {
        pattern.replacingOccurrences(of: "[", with: "[[]")
    }
}
