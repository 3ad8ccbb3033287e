import DICOMNetwork

extension NodeConfiguration.Destination {
    /// What keeps the destination from reporting on storage commitments on an association of its own; nil where nothing does.
    ///
    /// It calls us then under the title that we call it by, and proposes Storage Commitment (PS3.4 section J.3.3).
    func commitmentWarning(_ peers: [NodeConfiguration.KnownPeer]) -> String? {
        guard asksForCommitment else { return nil }
        let calling = peers.filter { peer in
            // Of a host's name nobody can tell its address here.
            let isElsewhere = IPv4Network(host) != nil && !peer.addresses.contains { $0.contains(host) }
            return peer.aeTitle == aeTitle && (peer.addresses.isEmpty || !isElsewhere)
        }
        guard !calling.isEmpty else {
            return """
                \(name) can report on storage commitment only within seconds: its title \(aeTitle) has no [[peer]] to \
                call this node by
                """
        }
        guard !calling.contains(where: { $0.services.contains(.commitment) }) else { return nil }
        return """
            \(name) cannot call this node to report on storage commitment: its [[peer]] \(aeTitle) needs "commitment" \
            among its services
            """
    }
}
