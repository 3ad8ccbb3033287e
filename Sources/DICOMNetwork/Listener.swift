import CDCMTK
import DICOM
import Synchronization

/// Accepts associations and serves Verification and Storage as SCP (PS3.4 annexes A and B), and where there is a service
/// for them Query/Retrieve and Storage Commitment (annexes C and J).
///
/// Data sets are taken byte for byte, in the first transfer syntax a peer proposes that DCMTK can carry. Connections
/// that stay silent, or halfway in a handshake of TLS, cost a descriptor and never a thread, so that they delay nobody.
public final class Listener: Sendable {
    /// Where and how to listen.
    public struct Configuration: Sendable, Hashable {
        /// The IPv4 address to bind, numeric.
        public var address = "0.0.0.0"
        /// The TCP port for associations without TLS; 0 for any free one, nil for none.
        public var port: UInt16? = 104
        /// The port for associations under TLS, and our certificates; nil for none.
        public var secure: Secure?
        /// How many associations may be open; beyond it requests are rejected as `Rejection.localLimitExceeded`.
        public var maximumAssociations: UInt32 = 32
        /// How many connections may be open that have not requested yet; beyond it the oldest is closed.
        public var maximumPendingConnections: UInt32 = 256
        /// Seconds for a whole request to arrive.
        public var acseSeconds: UInt32 = 30
        /// Seconds for each further part of a message to arrive.
        public var dimseSeconds: UInt32 = 30
        /// Seconds between two messages of an association.
        public var idleSeconds: UInt32 = 300
        /// How long the data set of a request that is no C-STORE may be, in bytes: room for commitment to 8,000 instances.
        public var maximumIdentifierBytes: UInt32 = 1 << 20

        /// The defaults.
        public init() {}

        /// How to listen under TLS.
        public struct Secure: Sendable, Hashable {
            /// The TCP port; 0 for any free one.
            public var port: UInt16
            /// Our certificates; a reload is in force for the next connection.
            public var credentials: TLSCredentials

            /// Names port and certificates.
            public init(port: UInt16, credentials: TLSCredentials) {
                (self.port, self.credentials) = (port, credentials)
            }
        }
    }

    /// The services beside Storage; what is nil is not offered to peers.
    public struct Services: Sendable {
        /// C-FIND.
        public var query: (any QueryService)?
        /// C-MOVE and C-GET.
        public var retrieve: (any RetrieveService)?
        /// Storage Commitment, as SCP.
        public var commitment: (any CommitmentService)?
        /// Reports on storage commitments that we asked for.
        public var commitmentOutcome: (any CommitmentOutcomeService)?

        /// Takes those that are offered.
        public init(
            query: (any QueryService)? = nil, retrieve: (any RetrieveService)? = nil,
            commitment: (any CommitmentService)? = nil, commitmentOutcome: (any CommitmentOutcomeService)? = nil
        ) {
            (self.query, self.retrieve) = (query, retrieve)
            (self.commitment, self.commitmentOutcome) = (commitment, commitmentOutcome)
        }

        /// Their SOP classes.
        var classes: [UID] {
            let models = InformationModel.allCases
            return (query == nil ? [] : models.map(\.findClass))
                + (retrieve == nil ? [] : models.map(\.moveClass) + models.map(\.getClass))
                + (commitment == nil && commitmentOutcome == nil ? [] : [StorageCommitment.sopClass])
        }
    }

    /// The port it listens on for associations without TLS; 0 where there is none.
    public let port: UInt16
    /// The port it listens on for associations under TLS; nil where there is none.
    public let securePort: UInt16?

    private let running: Mutex<Running?>
    private struct Running: @unchecked Sendable {
        let listener: OpaquePointer
        let callbacks: Unmanaged<ListenerCallbacks>
        /// Borrowed by the listener.
        let credentials: TLSCredentials?
    }

    /// Binds and begins to listen.
    /// - Throws: `NetworkError.cannotListen`.
    public init(
        _ configuration: Configuration, service: any StorageService, services: Services = Services()
    ) throws(NetworkError) {
        let callbacks = Unmanaged.passRetained(ListenerCallbacks(service, services))
        var error = cd_error()
        guard let listener = Self.start(configuration, services.classes, callbacks, &error) else {
            callbacks.release()
            throw .cannotListen(
                address: configuration.address,
                ports: [configuration.port, configuration.secure?.port].compactMap(\.self), Condition(error))
        }
        port = cd_listener_port(listener)
        securePort = configuration.secure == nil ? nil : cd_listener_tls_port(listener)
        running = Mutex(
            Running(listener: listener, callbacks: callbacks, credentials: configuration.secure?.credentials))
    }

    deinit { stop(graceSeconds: 0) }

    /// Stops: accepts nothing more, lets open associations end within `graceSeconds`, then aborts them.
    ///
    /// Returns when every thread has ended, also those inside a call of the service; not to be called from one of them.
    /// A second call does nothing.
    public func stop(graceSeconds: Double) {
        let stopping = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let stopping else { return }
        cd_listener_stop(stopping.listener, graceSeconds)
        stopping.callbacks.release()
    }

    private static func start(
        _ configuration: Configuration, _ classes: [UID], _ callbacks: Unmanaged<ListenerCallbacks>,
        _ error: inout cd_error
    ) -> OpaquePointer? {
        let extra = StorageClasses.newerThanDCMTK.map(\.uid.description)
        let texts = [configuration.address, Implementation.classUID, Implementation.versionName]
        return withCStrings(texts + classes.map(\.description)) { text in
            withCStrings(extra) { storageClasses in
                var start = cd_listener_configuration(
                    address: text[0], port: configuration.port ?? 0, tls: configuration.secure?.credentials.pointer,
                    tls_port: configuration.secure?.port ?? 0, is_tls_only: configuration.port == nil ? 1 : 0,
                    maximum_associations: configuration.maximumAssociations,
                    maximum_pending: configuration.maximumPendingConnections,
                    acse_seconds: max(configuration.acseSeconds, 1), dimse_seconds: max(configuration.dimseSeconds, 1),
                    idle_seconds: max(configuration.idleSeconds, 1), storage_classes: storageClasses.baseAddress,
                    storage_class_count: storageClasses.count,
                    service_classes: text.baseAddress! + texts.count, service_class_count: classes.count,
                    maximum_identifier_bytes: configuration.maximumIdentifierBytes, implementation_class_uid: text[1],
                    implementation_version_name: text[2])
                var table = ListenerCallbacks.table(context: callbacks.toOpaque())
                return cd_listener_start(&start, &table, &error)
            }
        }
    }
}
