/// A remote application entity, and how it is spoken to.
public struct Peer: Sendable, Hashable, CustomStringConvertible {
    /// Host name or IPv4 address.
    public let host: String
    /// TCP port.
    public let port: UInt16
    /// The title it is called by.
    public let calledAETitle: AETitle
    /// The title we call ourselves by.
    public let callingAETitle: AETitle
    /// How long it may take to answer.
    public let timeouts: Timeouts
    /// Whether it is spoken to under TLS, and with what; nil for plain TCP.
    public let security: Security?

    /// How a peer is spoken to under TLS.
    public struct Security: Sendable, Hashable {
        /// Our certificate, and whom we trust.
        public let credentials: TLSCredentials
        /// The name that the peer's certificate must bear: a DNS name or an IPv4 address; nil for any that is trusted.
        public let certificateName: String?

        /// Takes certificates.
        public init(_ credentials: TLSCredentials, certificateName: String? = nil) {
            (self.credentials, self.certificateName) = (credentials, certificateName)
        }
    }

    /// How long a peer may take, in seconds; none is unlimited.
    public struct Timeouts: Sendable, Hashable {
        /// For the TCP connection.
        public let connectSeconds: UInt32
        /// For negotiation and release.
        public let acseSeconds: UInt32
        /// For the response to a request, which a peer may give only after it has synchronised its disk.
        public let dimseSeconds: UInt32

        /// Makes time-outs; zero counts as one second.
        public init(connectSeconds: UInt32 = 10, acseSeconds: UInt32 = 30, dimseSeconds: UInt32 = 60) {
            self.connectSeconds = max(connectSeconds, 1)
            self.acseSeconds = max(acseSeconds, 1)
            self.dimseSeconds = max(dimseSeconds, 1)
        }
    }

    /// Names a peer.
    public init(
        host: String, port: UInt16, calledAETitle: AETitle, callingAETitle: AETitle, timeouts: Timeouts = Timeouts(),
        security: Security? = nil
    ) {
        self.host = host
        self.port = port
        self.calledAETitle = calledAETitle
        self.callingAETitle = callingAETitle
        self.timeouts = timeouts
        self.security = security
    }

    /// The called title, host and port, and whether it is under TLS.
    public var description: String { "\(calledAETitle) at \(host):\(port)\(security == nil ? "" : " (TLS)")" }
}
