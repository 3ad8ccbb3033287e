import CDCMTK
import DICOM

/// Who asked for a C-STORE sub-operation of a C-MOVE (PS3.7 section 9.1.1.1).
struct MoveOriginator {
    let aeTitle: AETitle
    let messageID: UInt16
}

extension FileMetaInformation {
    /// Lends what a C-STORE request says of this file to the shim, with the file's path.
    func withStoreRequest<Result>(
        path: String, originator: MoveOriginator? = nil,
        _ body: (UnsafePointer<cd_store_request>, UnsafePointer<CChar>?) -> Result
    ) -> Result {
        var texts = [sopClassUID, sopInstanceUID, transferSyntaxUID].map(\.description) + [path]
        if let originator { texts.append(originator.aeTitle.description) }
        return withCStrings(texts) { text in
            var request = cd_store_request(
                sop_class_uid: text[0], sop_instance_uid: text[1], transfer_syntax_uid: text[2],
                move_originator_ae_title: originator == nil ? nil : text[4],
                move_originator_message_id: originator?.messageID ?? 0)
            return body(&request, text[3])
        }
    }
}

extension StoreAnswer {
    init(_ answer: cd_answer) {
        self.init(DIMSEStatus(rawValue: answer.status), comment: text(of: answer.comment))
    }
}
