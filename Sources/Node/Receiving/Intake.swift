import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// Takes instances in, whoever brings them: identity, digest, quarantine, index, audit trail, counts.
final class Intake: Sendable {
    let archive: Archive
    let counters: Counters
    let throughput = Throughput()
    private let quietPeriodSeconds: Double
    private let feeds: Feeds
    private let bell: Bell
    private let audit: Audit
    private let log: Logger
    /// Whose the studies are that are being fetched.
    private let awaited = Mutex<[UID: PatientIdentity]>([:])
    private let reserve: Mutex<DiskReserve>

    init(
        _ current: CurrentConfiguration, archive: Archive, feeds: Feeds, bell: Bell, audit: Audit, log: Logger
    ) {
        (self.archive, self.feeds, self.bell) = (archive, feeds, bell)
        (self.audit, self.log) = (audit, log)
        reserve = Mutex(DiskReserve(mebibytes: current.now.local.reserveMiB))
        counters = Counters(peers: current.policy.peerTitles)
        quietPeriodSeconds = current.now.completion.quietPeriodSeconds
    }

    /// While a study is fetched for a patient's sake, nothing of another patient is taken in under its UID.
    func awaiting<T>(_ study: UID, of patient: PatientIdentity, _ body: () throws -> T) rethrows -> T {
        awaited.withLock { $0[study] = patient }
        defer { awaited.withLock { $0[study] = nil } }
        return try body()
    }

    /// Where the next data set of a sender goes, or why it goes nowhere.
    func destination(for sender: Sender) -> StoreDestination {
        let free = ((try? archive.availableBytes()) ?? 0) >> 20
        guard reserve.withLock({ $0.admits(sender.id, freeMiB: free) }) else {
            counters.note(.outOfSpace, of: sender.title)
            log.error("out of space: an instance was refused", metadata: sender.metadata)
            return .refuse(.outOfResources, comment: "the node's disk is nearly full")
        }
        return .file(path: archive.incomingPath())
    }

    /// Takes a data set in, or sets it aside.
    /// - Parameter study: the one asked for, where it was asked for.
    /// - Returns: what the sender is to be answered.
    func take(_ instance: ReceivedInstance, from sender: Sender, of study: UID? = nil) -> StoreAnswer {
        let header: InstanceHeader
        do throws(InstanceHeaderError) {
            header = try instance.header.get()
        } catch {
            return setAside(instance, sender, "the header cannot be read: \(error)", .cannotUnderstand)
        }
        guard header.sopInstanceUID == instance.request.sopInstanceUID,
            header.sopClassUID == instance.request.sopClassUID
        else {
            return setAside(
                instance, sender, "SOP Class or Instance UID differ from the request", .dataSetDoesNotMatchSOPClass)
        }
        if let study, study != header.studyInstanceUID {
            return setAside(
                instance, sender, "it is of another study than was asked for", .dataSetDoesNotMatchSOPClass, .conflict)
        }
        if let patient = awaited.withLock({ $0[header.studyInstanceUID] }), !patient.isSame(as: header.patient) {
            return setAside(
                instance, sender, "it is of another patient than was asked for", .processingFailure, .conflict)
        }
        return keep(instance, header, sender)
    }

    /// An association that brought instances has ended.
    func end(_ sender: Sender) {
        reserve.withLock { $0.end(sender.id) }
        feeds.end(sender.id)
        audit.transferEnded(sender.id)
        bell.ring()
    }

    private func keep(_ instance: ReceivedInstance, _ header: InstanceHeader, _ sender: Sender) -> StoreAnswer {
        feeds.note(header.studyInstanceUID, from: sender.id)
        do throws(ArchiveError) {
            let incoming = IncomingInstance(
                path: instance.path, header: header, sourceAETitle: sender.title,
                digest: SHA256Digest(bytes: instance.sha256))
            let acceptance = try archive.accept(
                incoming, now: Date(), quietPeriodSeconds: quietPeriodSeconds)
            audit.received(
                header, from: sender, wasKnown: acceptance == .duplicate || acceptance == .ownResult,
                failure: acceptance.failure)
            if acceptance == .stored {
                throughput.note(bytes: Int(instance.byteCount), at: .now)
                if header.sopClassUID == .keyObjectSelectionDocumentStorage { try hasten(header.studyInstanceUID) }
            }
            return answer(acceptance, sender)
        } catch {
            counters.note(.notKept, of: sender.title)
            log.error("an instance was not kept: \(error)", metadata: sender.metadata)
            audit.received(header, from: sender, wasKnown: false, failure: "\(error)")
            return unkept(error)
        }
    }

    /// A rejection note, if it is one, must not wait for the study to be quiet: what it names is being read and sent.
    private func hasten(_ study: UID) throws(ArchiveError) {
        try archive.hastenClosing(ofStudy: study, due: Date())
        bell.ring()
    }

    private func answer(_ acceptance: Acceptance, _ sender: Sender) -> StoreAnswer {
        switch acceptance {
        case .stored:
            counters.note(.stored, of: sender.title)
            // Else the workers would look, after every image, for a job that is not due before they look by themselves.
            if quietPeriodSeconds < Worker.longestWaitSeconds { bell.ring() }
        case .duplicate, .ownResult: counters.note(.known, of: sender.title)
        case .conflict(let conflict, let quarantined):
            counters.note(.conflict, of: sender.title)
            log.warning(
                "an instance was set aside: \(conflict)",
                metadata: ["source": "\(sender.title)", "kept as": "\(quarantined)"])
            // Success would promise that what was sent is what a retrieve will give back.
            return StoreAnswer(.processingFailure, comment: "kept aside: \(conflict)")
        }
        return StoreAnswer(.success)
    }

    private func setAside(
        _ instance: ReceivedInstance, _ sender: Sender, _ reason: String, _ status: DIMSEStatus,
        _ event: CountedEvent = .unreadable
    ) -> StoreAnswer {
        do throws(ArchiveError) {
            let name = try archive.quarantine(
                file: instance.path, reason: reason, sourceAETitle: sender.title, now: Date())
            counters.note(event, of: sender.title)
            log.warning(
                "an object was set aside: \(reason)", metadata: ["source": "\(sender.title)", "kept as": "\(name)"])
            return StoreAnswer(status, comment: reason)
        } catch {
            counters.note(.notKept, of: sender.title)
            log.error("an object could not be set aside: \(error)", metadata: ["source": "\(sender.title)"])
            // Said to be wrong it would not be sent again, and nothing of it would be here.
            archive.discard(instance.path)
            return unkept(error)
        }
    }

    /// What the sender of an object is told that was not kept, and may be another time.
    private func unkept(_ error: ArchiveError) -> StoreAnswer {
        switch error {
        case .outOfSpace: StoreAnswer(.outOfResources, comment: "no space left")
        case .busy(let what): StoreAnswer(.outOfResources, comment: "\(what) is in use: send it again")
        default: StoreAnswer(.processingFailure, comment: "the instance could not be kept")
        }
    }

    /// A data set came in whole and could not be written.
    func noteUnwritten(errno: Int32, from sender: Sender) {
        log.error("an instance could not be written: \(String(cString: strerror(errno)))", metadata: sender.metadata)
    }
}

extension Acceptance {
    /// Why an instance is not among those that were kept.
    fileprivate var failure: String? {
        if case .conflict(let conflict, _) = self { "set aside: \(conflict)" } else { nil }
    }
}

extension InstanceHeader {
    /// Whose the instance is.
    fileprivate var patient: PatientIdentity {
        PatientIdentity(
            patientID: attributes.string(.patientID) ?? "", issuer: attributes.string(.issuerOfPatientID) ?? "")
    }
}
