import DICOMNetwork
import Foundation
import Imaging
import Reporting
import Staging

/// The facts of a site: titles, addresses, paths, times, and which of two readings of miTNM it follows. Clinical thresholds are
/// not among them; they belong to the code and the model.
public struct NodeConfiguration: Sendable, Equatable {
    /// Our application entity.
    public struct Local: Sendable, Equatable {
        /// The title that peers call.
        public var aeTitle = AETitle("UPTAKE")!
        /// Further titles that peers may call; we call by the first.
        public var furtherAETitles: [AETitle] = []
        /// The address to listen on.
        public var address = "0.0.0.0"
        /// The port to listen on; 0 takes a free one.
        public var port: UInt16 = 11112
        /// Where instances, index and results lie.
        public var stateDirectory = "/var/lib/uptake"
        /// Associations open at once.
        public var maximumAssociations = 32
        /// Free space below which nothing more is accepted, in MiB.
        public var reserveMiB = 1024
        /// Matches sent to one query; one with more ends in a failure that says so.
        public var maximumQueryMatches = 10_000
        /// How long work may not be done before the log tells of it once a day, in hours; 0 for any time.
        public var alarmAfterHours = 24
    }

    /// Who may associate with us.
    public struct KnownPeer: Sendable, Equatable {
        /// The calling title.
        public var aeTitle: AETitle
        /// The titles that it may call us by; empty for all that are ours.
        public var calledAETitles: [AETitle] = []
        /// The addresses it may call from; empty for any.
        public var addresses: [IPv4Network] = []
        /// What it may do beside C-ECHO.
        public var services = Set(PeerService.allCases)
        /// How many associations it may have open; nil for as many as there may be.
        public var maximumAssociations: Int?
        /// Where it listens, so that it can be the destination of a C-MOVE and be told of storage commitments.
        public var host: String?
        /// The port it listens on; with `host` or not at all.
        public var port: UInt16?
        /// Whether it has to call us under TLS, and is called so.
        public var requiresTLS = false
        /// The name that its certificate must bear; nil for any certificate that is trusted.
        public var certificateName: String?

        /// Names a peer that may call from anywhere.
        public init(aeTitle: AETitle) { self.aeTitle = aeTitle }
    }

    /// When a study is complete.
    public struct Completion: Sendable, Equatable {
        /// Silence after the last image, in seconds.
        public var quietPeriodSeconds = 120.0
        /// A study still incomplete this long after its last image is given up, in seconds.
        public var incompleteAfterSeconds = 3600.0
        /// A study to which images still come, or that is still incomplete, this long after its first one is given up, in
        /// seconds.
        public var forcedAfterSeconds = 14_400.0
        /// What becomes of a study that is given up.
        public var whenIncomplete = WhenIncomplete.park
        /// How long after its last image a PET without a CT, or a CT without a PET, waits for the other, in seconds; 0 for
        /// not at all.
        public var waitForPartnerSeconds = 600.0
        /// How much silence is enough where the sender has asked for storage commitment of all that is here, in seconds.
        public var commitmentSettleSeconds = 10.0
    }

    /// What becomes of a study that lacks images when its time is up.
    public enum WhenIncomplete: String, Sendable, Codable, CaseIterable {
        /// It is reported and not read.
        case park
        /// It is closed and read as far as it goes, and reported.
        case read
    }

    /// How studies are read.
    public struct Reading: Sendable, Equatable {
        /// The tracer of studies whose headers do not tell; nil declines them.
        public var assumedTracer: Tracer?
        /// The folder of another model than the shipped one.
        public var model: String?
        /// Wall time for one reading, in seconds.
        public var timeoutSeconds = 900.0
        /// Address space for one reading, in MiB.
        public var memoryMiB = 8192
        /// Whether a study is compared with the patient's earlier one, where that is here.
        public var compares = true
        /// By which of the rules that sources settle differently prostate cancer is staged.
        public var staging = StagingRules()
    }

    /// Where results go.
    public struct Destination: Sendable, Equatable {
        /// How we call it.
        public var name: String
        /// Its title.
        public var aeTitle: AETitle
        /// Its host name or address.
        public var host: String
        /// Its port.
        public var port: UInt16
        /// Whether it is called under TLS.
        public var usesTLS = false
        /// The name that its certificate must bear; nil for any certificate that is trusted.
        public var certificateName: String?
        /// When what failed is tried again, and when it is given up.
        public var schedule = DeliverySchedule()
        /// Whether it is asked for storage commitment; a delivery is then done when it is committed to.
        public var asksForCommitment = false
        /// So long after it was asked, without a report, it is asked again, in seconds.
        public var commitmentAfterSeconds = 3600.0
        /// The objects of a reading that it gets.
        public var objects = ReportObject.standard
        /// Whether it gets a report on a study that was declined.
        public var getsDeclinedReports = false

        /// Names a destination.
        public init(name: String, aeTitle: AETitle, host: String, port: UInt16) {
            (self.name, self.aeTitle, self.host, self.port) = (name, aeTitle, host, port)
        }
    }

    /// Certificates, and the port on which peers call under TLS.
    public struct TLS: Sendable, Equatable {
        /// The files.
        public var files: TLSCredentials.Files
        /// The port to listen on under TLS; 0 takes a free one, nil none.
        public var port: UInt16?
        /// Whether there is no port without TLS.
        public var isExclusive = false

        /// Takes the files.
        public init(files: TLSCredentials.Files) { self.files = files }
    }

    /// The audit trail.
    public struct Auditing: Sendable, Equatable {
        /// What names the site in each message: AuditEnterpriseSiteID.
        public var site: String?
        /// Length of a file at which the next one begins, in MiB.
        public var maximumFileMiB = 16
        /// Number of files that are kept.
        public var maximumFiles = 20
        /// Where it is forwarded to, under TLS; nil for nowhere.
        public var collector: TLSStream.Target?
    }

    /// Our application entity.
    public var local = Local()
    /// The audit trail.
    public var auditing = Auditing()
    /// TLS; nil for none.
    public var tls: TLS?
    /// What the files of `tls` hold, once `readCertificates` has read them.
    public internal(set) var credentials: TLSCredentials?
    /// Who may send to us.
    public var peers: [KnownPeer] = []
    /// When a study is complete.
    public var completion = Completion()
    /// How studies are read.
    public var reading = Reading()
    /// What the site chooses about reports; which objects there are depends on the destinations.
    public var report = ReportOptions()
    /// Where results go.
    public var destinations: [Destination] = []
    /// Which studies are read, with what, and where their results go; without any, every study, to every destination.
    public var rules: [RoutingRule] = []
    /// What is no error in the file but worth a look.
    public var warnings: [ConfigurationProblem] = []
    /// Where its sections stand.
    var places = SectionPlaces()
    /// What is kept, and for how long.
    public var retention = RetentionPolicy()
    /// Where studies are retrieved from.
    public var sources: [Source] = []
    /// What is fetched before a study is read; nil for nothing.
    public var fetch: Fetch?

    /// The defaults: nobody may send, and results go nowhere.
    public init() {}
}

/// The lines at which sections stand in the file. Configurations that differ in nothing else are the same.
struct SectionPlaces: Sendable, Equatable {
    var lines: [String: Int] = [:]

    static func == (left: SectionPlaces, right: SectionPlaces) -> Bool { true }
}

/// Something wrong in a configuration file.
public struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line, counted from 1; nil where something is missing altogether.
    public let line: Int?
    /// What is wrong and what to do.
    public let message: String

    /// Names a problem.
    public init(line: Int?, message: String) { (self.line, self.message) = (line, message) }

    public var description: String { (line.map { "line \($0): " } ?? "") + message }
}

/// Everything wrong in a configuration file.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// Every problem, in order of line.
    public let problems: [ConfigurationProblem]

    /// Names a file and its problems.
    public init(path: String, problems: [ConfigurationProblem]) { (self.path, self.problems) = (path, problems) }

    public var description: String {
        "\(path) is not in force:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
    }
}
