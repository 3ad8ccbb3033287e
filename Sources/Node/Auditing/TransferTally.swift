import Archive
import Auditing
import DICOM
import Foundation

/// What a transfer comes to, study by study: one message when each begins and one when it has ended.
struct TransferTally {
    private let transfer: AuditedTransfer
    private var entries: [UID: Entry] = [:]
    /// The studies of the instances that were announced.
    private var announced: [UID: UID] = [:]

    private struct Entry {
        var study: AuditedStudy
        var isKnown = true
        var failures = 0
        var firstFailure: String?
    }

    /// Studies that one tally holds; a peer that brings more on one association has several messages for them.
    private static let limit = 256

    init(_ transfer: AuditedTransfer) { self.transfer = transfer }

    // MARK: - What comes one by one

    /// Counts an instance that was transferred, or was not.
    /// - Returns: what has to be recorded at once.
    mutating func count(
        _ study: () -> AuditedStudy, _ uid: UID, sopClass: UID, wasKnown: Bool, failure: String?, now: Date
    ) -> [AuditMessage] {
        var messages: [AuditMessage] = []
        if entries[uid] == nil {
            if entries.count >= Self.limit { messages = finish(now: now) }
            let entry = Entry(study: study())
            entries[uid] = entry
            messages.append(.beginTransferring(entry.study, transfer, at: now))
        }
        entries[uid]?.study.instances[sopClass.description, default: 0] += 1
        if !wasKnown { entries[uid]?.isKnown = false }
        if let failure { fail(uid, failure) }
        return messages
    }

    private mutating func fail(_ study: UID, _ reason: String) {
        entries[study]?.failures += 1
        if entries[study]?.firstFailure == nil { entries[study]?.firstFailure = reason }
    }

    // MARK: - What is known beforehand

    /// Notes what is about to be transferred.
    mutating func announce(_ instance: UID, of study: UID, sopClass: UID, _ facts: (UID) -> AuditedStudy) {
        if entries[study] == nil { entries[study] = Entry(study: facts(study), isKnown: false) }
        entries[study]?.study.instances[sopClass.description, default: 0] += 1
        announced[instance] = study
    }

    /// The messages that the transfer of what was announced begins with.
    func begin(now: Date) -> [AuditMessage] {
        studies.map { .beginTransferring($0.study, transfer, at: now) }
    }

    /// Notes that an instance that was announced was not transferred.
    mutating func noteFailure(of instance: UID, _ reason: String) {
        if let study = announced[instance] { fail(study, reason) }
    }

    // MARK: - The end

    /// The messages that tell of the end; forgets all.
    mutating func finish(now: Date) -> [AuditMessage] {
        defer { (entries, announced) = ([:], [:]) }
        return studies.map { entry in
            let failure = entry.firstFailure.map { "\(entry.failures) not transferred: \($0)" }
            return .transferred(entry.study, transfer, wereKnown: entry.isKnown, failure: failure, at: now)
        }
    }

    private var studies: [Entry] {
        entries.values.sorted { $0.study.studyInstanceUID < $1.study.studyInstanceUID }
    }
}
