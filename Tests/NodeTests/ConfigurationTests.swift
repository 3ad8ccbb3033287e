import DICOMNetwork
import Foundation
import Imaging
import Node
import Reporting
import Staging
import Testing

@Suite struct ConfigurationTests {
    private func problems(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try NodeConfiguration(text: text, path: "site.toml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func anEmptyFileIsTheDefaults() throws {
        let configuration = try NodeConfiguration(text: "", path: "")
        #expect(configuration == NodeConfiguration())
        #expect(configuration.local.aeTitle.description == "UPTAKE")
        #expect(configuration.local.port == 11112)
        #expect(configuration.peers.isEmpty && configuration.destinations.isEmpty)
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try NodeConfiguration(
            text: """
                [node]
                ae_title = "NODE"
                ae_titles = ["NODE2"]
                address = "127.0.0.1"
                port = 4242
                state_directory = "/srv/uptake"
                maximum_associations = 7
                reserve_mib = 5
                [[peer]]
                ae_title = "A"
                addresses = ["192.0.2.1", "192.0.2.0/24"]
                called_ae_titles = ["NODE2"]
                services = ["store", "commitment"]
                maximum_associations = 3
                [[peer]]
                ae_title = "B"
                [completion]
                quiet_period_seconds = 30
                incomplete_after_seconds = 90.5
                forced_after_seconds = 7200
                when_incomplete = "read"
                wait_for_partner_seconds = 60
                commitment_settle_seconds = 4
                [reading]
                assumed_tracer = "18F-PSMA-1007"
                model = "/srv/model"
                timeout_seconds = 100
                memory_mib = 1000
                compare = false
                common_iliac = "extrapelvic"
                node_regions = "by-station"
                [report]
                first_series_number = 501
                other_foci = true
                [[destination]]
                name = "one"
                ae_title = "PACS"
                host = "pacs.example"
                port = 104
                retry_after_seconds = 5
                longest_pause_seconds = 600
                give_up_after_seconds = 86400
                objects = ["structured-report", "secondary-capture"]
                declined_reports = true
                [[destination]]
                name = "two"
                ae_title = "PACS"
                host = "192.0.2.3"
                port = 105
                """, path: "")
        var expected = NodeConfiguration()
        expected.local.aeTitle = AETitle("NODE")!
        expected.local.address = "127.0.0.1"
        expected.local.port = 4242
        expected.local.stateDirectory = "/srv/uptake"
        expected.local.maximumAssociations = 7
        expected.local.reserveMiB = 5
        expected.peers = [.init(aeTitle: AETitle("A")!), .init(aeTitle: AETitle("B")!)]
        expected.peers[0].addresses = [IPv4Network("192.0.2.1")!, IPv4Network("192.0.2.0/24")!]
        expected.peers[0].calledAETitles = [AETitle("NODE2")!]
        expected.peers[0].services = [.store, .commitment]
        expected.peers[0].maximumAssociations = 3
        expected.local.furtherAETitles = [AETitle("NODE2")!]
        expected.completion.quietPeriodSeconds = 30
        expected.completion.incompleteAfterSeconds = 90.5
        expected.completion.forcedAfterSeconds = 7200
        expected.completion.whenIncomplete = .read
        expected.completion.waitForPartnerSeconds = 60
        expected.completion.commitmentSettleSeconds = 4
        expected.reading.assumedTracer = .f18PSMA1007
        expected.reading.model = "/srv/model"
        expected.reading.timeoutSeconds = 100
        expected.reading.memoryMiB = 1000
        expected.reading.compares = false
        expected.reading.staging = StagingRules(commonIliac: .extrapelvic, nodeRegions: .byStation)
        expected.destinations = [
            .init(name: "one", aeTitle: AETitle("PACS")!, host: "pacs.example", port: 104),
            .init(name: "two", aeTitle: AETitle("PACS")!, host: "192.0.2.3", port: 105),
        ]
        expected.destinations[0].schedule.firstPauseSeconds = 5
        expected.destinations[0].schedule.longestPauseSeconds = 600
        expected.destinations[0].schedule.giveUpAfterSeconds = 86_400
        expected.destinations[0].objects = [.structuredReport, .secondaryCapture]
        expected.destinations[0].getsDeclinedReports = true
        expected.report = ReportOptions(firstSeriesNumber: 501, includesOtherFoci: true)
        #expect(configuration == expected)
    }

    @Test func everyKeyOfRetentionIsRead() throws {
        let text = """
            [retention]
            inputs_gib = 500
            inputs_days = 30
            results_gib = 0.5
            results_days = 365.5
            quarantine_gib = 2
            quarantine_days = 90
            keep_free_gib = 20
            """
        var expected = NodeConfiguration()
        expected.retention.inputs.gibibytes = 500
        expected.retention.inputs.days = 30
        expected.retention.results.gibibytes = 0.5
        expected.retention.results.days = 365.5
        expected.retention.quarantine.gibibytes = 2
        expected.retention.quarantine.days = 90
        expected.retention.keepFreeGibibytes = 20
        #expect(try NodeConfiguration(text: text, path: "") == expected)
        #expect(
            problems("[retention]\nkeep_free_gib = 1\ninputs_gib = 0")
                == [
                    "line 2: keep_free_gib needs more than reserve_mib, below which nothing comes in",
                    "line 3: inputs_gib needs a number from 0.001 to 1000000.0",
                ])
    }

    /// The control socket lies in it, and an address holds no longer path.
    @Test func aStateDirectoryHasAPathThatASocketCanHave() {
        let longest = "/" + String(repeating: "d", count: 98)
        #expect(problems("[node]\nstate_directory = \"\(longest)\"") == [])
        #expect(
            problems("[node]\nstate_directory = \"\(longest)d\"")
                == ["line 2: state_directory has at most 99 bytes: its control socket's path"])
    }

    /// A file and the problem that is found in it, with its line.
    @Test(arguments: [
        ("[node]\nport = 70000", "line 2: port needs a whole number from 0 to 65535"),
        ("[node]\nport = \"104\"", "line 2: port needs a whole number from 0 to 65535"),
        ("[node]\n# port\nport= -1", "line 3: port needs a whole number from 0 to 65535"),
        ("[node]\nae_title = \"SEVENTEEN LETTERS\"", "line 2: \"SEVENTEEN LETTERS\" is no AE title"),
        ("[node]\nae_title = 5", "line 2: ae_title needs a text in quotes"),
        ("[node]\naddress = \"\"", "line 2: address is empty; give a text, or leave the line out"),
        ("[node]\nstate_directory = true", "line 2: state_directory needs a text in quotes"),
        ("[node]\nmaximum_associations = 0", "line 2: maximum_associations needs a whole number from 1 to 1024"),
        ("[node]\nreserve_mib = 1.5", "line 2: reserve_mib needs a whole number"),
        ("[node]\nquiet = 3", "line 2: unknown key quiet; here may stand address, ae_title, ae_titles"),
        ("[[peer]]\naddresses = []", "line 1: [[peer]] needs ae_title"),
        ("[[peer]]\nae_title = \"A\"\naddresses = \"192.0.2.1\"", "line 3: addresses needs a list of texts"),
        (
            "[[peer]]\nae_title = \"A\"\naddresses = [\"192.0.2.1/24\"]",
            "line 3: \"192.0.2.1/24\" is no IPv4 address or network"
        ),
        (
            "[[peer]]\nae_title = \"A\"\nservices = [\"stow\"]",
            "line 3: \"stow\" is no service (store, query, retrieve, commitment)"
        ),
        (
            "[[peer]]\nae_title = \"A\"\ncalled_ae_titles = [\"B\"]",
            "line 3: B is neither ae_title nor among ae_titles of [node]"
        ),
        ("[[peer]]\nae_title = \"A\"\naddresses = [1]", "line 3: addresses needs a list of texts"),
        ("[[peer]]\nae_title = \"A\"\nport = 1", "line 3: host and port belong together: give both or neither"),
        ("[[peer]]\nae_title = \"A\"\nhost = \"h\"", "line 3: host and port belong together: give both or neither"),
        ("[[peer]]\nae_title = \"A\"\nlisten = 1", "line 3: unknown key listen"),
        ("[node]\n[peer]\nae_title = \"A\"", "line 2: peer may stand several times; write each as [[peer]]"),
        ("[node]\n[[completion]]", "line 2: completion is a section; write it as [completion]"),
        (
            "[completion]\nquiet_period_seconds = 0",
            "line 2: quiet_period_seconds needs a number of seconds from 1.0 to 86400.0"
        ),
        ("[completion]\nquiet_period_seconds = nan", "line 2: quiet_period_seconds needs a number of seconds"),
        ("[completion]\nincomplete_after_seconds = \"1h\"", "line 2: incomplete_after_seconds needs a number"),
        ("[completion]\nsilence = 1", "line 2: unknown key silence"),
        ("[completion]\nwhen_incomplete = \"drop\"", "line 2: when_incomplete needs one of park, read"),
        ("[completion]\nwait_for_partner_seconds = -1", "line 2: wait_for_partner_seconds needs a number of seconds"),
        ("[[rule]]\nread = true", "line 1: [[rule]] needs name"),
        ("[[rule]]\nname = \"r\"\nread = \"no\"", "line 3: read needs true or false"),
        ("[[rule]]\nname = \"r\"\nmodality = [\"PT\", 1]", "line 3: modality needs a text, or a list of texts"),
        ("[[rule]]\nname = \"r\"\nmodality = []", "line 3: modality needs a text, or a list of texts"),
        ("[[rule]]\nname = \"r\"\ntracer = \"PSMA\"", "line 3: \"PSMA\" matches no known tracer; there is 68Ga"),
        (
            "[[rule]]\nname = \"r\"\ndestinations = [\"pacs\"]",
            "line 3: no [[destination]] is named pacs; there is none"
        ),
        ("[[rule]]\nname = \"r\"\nread = false\nmodel = \"/m\"", "line 3: a rule that does not read has no"),
        ("[[rule]]\nname = \"r\"\n[[rule]]\nname = \"r\"\nmodality = \"PT\"", "line 4: two rules are named r"),
        (
            "[[rule]]\nname = \"r\"\ndescription = \"x\"",
            "line 3: unknown key description; here may stand assumed_tracer"
        ),
        ("[reading]\nassumed_tracer = \"FDG\"", "line 2: \"FDG\" is no known tracer; use one of 68Ga-PSMA-11"),
        ("[reading]\nmodel = 1", "line 2: model needs a text in quotes"),
        ("[reading]\ntimeout_seconds = 1", "line 2: timeout_seconds needs a number of seconds from 10.0"),
        ("[reading]\nmemory_mib = 1", "line 2: memory_mib needs a whole number from 512"),
        ("[reading]\nthreshold = 1", "line 2: unknown key threshold"),
        ("[reading]\ncommon_iliac = \"m1a\"", "line 2: common_iliac needs one of pelvic, extrapelvic"),
        ("[reading]\nnode_regions = true", "line 2: node_regions needs a text in quotes"),
        ("[[destination]]\nae_title = \"A\"\nhost = \"h\"\nport = 1", "line 1: [[destination]] needs name"),
        ("[[destination]]\nname = \"n\"\nhost = \"h\"\nport = 1", "line 1: [[destination]] needs ae_title"),
        ("[[destination]]\nname = \"n\"\nae_title = \"A\"\nport = 1", "line 1: [[destination]] needs host"),
        ("[[destination]]\nname = \"n\"\nae_title = \"A\"\nhost = \"h\"", "line 1: [[destination]] needs port"),
        (
            "[[destination]]\nname = \"n\"\nae_title = \"A\"\nhost = \"h\"\nport = 0",
            "line 5: port needs a whole number from 1 to 65535"
        ),
        (
            "[[destination]]\nname = \"n\"\nae_title = \"A\"\nhost = \"h\"\nport = 1\nretry_after_seconds = 0",
            "line 6: retry_after_seconds needs a number of seconds from 1.0 to 3600.0"
        ),
        ("[audit]\nmaximum_files = 1", "line 2: maximum_files needs a whole number from 2 to 1000"),
        ("[audit]\nmaximum_file_mib = 0", "line 2: maximum_file_mib needs a whole number from 1 to 1024"),
        ("[audit]\nhost = \"h\"", "line 2: host and port belong together: give both or neither"),
        ("[audit]\nhost = \"h\"\nport = 6514", "line 1: a collector needs a section [tls] to be called under"),
        ("[audit]\nenabled = true", "line 2: unknown key enabled"),
        (
            "[[destination]]\nname = \"n\"\nae_title = \"A\"\nhost = \"h\"\nport = 1\nlongest_pause_seconds = 20",
            "line 6: longest_pause_seconds is not below retry_after_seconds"
        ),
        (
            "[[destination]]\nname = \"n\"\nae_title = \"A\"\nhost = \"h\"\nport = 1\ngive_up_after_seconds = 2592000\nlongest_pause_seconds = 200",
            "line 6: give_up_after_seconds has room for at most 9000 times longest_pause_seconds"
        ),
        ("[tls]\ncertificate = \"c\"\nprivate_key = \"k\"", "line 1: [tls] needs trusted_certificates"),
        ("[tls]\nport = 65536\n" + files, "line 2: port needs a whole number from 0 to 65535"),
        ("[tls]\nexclusive = 1\nport = 1\n" + files, "line 2: exclusive needs true or false"),
        ("[tls]\nexclusive = true\n" + files, "line 2: exclusive = true closes the port without TLS"),
        ("[tls]\npassphrase = \"p\"\n" + files, "line 2: unknown key passphrase"),
        ("[[peer]]\nae_title = \"A\"\ntls = true", "line 3: tls needs a text in quotes"),
        ("[[peer]]\nae_title = \"A\"\ntls = \"yes\"", "line 3: tls needs one of allowed, required"),
        ("[[peer]]\nae_title = \"A\"\ntls = \"required\"", "line 1: TLS for a peer needs a section [tls]"),
        (
            "[[peer]]\nae_title = \"A\"\ncertificate_name = \"a\"",
            "line 3: certificate_name needs tls = \"required\""
        ),
        (
            "[[destination]]\nname = \"n\"\nae_title = \"A\"\nhost = \"h\"\nport = 1\ntls = true",
            "line 1: TLS for a destination needs a section [tls]"
        ),
        ("[node]\n\n[nodes]\nport = 1", "line 3: unknown key nodes; here may stand audit, completion, destination"),
        ("port = 1\n[node]", "line 1: unknown key port"),
    ])
    func aProblemIsNamedWithItsLine(_ text: String, _ problem: String) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(problem) == true, "\(found)")
    }

    private static let files = "certificate = \"c\"\nprivate_key = \"k\"\ntrusted_certificates = \"t\""

    @Test func everyKeyOfTLSAndAuditIsRead() throws {
        let configuration = try NodeConfiguration(
            text: """
                [tls]
                \(Self.files)
                revocation_list = "r"
                port = 2762
                exclusive = true
                require_client_certificate = false
                [audit]
                site = "Radiology"
                maximum_file_mib = 2
                maximum_files = 3
                host = "collector.example"
                port = 6514
                certificate_name = "c.example"
                [[peer]]
                ae_title = "A"
                tls = "required"
                certificate_name = "a.example"
                [[peer]]
                ae_title = "B"
                tls = "allowed"
                [[destination]]
                name = "one"
                ae_title = "PACS"
                host = "pacs.example"
                port = 104
                tls = true
                certificate_name = "pacs.example"
                """, path: "")
        var files = TLSCredentials.Files(certificate: "c", privateKey: "k", trustedCertificates: "t")
        files.revocationList = "r"
        files.requiresClientCertificate = false
        let tls = try #require(configuration.tls)
        #expect(tls.files == files && tls.port == 2762 && tls.isExclusive)
        var auditing = NodeConfiguration().auditing
        (auditing.site, auditing.maximumFileMiB, auditing.maximumFiles) = ("Radiology", 2, 3)
        auditing.collector = .init(host: "collector.example", port: 6514)
        auditing.collector?.certificateName = "c.example"
        #expect(configuration.auditing == auditing)
        #expect(configuration.peers.map(\.requiresTLS) == [true, false])
        #expect(configuration.peers.map(\.certificateName) == ["a.example", nil])
        #expect(configuration.destinations[0].usesTLS)
        #expect(configuration.destinations[0].certificateName == "pacs.example")
    }

    @Test func destinationsOfOneNameAreRefused() {
        let destination = "[[destination]]\nname = \"pacs\"\nae_title = \"A\"\nhost = \"h\"\nport = 1\n"
        #expect(
            problems(destination + destination.replacing("\"pacs\"", with: "\"other\"") + destination)
                == ["line 12: two destinations are named pacs; give each its own name"])
    }

    @Test func theSecondOfASectionIsFoundByItsLine() {
        let text = "[[peer]]\nae_title = \"A\"\n[[ peer ]] # another\nae_title = \"B\"\naddresses = 1"
        #expect(problems(text).first?.hasPrefix("line 5: addresses") == true)
    }

    @Test func everyProblemIsToldAtOnceInOrder() {
        let found = problems("[reading]\nmemory_mib = 1\n[node]\nport = -1\nfoo = 1\n[bar]")
        #expect(found.map { $0.prefix(6) } == ["line 2", "line 4", "line 5", "line 6"])
    }

    @Test func brokenTOMLIsNamedWithItsLine() {
        let found = problems("[node]\nport = \n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("line 2: ") == true, "\(found)")
    }

    @Test func aFileThatCannotBeReadIsNamed() {
        do throws(ConfigurationError) {
            _ = try NodeConfiguration(path: "/nonexistent/uptake.toml")
            Issue.record("read")
        } catch {
            #expect(error.description.contains("/nonexistent/uptake.toml is not in force"))
            #expect(error.description.contains("--config"))
        }
    }

    @Test func theShippedFileShowsEveryKeyWithItsDefault() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config/uptake.toml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let configuration = try NodeConfiguration(path: path)
        #expect(configuration.peers.count == 1 && configuration.destinations.count == 1)
        // Whatever is commented out says what holds anyway, but for what has no default.
        let examples = [
            "addresses", "assumed_tracer", "model", "host", "certificate_name", "inputs_gib", "inputs_days",
            "results_gib", "results_days", "quarantine_gib", "quarantine_days", "keep_free_gib", "site", "ae_titles",
            "called_ae_titles",
        ]
        let ruleKeys = RoutingRule.Key.allCases.map(\.rawValue) + ["read", "destinations"]
        let uncommented = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let key = line.drop { $0 == "#" || $0 == " " }.prefix { $0.isLetter || $0 == "_" }
            let isValue =
                line.hasPrefix("# ") && line.contains(" = ") && !examples.contains(String(key))
                && line != "# port = 104" && line != "# port = 6514"
                && line != "# maximum_associations = 4"
            return isValue || line == "# [[rule]]" ? String(line.dropFirst(2)) : String(line)
        }
        var whole = try NodeConfiguration(text: uncommented.joined(separator: "\n"), path: path)
        #expect(whole.rules.map(\.conditions.count) == [RoutingRule.Key.allCases.count], "the example is a rule")
        whole.rules = []
        #expect(whole == configuration)
        for key in [
            "address", "port", "state_directory", "maximum_associations", "reserve_mib", "maximum_query_matches",
            "addresses", "host",
            "quiet_period_seconds", "incomplete_after_seconds", "forced_after_seconds", "when_incomplete",
            "wait_for_partner_seconds", "commitment_settle_seconds", "assumed_tracer", "model", "timeout_seconds",
            "common_iliac", "node_regions", "memory_mib", "retry_after_seconds", "longest_pause_seconds",
            "give_up_after_seconds",
            "tls", "certificate_name", "maximum_file_mib", "maximum_files", "site",
            "ae_titles", "called_ae_titles", "services", "inputs_gib", "inputs_days", "results_gib", "results_days",
            "quarantine_gib", "quarantine_days", "keep_free_gib",
        ] + ruleKeys {
            #expect(text.contains("# \(key) = "), "\(key) is not shown")
        }
    }
}
