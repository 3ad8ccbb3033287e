import CDCMTK
import DICOM

/// A request that is being answered, on the thread of its association.
struct Exchange {
    /// What the association still allows.
    enum State { case open, cancelled, ended }

    /// What came of a C-STORE sub-operation.
    enum StoreResult {
        case answered(DIMSEAnswer)
        /// Nothing was sent.
        case unsent(String)
        /// The association is gone.
        case ended
    }

    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// Looks whether the peer has cancelled, without waiting.
    var state: State {
        switch cd_exchange_check(pointer) {
        case cd_exchange_open: .open
        case cd_exchange_cancelled: .cancelled
        default: .ended
        }
    }

    /// Waits; whether the peer has said nothing in that time.
    func isQuiet(seconds: Double) -> Bool {
        cd_exchange_quiet(pointer, UInt32(clamping: Int(seconds * 1000))) == 1
    }

    /// Sends a response; false where the association is gone.
    @discardableResult
    func respond(_ answer: DIMSEAnswer, _ dataSet: DataSet? = nil, _ count: SubOperations? = nil) -> Bool {
        let builder = dataSet == nil ? nil : cd_builder_create()
        defer { if let builder { cd_builder_free(builder) } }
        var error = cd_error()
        if let dataSet, !dataSet.build(into: builder, &error) { return false }
        var response = cd_dimse_response()
        withUnsafeMutablePointer(to: &response.answer) { answer.write(to: $0) }
        response.data_set = builder
        guard let count else { return cd_exchange_respond(pointer, &response) == 1 }
        // PS3.7 section C.4.3: only responses that pend, or that tell of a cancellation, say what remains.
        var numbers = cd_sub_operations(
            remaining: UInt16(clamping: count.remaining), completed: UInt16(clamping: count.completed),
            failed: UInt16(clamping: count.failed.count), warning: UInt16(clamping: count.warned),
            has_remaining: [.pending, .cancel].contains(answer.status.category) ? 1 : 0)
        return withUnsafePointer(to: &numbers) {
            response.sub_operations = $0
            return cd_exchange_respond(pointer, &response) == 1
        }
    }

    /// The transfer syntax in which a file can be sent; nil where the peer does not take its SOP class.
    func transferSyntax(for file: FileMetaInformation) -> UID? {
        file.withStoreRequest(path: "") { request, _ in
            cd_exchange_transfer_syntax(pointer, request).flatMap { UID(String(cString: $0)) }
        }
    }

    /// Sends a file to the peer on this association.
    func store(_ file: SendableFile) -> StoreResult {
        var answer = cd_answer()
        var failure = cd_failure()
        let sent = file.meta.withStoreRequest(path: file.path) { request, path in
            cd_exchange_store(pointer, request, path, UInt64(file.meta.dataSetOffset), &answer, &failure)
        }
        if sent == 1 { return .answered(DIMSEAnswer(answer)) }
        return failure.kind == cd_failure_local ? .unsent(Condition(failure.error).description) : .ended
    }

    /// Reports an event on this association.
    /// - Throws: `Unreported` where the peer did not take it.
    func report(_ event: NormalizedContent) throws(Unreported) {
        var status: UInt16 = 0
        var failure = cd_failure()
        guard event.lend({ cd_exchange_report(pointer, $0, &status, &failure) }) == 1 else {
            throw Unreported(description: Condition(failure.error).description)
        }
        let answer = DIMSEStatus(rawValue: status)
        guard answer.isAccepted else { throw Unreported(description: "the peer answered \(answer)") }
    }

    /// A report that did not arrive.
    struct Unreported: Error, CustomStringConvertible {
        let description: String
    }
}

extension StoreAnswer {
    /// Writes status and comment for the shim to send.
    func write(to answer: UnsafeMutablePointer<cd_answer>) {
        answer.pointee.status = status.rawValue
        let comment = status == .success ? "" : self.comment
        withUnsafeMutableBytes(of: &answer.pointee.comment) { field in
            // An LO is ASCII here; what the default character repertoire lacks is replaced.
            let ascii = comment.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? UInt8($0.value) : 0x3F }
            let cut = ascii.prefix(field.count - 1)
            field.copyBytes(from: cut)
            field[cut.count] = 0
        }
    }
}
