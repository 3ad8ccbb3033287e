extension ConformanceStatement {
    /// The statement as facts for programs: who we are, and what we offer and use.
    public struct Facts: Encodable, Sendable {
        /// A UID and its name.
        public struct Named: Encodable, Sendable {
            /// The UID.
            public let uid: String
            /// What PS3.6 calls it.
            public let name: String
        }

        /// A service in one role.
        public struct Service: Encodable, Sendable {
            /// What it is called in the statement.
            public let name: String
            /// SCU or SCP.
            public let role: String
            /// Its SOP classes.
            public let sopClasses: [Named]
            /// In order of preference.
            public let transferSyntaxes: [Named]
            /// The statuses it answers with, or knows.
            public let statuses: [String]
            /// Sentences on what it does.
            public let behaviour: [String]
        }

        /// The product's version.
        public let version: String
        /// Our titles, the first of which we call by.
        public let aeTitles: [String]
        /// The port without TLS; nil where there is none.
        public let port: UInt16?
        /// The port under TLS; nil where there is none.
        public let securePort: UInt16?
        /// What we offer and use.
        public let services: [Service]
    }

    /// The statement as facts for programs.
    public var facts: Facts {
        let local = configuration.local
        return Facts(
            version: version, aeTitles: ([local.aeTitle] + local.furtherAETitles).map(\.description),
            port: configuration.tls?.isExclusive == true ? nil : local.port, securePort: configuration.tls?.port,
            services: services.map(Facts.Service.init))
    }
}

extension ConformanceStatement.Facts.Service {
    fileprivate init(_ service: DescribedService) {
        func named(_ values: [DescribedService.Named]) -> [ConformanceStatement.Facts.Named] {
            values.map { .init(uid: $0.uid.description, name: $0.name) }
        }
        self.init(
            name: service.name, role: service.role.rawValue, sopClasses: named(service.sopClasses),
            transferSyntaxes: named(service.transferSyntaxes),
            statuses: service.statuses.map { "\($0.status): \($0.meaning)" }, behaviour: service.behaviour)
    }
}
