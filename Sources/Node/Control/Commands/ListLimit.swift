/// How much a command that lists gives in one answer, so that neither the node nor who asks needs memory without a limit.
package enum ListLimit {
    /// So many rows at most.
    package static let most = 10_000

    /// What is asked for, kept within 1 to `most`.
    static func kept(_ limit: Int) -> Int { min(max(limit, 1), most) }
}
