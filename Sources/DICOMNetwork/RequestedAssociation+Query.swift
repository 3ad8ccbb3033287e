import CDCMTK
import DICOM
import Foundation

/// A request of Query/Retrieve.
struct QueryCommand {
    /// C-FIND, C-MOVE or C-GET, by its Command Field.
    enum Kind: UInt16 { case find = 0x0020, move = 0x0021, get = 0x0010 }

    let kind: Kind
    let sopClassUID: UID
    let identifier: DataSet
    /// Of a C-MOVE.
    var destination: AETitle?

    /// How long one identifier of a response may be, in bytes: room for a list of 16,000 failed instances.
    static let maximumIdentifierBytes = 1 << 20
}

/// A response to it.
struct QueryResponse {
    let answer: DIMSEAnswer
    /// nil where there is none, or where it cannot be read.
    let identifier: DataSet?
    /// The length of the identifier as it came.
    let bytes: Int
    let progress: RetrieveProgress
}

/// Who hears of responses, and takes what comes by C-GET.
final class QueryCallbacks {
    private let goesOn: () -> Bool
    private let response: (QueryResponse) -> Void
    private let receiver: (any InstanceReceiver)?

    init(
        receiver: (any InstanceReceiver)? = nil, goesOn: @escaping () -> Bool,
        response: @escaping (QueryResponse) -> Void
    ) {
        (self.receiver, self.goesOn, self.response) = (receiver, goesOn, response)
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> QueryCallbacks {
        Unmanaged<QueryCallbacks>.fromOpaque(context!).takeUnretainedValue()
    }

    /// The functions for the shim; `self` has to live until the call has returned.
    var table: cd_query_callbacks {
        cd_query_callbacks(
            context: Unmanaged.passUnretained(self).toOpaque(),
            goes_on: { QueryCallbacks.at($0).goesOn() ? 1 : 0 },
            response: { QueryCallbacks.at($0).response(QueryResponse($1!.pointee)) },
            prepare: { context, store, path, capacity, answer in
                let path = UnsafeMutableBufferPointer(start: path, count: capacity)
                QueryCallbacks.at(context).prepare(store!.pointee, path, answer!)
            },
            store: { context, store, received, answer in
                QueryCallbacks.at(context).store(store!.pointee, received!.pointee).write(to: answer!)
            })
    }

    private func prepare(
        _ store: cd_store_request, _ path: UnsafeMutableBufferPointer<CChar>, _ answer: UnsafeMutablePointer<cd_answer>
    ) {
        guard let receiver else { return StoreAnswer(.sopClassNotSupported).write(to: answer) }
        guard let request = StoreRequest(store) else {
            return StoreAnswer(.invalidSOPInstance, comment: "malformed SOP Class or Instance UID").write(to: answer)
        }
        receiver.destination(for: request).write(to: path, answer)
    }

    private func store(_ store: cd_store_request, _ received: cd_received) -> StoreAnswer {
        guard let receiver, let request = StoreRequest(store) else { return StoreAnswer(.invalidSOPInstance) }
        guard received.write_error == 0, let path = received.path else {
            let failure = ListenerCallbacks.answer(toWriteError: received.write_error)
            receiver.writingFailed(request, errno: received.write_error, answer: failure)
            return failure
        }
        return receiver.store(ReceivedInstance(request, received, path: String(cString: path)))
    }
}

extension QueryResponse {
    fileprivate init(_ response: cd_query_response) {
        answer = DIMSEAnswer(response.answer)
        bytes = response.length
        let numbers = response.sub_operations
        progress = RetrieveProgress(
            remaining: Int(numbers.remaining), completed: Int(numbers.completed), failed: Int(numbers.failed),
            warned: Int(numbers.warning))
        guard response.is_too_long == 0, response.length > 0, let syntax = UID(string(response.transfer_syntax_uid))
        else {
            identifier = nil
            return
        }
        let bytes = Array(UnsafeBufferPointer(start: response.bytes, count: response.length))
        identifier = try? DataSet(bytes: bytes, transferSyntax: syntax)
    }
}

extension RequestedAssociation {
    /// Sends a request and takes its responses, the last of which is told like the others.
    func query(_ command: QueryCommand, contextID: UInt8, _ callbacks: QueryCallbacks) throws(NetworkError) {
        let builder = cd_builder_create()
        defer { cd_builder_free(builder) }
        var error = cd_error()
        guard command.identifier.build(into: builder, &error) else { throw .lost(peer, Condition(error)) }
        var failure = cd_failure()
        let texts = [command.sopClassUID.description, command.destination?.description ?? ""]
        let done = withCStrings(texts) { text in
            var query = cd_query(
                command_field: command.kind.rawValue, context_id: contextID, sop_class_uid: text[0],
                identifier: builder,
                move_destination: text[1], maximum_identifier_bytes: QueryCommand.maximumIdentifierBytes)
            var table = callbacks.table
            return withExtendedLifetime(callbacks) { cd_association_query(association, &query, &table, &failure) }
        }
        guard done == 1 else { throw NetworkError(failure, peer: peer) ?? .lost(peer, Condition(failure.error)) }
    }
}
