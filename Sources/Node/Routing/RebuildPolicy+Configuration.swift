import Archive
import Logging

extension RebuildPolicy {
    /// What a configuration says, its rules asked as they are when a study is closed.
    ///
    /// A study whose images are gone has nothing left that rules could be asked about.
    /// - Parameter executable: the program that looks for tracers.
    public init(_ configuration: NodeConfiguration, executable: String, log: Logger) {
        let current = CurrentConfiguration(configuration)
        let child = ChildCommand(executable: executable, children: ChildProcesses())
        let recipients = ResultRecipients(plan: nil, configured: configuration.destinations)
        let fetching = configuration.fetching.flatMap { $0.settings.priors > 0 ? $0.source : nil }
        self.init(
            quietPeriodSeconds: configuration.completion.quietPeriodSeconds,
            fetchedFrom: fetching?.aeTitle.description,
            plan: { study, index in
                let instances = try index.readableInstances(ofStudy: study)
                guard !instances.isEmpty else { return nil }
                let routing = Routing(archive: index, current: current, child: child, log: log)
                return try routing.plan(ofStudy: study, instances)
            },
            sends: { kind, destination, isDeclined in
                isDeclined
                    ? recipients.getsDeclinedReport(destination) : recipients.getsResult(kind, destination)
            })
    }
}
