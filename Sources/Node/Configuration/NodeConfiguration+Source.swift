import DICOMNetwork

extension NodeConfiguration {
    /// A PACS that studies are retrieved from.
    public struct Source: Sendable, Equatable {
        /// How it is asked to send.
        public enum Method: String, Sendable, CaseIterable {
            /// C-GET: on the association of the request.
            case get
            /// C-MOVE: to our listener, under our title.
            case move
        }

        /// How we call it.
        public var name: String
        /// Its title.
        public var aeTitle: AETitle
        /// Its host name or address.
        public var host: String
        /// Its port.
        public var port: UInt16
        /// How it is asked to send.
        public var method = Method.get
        /// Whether it is called under TLS.
        public var usesTLS = false
        /// The name that its certificate must bear; nil for any certificate that is trusted.
        public var certificateName: String?
        /// The titles of the senders of whose studies it is asked, before they are closed, how many images it has.
        public var countsFor: [AETitle] = []
        /// Whether it is also waited for a PET or CT series that the source has and of which nothing is here.
        public var waitsForSeries = true
        /// How long it may take to say so, in seconds: for the connection, the association and the answer each.
        public var answerSeconds = 10.0

        /// Names a source.
        public init(name: String, aeTitle: AETitle, host: String, port: UInt16) {
            (self.name, self.aeTitle, self.host, self.port) = (name, aeTitle, host, port)
        }
    }

    /// How a source is reached, once the certificates are read.
    public func reach(_ source: Source, timeouts: Peer.Timeouts = Peer.Timeouts()) -> Peer {
        Peer(
            host: source.host, port: source.port, calledAETitle: source.aeTitle, callingAETitle: local.aeTitle,
            timeouts: timeouts, security: source.usesTLS ? security(certificateName: source.certificateName) : nil)
    }

    /// Reads the sections `[[source]]`.
    mutating func readSources(_ root: ConfigurationSection) {
        for section in root.sections("source") {
            guard let source = Source(section) else { continue }
            if sources.contains(where: { $0.name == source.name }) {
                section.complain("name", "two sources are named \(source.name); give each its own name")
            }
            sources.append(source)
        }
    }
}

extension NodeConfiguration.Source {
    fileprivate init?(_ section: ConfigurationSection) {
        let name = section.required("name", section.string("name"))
        let title = section.required("ae_title", section.aeTitle("ae_title"))
        let host = section.required("host", section.string("host"))
        let port = section.required("port", section.integer("port", 1...65535))
        let method = section.word("method", of: Method.allCases.map(\.rawValue)).flatMap(Method.init)
        let usesTLS = section.boolean("tls") ?? false
        let certificateName = section.string("certificate_name")
        if certificateName != nil, !usesTLS {
            section.complain("certificate_name", "certificate_name needs tls = true")
        }
        let countsFor = section.aeTitles("counts_for") ?? []
        let waitsForSeries = section.boolean("wait_for_series")
        let answerSeconds = section.seconds("answer_seconds", 1...300)
        section.refuseUnknownKeys()
        guard let name, let title, let host, let port else { return nil }
        self.init(name: name, aeTitle: title, host: host, port: UInt16(port))
        if let method { self.method = method }
        self.countsFor = countsFor
        waitsForSeries.map { self.waitsForSeries = $0 }
        answerSeconds.map { self.answerSeconds = $0 }
        self.usesTLS = usesTLS
        self.certificateName = certificateName
    }
}
