import CDCMTK
import DICOM
import Foundation

/// What the shim's threads call: turns its structures into values, asks the service, writes the answer back.
final class ListenerCallbacks: Sendable {
    private let service: any StorageService
    let services: Listener.Services

    init(_ service: any StorageService, _ services: Listener.Services) {
        (self.service, self.services) = (service, services)
    }

    /// The functions to hand to the shim; `context` is a retained instance.
    static func table(context: UnsafeMutableRawPointer) -> cd_listener_callbacks {
        cd_listener_callbacks(
            context: context,
            dismissed: { context, dismissed in ListenerCallbacks.at(context).dismissed(dismissed!.pointee) },
            decide: { context, request, rejection in ListenerCallbacks.at(context).decide(request, rejection) },
            permits: { context, request, syntax in
                guard let syntax = UID(string(syntax)) else { return 0 }
                let association = AssociationRequest(request!.pointee)
                return ListenerCallbacks.at(context).service.permits(syntax, to: association) ? 1 : 0
            },
            opened: { context, request in ListenerCallbacks.at(context).opened(request) },
            closed: { context, request, ending, text in ListenerCallbacks.at(context).closed(request, ending, text) },
            prepare: { context, request, store, path, capacity, answer in
                ListenerCallbacks.at(context).prepare(
                    request, store, UnsafeMutableBufferPointer(start: path, count: capacity), answer)
            },
            store: { context, request, store, received, answer in
                ListenerCallbacks.at(context).store(request, store, received, answer)
            },
            request: { context, request, dimse, exchange in
                ListenerCallbacks.at(context).answer(
                    dimse!.pointee, Exchange(exchange!), from: AssociationRequest(request!.pointee))
            })
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> ListenerCallbacks {
        Unmanaged<ListenerCallbacks>.fromOpaque(context!).takeUnretainedValue()
    }

    // MARK: - Associations

    private func dismissed(_ dismissed: cd_dismissed) {
        let reason: Dismissal =
            switch dismissed.why {
            case cd_dismissal_limit: .tooManyAssociations
            case cd_dismissal_not_dicom: .notDICOM
            case cd_dismissal_too_slow: .tooSlow
            case cd_dismissal_tls: .tlsWithoutTLS
            case cd_dismissal_plain: .plainUnderTLS
            case cd_dismissal_insecure:
                .insecure(
                    TLSTrouble(dismissed.trouble, text: string(dismissed.text)),
                    subject: string(dismissed.certificate_subject))
            default: .closed
            }
        service.dismissed(peerAddress: string(dismissed.peer_address), reason)
    }

    private func decide(
        _ request: UnsafePointer<cd_association_request>?, _ rejection: UnsafeMutablePointer<cd_rejection>?
    ) -> Int32 {
        switch service.decide(AssociationRequest(request!.pointee)) {
        case .accept: return 1
        case .reject(let reason):
            rejection!.pointee = cd_rejection(result: reason.result, source: reason.source, reason: reason.reason)
            return 0
        }
    }

    private func opened(_ request: UnsafePointer<cd_association_request>?) {
        service.associationOpened(AssociationRequest(request!.pointee))
    }

    private func closed(
        _ request: UnsafePointer<cd_association_request>?, _ ending: cd_ending, _ text: UnsafePointer<CChar>?
    ) {
        let how: AssociationEnding =
            switch ending {
            case cd_ending_released: .released
            case cd_ending_aborted: .aborted
            case cd_ending_timed_out: .timedOut
            case cd_ending_stopped: .stopped
            default: .lost(string(text))
            }
        service.associationClosed(AssociationRequest(request!.pointee), how)
    }

    // MARK: - Storage

    private func prepare(
        _ association: UnsafePointer<cd_association_request>?, _ store: UnsafePointer<cd_store_request>?,
        _ path: UnsafeMutableBufferPointer<CChar>, _ answer: UnsafeMutablePointer<cd_answer>?
    ) {
        guard let request = StoreRequest(store!.pointee) else {
            return set(answer, StoreAnswer(.invalidSOPInstance, comment: "malformed SOP Class or Instance UID"))
        }
        let destination = service.destination(for: request, from: AssociationRequest(association!.pointee))
        destination.write(to: path, answer!)
    }

    private func store(
        _ association: UnsafePointer<cd_association_request>?, _ store: UnsafePointer<cd_store_request>?,
        _ received: UnsafePointer<cd_received>?, _ answer: UnsafeMutablePointer<cd_answer>?
    ) {
        guard let request = StoreRequest(store!.pointee) else { return set(answer, StoreAnswer(.invalidSOPInstance)) }
        let association = AssociationRequest(association!.pointee)
        let received = received!.pointee
        guard received.write_error == 0, let path = received.path else {
            let failure = Self.answer(toWriteError: received.write_error)
            service.writingFailed(request, from: association, errno: received.write_error, answer: failure)
            return set(answer, failure)
        }
        let instance = ReceivedInstance(request, received, path: String(cString: path))
        set(answer, service.store(instance, from: association))
    }

    /// Out of resources where the disk or a quota is full (PS3.4 table B.2-1), else a processing failure.
    static func answer(toWriteError code: Int32) -> StoreAnswer {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: StoreAnswer(.outOfResources, comment: "no space left")
        case EMFILE, ENFILE, ENOMEM: StoreAnswer(.outOfResources, comment: "no resources left")
        default: StoreAnswer(.processingFailure, comment: "data set cannot be written")
        }
    }

    private func set(_ answer: UnsafeMutablePointer<cd_answer>?, _ value: StoreAnswer) {
        value.write(to: answer!)
    }
}

func string(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }

extension AssociationRequest {
    fileprivate init(_ request: cd_association_request) {
        self.init(
            id: request.id, callingAETitle: AETitle(string(request.calling_ae_title)),
            calledAETitle: AETitle(string(request.called_ae_title)), peerAddress: string(request.peer_address),
            implementationVersionName: string(request.implementation_version_name), isSecure: request.is_tls == 1,
            certificate: PeerCertificate(
                subject: string(request.certificate_subject), names: string(request.certificate_names)))
    }
}

extension StoreDestination {
    /// Writes the file's name, or the refusal, for the shim.
    func write(to path: UnsafeMutableBufferPointer<CChar>, _ answer: UnsafeMutablePointer<cd_answer>) {
        switch self {
        case .refuse(let status, let comment):
            // A refusal that calls itself success would leave the peer without its data set.
            StoreAnswer(status.isAccepted ? .processingFailure : status, comment: comment).write(to: answer)
        case .file(let file):
            let text = file.utf8CString
            guard text.count <= path.count else {
                return StoreAnswer(.processingFailure, comment: "temporary file name too long").write(to: answer)
            }
            _ = path.initialize(from: text)
        }
    }
}

extension ReceivedInstance {
    init(_ request: StoreRequest, _ received: cd_received, path: String) {
        self.init(
            request: request, path: path, header: Self.header(of: received), byteCount: received.bytes,
            sha256: withUnsafeBytes(of: received.sha256) { Array($0) })
    }

    /// Reads a small file's header from memory, since the disk would have to give it back else.
    private static func header(of received: cd_received) -> Result<InstanceHeader, InstanceHeaderError> {
        Result { () throws(InstanceHeaderError) in
            guard let contents = received.contents else {
                return try InstanceHeader(path: String(cString: received.path))
            }
            return try InstanceHeader(
                contents: UnsafeRawBufferPointer(start: contents, count: received.contents_length))
        }
    }
}

extension StoreRequest {
    init?(_ request: cd_store_request) {
        guard let sopClass = UID(string(request.sop_class_uid)), let instance = UID(string(request.sop_instance_uid)),
            let transferSyntax = UID(string(request.transfer_syntax_uid))
        else { return nil }
        self.init(sopClassUID: sopClass, sopInstanceUID: instance, transferSyntaxUID: transferSyntax)
    }
}
