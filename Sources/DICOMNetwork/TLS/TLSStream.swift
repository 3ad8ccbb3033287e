import CDCMTK
import DICOM

/// A connection under TLS for what is not DICOM, such as an audit trail's. Used by one thread at a time.
public final class TLSStream {
    /// Where it goes.
    public struct Target: Sendable, Hashable, CustomStringConvertible {
        /// Host name or IPv4 address.
        public var host: String
        /// TCP port.
        public var port: UInt16
        /// The name that the peer's certificate must bear; nil for any that is trusted.
        public var certificateName: String?
        /// Seconds for the connection, for the handshake, and later for anything to move.
        public var seconds: UInt32 = 10

        /// Names a target.
        public init(host: String, port: UInt16) { (self.host, self.port) = (host, port) }

        /// Host and port.
        public var description: String { "\(host):\(port)" }
    }

    /// Why it could not be opened, or has ended.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened, and what to do.
        public let description: String
    }

    private let pointer: OpaquePointer
    private let target: Target
    private let credentials: TLSCredentials

    /// How long a peer may take to refuse our certificate, which TLS 1.3 lets it do after the handshake.
    private static let refusalMilliseconds: UInt32 = 500

    /// Connects and shakes hands. Blocks the calling thread within the target's time.
    public init(to target: Target, credentials: TLSCredentials) throws(Failure) {
        var trouble = cd_tls_trouble_none
        var error = cd_error()
        let texts = [target.host, target.certificateName ?? ""]
        let opened = withCStrings(texts) { text in
            var destination = cd_tls_target(
                host: text[0], port: target.port, certificate_name: target.certificateName == nil ? nil : text[1],
                seconds: max(target.seconds, 1))
            return cd_tls_stream_open(credentials.pointer, &destination, &trouble, &error)
        }
        guard let opened else {
            let reason = Condition(error).text
            guard trouble != cd_tls_trouble_none else {
                throw Failure(description: "\(target) cannot be reached: \(reason); check host and port")
            }
            throw Failure(description: "\(target): \(TLSTrouble(trouble, text: reason))")
        }
        (pointer, self.target, self.credentials) = (opened, target, credentials)
        guard cd_tls_stream_is_over(opened, Self.refusalMilliseconds) == 0 else {
            throw Failure(description: "\(target): \(TLSTrouble.refused("closed after the handshake"))")
        }
    }

    deinit { cd_tls_stream_close(pointer) }

    /// Sends, and waits until the peer's system has acknowledged all of it.
    public func send(_ bytes: [UInt8]) throws(Failure) {
        var error = cd_error()
        guard cd_tls_stream_send(pointer, bytes, bytes.count, &error) == 1, !isOver else {
            let reason = Condition(error).text
            throw Failure(
                description: "\(target) closed the connection\(reason.isEmpty ? "" : ": \(reason)"); its log tells why")
        }
    }

    /// Whether the peer has closed, or says something that nobody asked for.
    public var isOver: Bool { cd_tls_stream_is_over(pointer, 0) == 1 }
}
