import DICOMNetwork
import Foundation
import Imaging
import Reporting

extension NodeConfiguration {
    /// Reads a configuration file.
    /// - Throws: `ConfigurationError` with every problem of the file at once.
    public init(path: String) throws(ConfigurationError) {
        try self.init(text: Self.text(of: path), path: path)
    }

    /// Reads a configuration from text.
    public init(text: String, path: String) throws(ConfigurationError) {
        self.init()
        let document = read(text)
        guard document.problems.isEmpty else { throw ConfigurationError(path: path, problems: document.problems) }
        warnings = document.warnings
    }

    /// Reads a configuration file, and with it the files and folders that it names, as a node has to that starts with it.
    /// - Throws: `ConfigurationError` with every problem of the file and of those at once.
    public init(checking path: String) throws(ConfigurationError) {
        self.init()
        let document = read(try Self.text(of: path))
        checkFiles(document)
        guard document.problems.isEmpty else { throw ConfigurationError(path: path, problems: document.problems) }
        warnings = document.warnings
    }

    private static func text(of path: String) throws(ConfigurationError) -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(
                path: path,
                problems: [.init(line: nil, message: "the file cannot be read; give its path with --config")])
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        throw ConfigurationError(
            path: path,
            problems: [.init(line: line.map { $0 + 1 }, message: "this is not UTF-8; save the file as UTF-8")])
    }

    private mutating func read(_ text: String) -> ConfigurationDocument {
        let document = ConfigurationDocument(text: text)
        read(ConfigurationSection(document))
        for section in document.table.keys { places.lines[section] = document.line(ofSection: section) }
        return document
    }

    private mutating func read(_ root: ConfigurationSection) {
        if let section = root.section("node") { local.read(section) }
        if let section = root.section("tls") { tls = TLS(section) }
        if let section = root.section("audit") { auditing.read(section) }
        peers = root.sections("peer").compactMap { KnownPeer($0, titles: [local.aeTitle] + local.furtherAETitles) }
        if let section = root.section("completion") { completion.read(section) }
        if let section = root.section("reading") { reading.read(section) }
        if let section = root.section("report") { report.read(section) }
        for section in root.sections("destination") {
            guard let destination = Destination(section) else { continue }
            if destinations.contains(where: { $0.name == destination.name }) {
                section.complain("name", "two destinations are named \(destination.name); give each its own name")
            }
            if let warning = destination.commitmentWarning(peers) { section.warn(warning) }
            destinations.append(destination)
        }
        readSources(root)
        readFetch(root)
        if let tls, let section = root.section("tls") {
            if tls.port == nil, peers.contains(where: \.requiresTLS) {
                section.warn("a [[peer]] has tls = \"required\" and cannot call: [tls] has no port")
            }
            if let port = tls.port, port != 0, port == local.port, !tls.isExclusive {
                section.complain("port", "[node] has the same port; give each its own, or exclusive = true")
            }
        }
        if root.section("tls") == nil {
            let needs = [
                ("source", sources.contains(where: \.usesTLS)), ("peer", peers.contains(where: \.requiresTLS)),
                ("destination", destinations.contains(where: \.usesTLS)),
            ]
            for (name, _) in needs.filter(\.1) {
                root.complainOfAbsence(name, "TLS for a \(name) needs a section [tls]")
            }
            if auditing.collector != nil {
                root.complainOfAbsence("audit", "a collector needs a section [tls] to be called under")
            }
        }
        readRules(root)
        if let section = root.section("retention") { retention.read(section, reserveMiB: local.reserveMiB) }
        root.refuseUnknownKeys()
    }
}

extension NodeConfiguration.Local {
    fileprivate mutating func read(_ section: ConfigurationSection) {
        section.aeTitle("ae_title").map { aeTitle = $0 }
        furtherAETitles = section.aeTitles("ae_titles") ?? []
        section.string("address").map { address = $0 }
        var parsed = in_addr()
        if inet_pton(AF_INET, address, &parsed) != 1 {
            section.complain("address", "address needs an IPv4 address of this machine in digits, or 0.0.0.0 for all")
        }
        section.integer("port", 0...65535).map { port = UInt16($0) }
        section.string("state_directory").map { stateDirectory = $0 }
        if ControlServer.path(inStateDirectory: stateDirectory).utf8.count > ControlSocket.maximumPathBytes {
            let maximum = ControlSocket.maximumPathBytes - ControlServer.path(inStateDirectory: "").utf8.count
            section.complain(
                "state_directory", "state_directory has at most \(maximum) bytes: its control socket's path")
        }
        section.integer("maximum_associations", 1...1024).map { maximumAssociations = $0 }
        section.integer("reserve_mib", 0...10_000_000).map { reserveMiB = $0 }
        section.integer("maximum_query_matches", 1...1_000_000).map { maximumQueryMatches = $0 }
        section.integer("alarm_after_hours", 0...8760).map { alarmAfterHours = $0 }
        section.refuseUnknownKeys()
    }
}

extension NodeConfiguration.KnownPeer {
    /// - Parameter titles: ours.
    fileprivate init?(_ section: ConfigurationSection, titles: [AETitle]) {
        let title = section.required("ae_title", section.aeTitle("ae_title"))
        let addresses = section.values("addresses", "IPv4 address or network", IPv4Network.init)
        let called = section.aeTitles("called_ae_titles") ?? []
        if let stranger = called.first(where: { !titles.contains($0) }) {
            section.complainOfAbsence(
                "called_ae_titles", "\(stranger) is neither ae_title nor among ae_titles of [node]")
        }
        let words = PeerService.allCases.map(\.rawValue).joined(separator: ", ")
        let services = section.values("services", "service (\(words))", PeerService.init(rawValue:))
        let limit = section.integer("maximum_associations", 1...1024)
        let host = section.string("host")
        let port = section.integer("port", 1...65535)
        if section.has("host") != section.has("port") {
            section.complain(
                section.has("port") ? "port" : "host", "host and port belong together: give both or neither")
        }
        let tls = section.word("tls", of: ["allowed", "required"])
        let certificateName = section.string("certificate_name")
        if certificateName != nil, tls != "required" {
            section.complain("certificate_name", "certificate_name needs tls = \"required\"")
        }
        section.refuseUnknownKeys()
        guard let title else { return nil }
        self.init(aeTitle: title)
        requiresTLS = tls == "required"
        self.certificateName = certificateName
        self.addresses = addresses ?? []
        calledAETitles = called
        if let services { self.services = Set(services) }
        maximumAssociations = limit
        self.host = host
        self.port = port.map(UInt16.init)
    }
}

extension NodeConfiguration.Completion {
    fileprivate mutating func read(_ section: ConfigurationSection) {
        section.seconds("quiet_period_seconds", 1...86_400).map { quietPeriodSeconds = $0 }
        section.seconds("incomplete_after_seconds", 1...604_800).map { incompleteAfterSeconds = $0 }
        section.seconds("forced_after_seconds", 1...2_592_000).map { forcedAfterSeconds = $0 }
        section.seconds("wait_for_partner_seconds", 0...604_800).map { waitForPartnerSeconds = $0 }
        section.seconds("commitment_settle_seconds", 0...86_400).map { commitmentSettleSeconds = $0 }
        section.choice("when_incomplete").map { whenIncomplete = $0 }
        judge(section)
        section.refuseUnknownKeys()
    }

    /// Times that make each other void: none of them shows before a study is not read, or is read without its CT.
    private func judge(_ section: ConfigurationSection) {
        if quietPeriodSeconds >= incompleteAfterSeconds {
            section.warn(
                "incomplete_after_seconds is not more than quiet_period_seconds: a study that lacks images is given up at once"
            )
        }
        if quietPeriodSeconds >= forcedAfterSeconds {
            section.warn(
                "forced_after_seconds is not more than quiet_period_seconds: no study is ever quiet before it is forced"
            )
        }
        if incompleteAfterSeconds > forcedAfterSeconds {
            section.warn("incomplete_after_seconds is cut to forced_after_seconds, which is less")
        }
        if waitForPartnerSeconds > incompleteAfterSeconds {
            section.warn("wait_for_partner_seconds is cut to incomplete_after_seconds, which is less")
        }
    }
}

extension NodeConfiguration.Reading {
    fileprivate mutating func read(_ section: ConfigurationSection) {
        assumedTracer = section.tracer("assumed_tracer")
        model = section.string("model")
        section.seconds("timeout_seconds", 10...86_400).map { timeoutSeconds = $0 }
        section.integer("memory_mib", 512...1_000_000).map { memoryMiB = $0 }
        section.boolean("compare").map { compares = $0 }
        section.choice("common_iliac").map { staging.commonIliac = $0 }
        section.choice("node_regions").map { staging.nodeRegions = $0 }
        section.refuseUnknownKeys()
    }
}

extension ReportOptions {
    fileprivate mutating func read(_ section: ConfigurationSection) {
        section.integer("first_series_number", 1...999_999).map { firstSeriesNumber = $0 }
        section.boolean("other_foci").map { includesOtherFoci = $0 }
        section.refuseUnknownKeys()
    }
}

extension NodeConfiguration.Destination {
    fileprivate init?(_ section: ConfigurationSection) {
        let name = section.required("name", section.string("name"))
        let title = section.required("ae_title", section.aeTitle("ae_title"))
        let host = section.required("host", section.string("host"))
        let port = section.required("port", section.integer("port", 1...65535))
        let pauses = DeliverySchedule(section)
        let asksForCommitment = section.boolean("storage_commitment") ?? false
        let commitmentAfter = section.seconds("commitment_after_seconds", 10...86_400)
        let usesTLS = section.boolean("tls") ?? false
        let certificateName = section.string("certificate_name")
        if certificateName != nil, !usesTLS {
            section.complain("certificate_name", "certificate_name needs tls = true")
        }
        let words = ReportObject.allCases.map(\.rawValue).joined(separator: ", ")
        let objects = section.values("objects", "object (\(words))", ReportObject.init(rawValue:))
        let getsDeclinedReports = section.boolean("declined_reports") ?? false
        section.refuseUnknownKeys()
        guard let name, let title, let host, let port else { return nil }
        self.init(name: name, aeTitle: title, host: host, port: UInt16(port))
        if let objects { self.objects = Set(objects) }
        self.getsDeclinedReports = getsDeclinedReports
        schedule = pauses
        self.asksForCommitment = asksForCommitment
        commitmentAfter.map { commitmentAfterSeconds = $0 }
        self.usesTLS = usesTLS
        self.certificateName = certificateName
    }
}

extension RetentionPolicy {
    fileprivate mutating func read(_ section: ConfigurationSection, reserveMiB: Int) {
        inputs = Limits(section, "inputs")
        results = Limits(section, "results")
        quarantine = Limits(section, "quarantine")
        keepFreeGibibytes = section.number("keep_free_gib", 0.001...1_000_000)
        if let keepFreeGibibytes, keepFreeGibibytes * 1024 <= Double(reserveMiB) {
            section.complain("keep_free_gib", "keep_free_gib needs more than reserve_mib, below which nothing comes in")
        }
        section.refuseUnknownKeys()
    }
}

extension RetentionPolicy.Limits {
    fileprivate init(_ section: ConfigurationSection, _ kind: String) {
        self.init()
        gibibytes = section.number("\(kind)_gib", 0.001...1_000_000)
        days = section.number("\(kind)_days", 0.001...36_500)
    }
}

extension DeliverySchedule {
    /// The attempts that any schedule has room for; the archive's own limit lies above.
    private static let mostAttempts = 9000.0

    fileprivate init(_ section: ConfigurationSection) {
        self.init()
        section.seconds("retry_after_seconds", 1...3600).map { firstPauseSeconds = $0 }
        section.seconds("longest_pause_seconds", 1...86_400).map { longestPauseSeconds = $0 }
        section.seconds("give_up_after_seconds", 1...2_592_000).map { giveUpAfterSeconds = $0 }
        if longestPauseSeconds < firstPauseSeconds {
            section.complain("longest_pause_seconds", "longest_pause_seconds is not below retry_after_seconds")
        } else if giveUpAfterSeconds / longestPauseSeconds > Self.mostAttempts {
            section.complain(
                "give_up_after_seconds", "give_up_after_seconds has room for at most 9000 times longest_pause_seconds")
        }
    }
}
