extension NodeConfiguration {
    /// What in this configuration a running node cannot take up, as it differs from what it runs with.
    ///
    /// Peers, sources, what is fetched, destinations and rules can be taken up, and certificates, whose files keep their
    /// names. The rest is built into threads, sockets and files that are there.
    public func problems(reloadedOver running: NodeConfiguration) -> [ConfigurationProblem] {
        let differences = [
            ("node", local != running.local), ("tls", tls != running.tls), ("audit", auditing != running.auditing),
            ("completion", completion != running.completion), ("reading", reading != running.reading),
            ("report", report != running.report), ("retention", retention != running.retention),
        ]
        return differences.filter(\.1).map { section, _ in
            ConfigurationProblem(
                line: places.lines[section],
                message: "[\(section)] is another than the node runs with: restart it, or put the section back")
        }
    }
}
