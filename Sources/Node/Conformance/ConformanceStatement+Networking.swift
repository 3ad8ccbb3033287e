import Archive
import DICOM
import DICOMNetwork

extension ConformanceStatement {
    // MARK: - 4.1

    func implementationModel(_ page: inout Markdown) {
        page.heading(3, "4.1 Implementation model")
        page.paragraph(
            "One application entity, `\(configuration.local.aeTitle)`, in one process that listens, keeps an index and a",
            "table of jobs, and starts a child process for each reading.")
        page.list([
            "**Receiving**: a peer stores instances; each is kept before it is answered.",
            "**Reading**: when a study has been silent for \(seconds(configuration.completion.quietPeriodSeconds)), no "
                + "association that fed it is open, and no slice is missing, it is read.",
            "**Sending**: each result goes to every destination, on associations that the node opens; what fails is sent "
                + "again after growing pauses.",
            "**Answering**: queries, retrievals and requests for storage commitment are answered from the index.",
        ])
    }

    // MARK: - 4.2

    func applicationEntity(_ page: inout Markdown) {
        page.heading(3, "4.2 AE specification: \(configuration.local.aeTitle)")
        associationPolicies(&page)
        page.heading(4, "4.2.2 Association initiation")
        page.paragraph(
            "By delivery and the requests for storage commitment behind it, by C-MOVE, by reports on storage commitment, by",
            "what is fetched or pulled from a source, and by the questions how many images a source has.")
        for service in services where service.role == .scu { describe(service, &page) }
        page.heading(4, "4.2.3 Association acceptance")
        acceptance(&page)
        for service in services where service.role == .scp { describe(service, &page) }
        queryKeys(&page)
    }

    private func associationPolicies(_ page: inout Markdown) {
        let (listening, peer) = (Listener.Configuration(), Peer.timeouts)
        page.heading(4, "4.2.1 Association policies")
        page.table(
            ["Policy", "Value"],
            [
                ["Application Context Name", "1.2.840.10008.3.1.1.1"],
                ["Implementation Class UID", Implementation.classUID],
                ["Implementation Version Name", Implementation.versionName],
                ["Maximum PDU, received and offered", "\(Listener.maximumPDUBytes) bytes"],
                ["Associations accepted at once", "\(configuration.local.maximumAssociations)"],
                [
                    "Associations opened at once",
                    "one for each destination, one for each peer that is reported to, one for each C-MOVE, one for fetching, "
                        + "one for counts, one for each `uptake pull`",
                ],
                [
                    "Connections that have not requested yet",
                    "\(listening.maximumPendingConnections); then the oldest is closed",
                ],
                ["Asynchronous operations, extended negotiation, user identity", "none"],
                ["As acceptor: time for a whole request", "\(listening.acseSeconds) s"],
                ["As acceptor: time for each further part of a message", "\(listening.dimseSeconds) s"],
                ["As acceptor: time between two messages", "\(listening.idleSeconds) s"],
                ["As requestor: time to connect", "\(peer.connectSeconds) s"],
                ["As requestor: time to negotiate or release", "\(peer.acseSeconds) s"],
                ["As requestor: time for a response", "\(peer.dimseSeconds) s"],
            ])
    }

    private func acceptance(_ page: inout Markdown) {
        page.table(
            ["Condition, in this order", "Otherwise"],
            [
                [
                    "the request is an A-ASSOCIATE-RQ, whole within the time-out",
                    "A-ABORT, and the connection is closed",
                ],
                [
                    "fewer than \(configuration.local.maximumAssociations) associations are open",
                    "\(Rejection.localLimitExceeded)",
                ],
                ["the application context is DICOM's", "\(Rejection.applicationContextNameNotSupported)"],
                [
                    "the identifiers of its presentation contexts are odd, and each is there once",
                    "\(Rejection.malformedRequest)",
                ],
                [
                    "the called AE title is one of the node's that the peer may call, case and all",
                    "\(Rejection.calledAETitleNotRecognized)",
                ],
                [
                    "the calling AE title is a peer of section 4.4.1, from one of its addresses",
                    "\(Rejection.callingAETitleNotRecognized)",
                ],
                ["the association has the security that its peer needs", "\(Rejection.noReasonGiven)"],
                [
                    "fewer associations of the peer are open than it may have, if that is limited",
                    "\(Rejection.localLimitExceeded)",
                ],
            ])
        page.paragraph(
            "Presentation contexts of services that the peer may not use are refused, and those that propose more than 50",
            "transfer syntaxes.")
        page.paragraph(
            "Of the transfer syntaxes proposed in a context the first, in the peer's order, of those listed for the service",
            "is accepted; where the peer proposes to be the SCP of a storage class (for C-GET), an uncompressed one is",
            "preferred.")
    }

    private func describe(_ service: DescribedService, _ page: inout Markdown) {
        page.heading(5, "\(service.name) as \(service.role.rawValue)")
        page.list(service.behaviour)
        if service.hasFewSOPClasses {
            page.table(["SOP class", "UID"], service.sopClasses.map { [$0.name, $0.uid.description] })
        } else {
            page.paragraph("SOP classes: those of section 8.2.")
        }
        if service.transferSyntaxes.count <= 4 {
            page.table(["Transfer syntax", "UID"], service.transferSyntaxes.map { [$0.name, $0.uid.description] })
        } else {
            page.paragraph("Transfer syntaxes: those of section 8.3.")
        }
        if !service.statuses.isEmpty {
            page.table(
                ["Status", service.role == .scp ? "Given when" : "Taken as"],
                service.statuses.map { [$0.status.code, $0.meaning] })
        }
    }

    private func queryKeys(_ page: inout Markdown) {
        page.heading(5, "Keys of queries")
        page.table(
            ["Level", "Attribute", "Tag", "Matched"],
            QueryLevel.allCases.flatMap { level in
                IndexQuery.keys(of: level).map {
                    [
                        level.rawValue, $0.attribute.keyword, "\($0.attribute.tag)",
                        $0.isMatched ? "yes" : "returned only",
                    ]
                }
            })
    }

    // MARK: - 4.3, 4.4

    func networkInterfaces(_ page: inout Markdown) {
        page.heading(3, "4.3 Network interfaces")
        page.paragraph("TCP over IPv4, on whatever the operating system offers. No IPv6, no DICOMweb, no DHCP or LDAP.")
    }

    func siteConfiguration(_ page: inout Markdown) {
        page.heading(3, "4.4 Configuration")
        page.heading(4, "4.4.1 AE titles and presentation addresses")
        let local = configuration.local
        let plain = configuration.tls?.isExclusive == true ? nil : "\(local.address):\(local.port)"
        let secure = configuration.tls?.port.map { "\(local.address):\($0) (TLS)" }
        let ours = ([local.aeTitle] + local.furtherAETitles).map(\.description).joined(separator: ", ")
        var rows = [[ours, "this node", [plain, secure].compactMap(\.self).joined(separator: ", ")]]
        rows += configuration.peers.map(row)
        rows += configuration.destinations.map {
            [$0.aeTitle.description, "destination \($0.name)", address($0.host, $0.port, usesTLS: $0.usesTLS)]
        }
        rows += configuration.sources.map {
            [$0.aeTitle.description, "source \($0.name)", address($0.host, $0.port, usesTLS: $0.usesTLS)]
        }
        page.table(["AE title", "Role", "Address"], rows)
        page.heading(4, "4.4.2 Parameters")
        page.paragraph("Every key of the configuration is in `Config/uptake.toml`, with its default.")
    }

    private func row(_ peer: NodeConfiguration.KnownPeer) -> [String] {
        let networks = peer.addresses.map(\.description).joined(separator: ", ")
        let from = networks.isEmpty ? "any address" : networks
        let at = peer.host.flatMap { host in peer.port.map { ", listens at \(host):\($0)" } } ?? ""
        let security = peer.requiresTLS ? ", TLS required" : ""
        return [peer.aeTitle.description, "peer", "calls from \(from)\(at)\(security)"]
    }

    private func address(_ host: String, _ port: UInt16, usesTLS: Bool) -> String {
        "\(host):\(port)\(usesTLS ? " (TLS)" : "")"
    }

    func seconds(_ value: Double) -> String { value == value.rounded() ? "\(Int(value)) s" : "\(value) s" }
}

extension Peer {
    /// The time-outs of the associations that the node opens.
    fileprivate static let timeouts = Timeouts()
}
