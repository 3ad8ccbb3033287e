import DICOMNetwork

extension NodeConfiguration {
    /// What is fetched from a source before a study is read.
    public struct Fetch: Sendable, Equatable {
        /// The name of the source.
        public var source: String
        /// Whether the CT of a PET, or the PET of a CT, is fetched.
        public var partner = true
        /// How many previous PET/CT studies of the patient are fetched; 0 for none.
        public var priors = 1
        /// How old a previous study may be, in days before the study.
        public var priorDays = 1825
        /// So long at most a study waits to be closed for what is being fetched for it, in seconds.
        public var waitSeconds = 300.0
        /// How long one retrieval may take, in seconds.
        public var retrievalSeconds = 1800.0
        /// When what failed, or was not there yet, is tried again, and when it is given up.
        public var schedule: DeliverySchedule = {
            var schedule = DeliverySchedule()
            schedule.giveUpAfterSeconds = 86_400
            return schedule
        }()

        /// Names a source.
        public init(source: String) { self.source = source }
    }

    /// The source that is fetched from, and how; nil where nothing is.
    var fetching: (settings: Fetch, source: Source)? {
        guard let fetch, let source = sources.first(where: { $0.name == fetch.source }) else { return nil }
        return (fetch, source)
    }

    /// Reads the section `[fetch]`.
    mutating func readFetch(_ root: ConfigurationSection) {
        guard let section = root.section("fetch"), let fetch = Fetch(section) else { return }
        self.fetch = fetch
        guard root.names(of: "source").contains(fetch.source) else {
            return section.complainOfAbsence("source", "no [[source]] is named \(fetch.source)")
        }
        guard let source = sources.first(where: { $0.name == fetch.source }) else { return }
        if source.method == .move,
            !peers.contains(where: { $0.aeTitle == source.aeTitle && $0.services.contains(.store) })
        {
            section.warn("\(source.name) sends by C-MOVE, and its title \(source.aeTitle) has no [[peer]] to store by")
        }
        if fetch.waitSeconds > completion.incompleteAfterSeconds {
            section.warn("wait_seconds is cut to incomplete_after_seconds of [completion], which is less")
        }
    }
}

extension NodeConfiguration.Fetch {
    /// The longest time that something is tried for, in seconds: the archive's limit of attempts lies above.
    private static let longestTrial = 604_800.0

    fileprivate init?(_ section: ConfigurationSection) {
        let source = section.required("source", section.string("source"))
        let partner = section.boolean("partner")
        let priors = section.integer("priors", 0...10)
        let priorDays = section.integer("prior_days", 1...36_500)
        let wait = section.seconds("wait_seconds", 0...86_400)
        let retrieval = section.seconds("retrieval_seconds", 1...86_400)
        let firstPause = section.seconds("retry_after_seconds", 1...3600)
        let giveUp = section.seconds("give_up_after_seconds", 0...Self.longestTrial)
        section.refuseUnknownKeys()
        guard let source else { return nil }
        self.init(source: source)
        partner.map { self.partner = $0 }
        priors.map { self.priors = $0 }
        priorDays.map { self.priorDays = $0 }
        wait.map { waitSeconds = $0 }
        retrieval.map { retrievalSeconds = $0 }
        firstPause.map { schedule.firstPauseSeconds = $0 }
        giveUp.map { schedule.giveUpAfterSeconds = $0 }
    }
}
