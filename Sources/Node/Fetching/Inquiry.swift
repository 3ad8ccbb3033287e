import DICOM
import DICOMNetwork

/// How one source is asked: for how long, and on whose record.
package struct Inquiry {
    let peer: Peer
    let goesOn: () -> Bool
    /// Told of each question and, where it was not answered well, why.
    let asked: (_ identifier: DataSet, _ failure: String?) -> Void

    /// - Parameter goesOn: asked several times a second; false ends the question in hand.
    package init(
        at peer: Peer, goesOn: @escaping () -> Bool = { true },
        asked: @escaping (_ identifier: DataSet, _ failure: String?) -> Void = { _, _ in }
    ) {
        (self.peer, self.goesOn, self.asked) = (peer, goesOn, asked)
    }

    /// The matches of a C-FIND.
    /// - Throws: `NetworkError`, or `FetchError` where the source answers with a failure or has more than `limit`.
    func matches(_ identifier: DataSet, limit: Int) throws -> [DataSet] {
        do {
            let found = try QueryRetrieveSCU.find(identifier, at: peer, limit: limit, goesOn: goesOn)
            guard !found.isTruncated else { throw FetchError.tooMany(peer, limit) }
            guard found.answer.status == .success else {
                throw FetchError.refused(peer, "C-FIND", "\(found.answer.status) \(found.answer.comment)")
            }
            asked(identifier, nil)
            return found.matches
        } catch {
            asked(identifier, "\(error)")
            throw error
        }
    }
}
