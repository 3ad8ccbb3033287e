import Synchronization

/// The configuration in force, which a reload replaces as a whole.
///
/// Who answers peers asks it anew for each answer, so that an answer is of one configuration or of the other, never of both.
final class CurrentConfiguration: Sendable {
    private let value: Mutex<(configuration: NodeConfiguration, policy: PeerPolicy)>

    init(_ configuration: NodeConfiguration) { value = Mutex((configuration, PeerPolicy(configuration))) }

    /// What is in force at this moment.
    var now: NodeConfiguration { value.withLock { $0.configuration } }

    /// Who may associate at this moment; made once for each configuration, as it is asked for every image.
    var policy: PeerPolicy { value.withLock { $0.policy } }

    /// Puts another one in force.
    func replace(with configuration: NodeConfiguration) {
        let policy = PeerPolicy(configuration)
        value.withLock { $0 = (configuration, policy) }
    }
}
