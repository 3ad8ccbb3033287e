import DICOM
import DICOMNetwork
import Reporting

/// A service in one role, as a conformance statement describes it (PS3.2 section F.4.2). To add a service to the
/// statement, make a value of it and put it on the list.
struct DescribedService {
    /// Who asks, and who answers.
    enum Role: String { case scu = "SCU", scp = "SCP" }
    typealias Named = (uid: UID, name: String)

    let name: String
    let role: Role
    let sopClasses: [Named]
    /// In order of preference; as SCP the peer's order decides.
    let transferSyntaxes: [Named]
    /// Statuses that it answers with (SCP), or what it does when answered so (SCU).
    var statuses: [StatusMeaning] = []
    /// Sentences on what it does.
    var behaviour: [String] = []

    /// Whether its SOP classes are few enough to stand with it; the many of the listener stand in section 8.2.
    var hasFewSOPClasses: Bool { sopClasses.count <= 12 }

    /// Every service that a node of a configuration offers and uses.
    static func all(_ configuration: NodeConfiguration) -> [DescribedService] {
        [
            verificationSCP, storageSCP(configuration), querySCP(configuration), moveSCP, getSCP, commitmentSCP,
            storageSCU(configuration), querySCU, retrieveSCU, commitmentReportSCP, commitmentSCU,
        ]
    }

    /// Each once: several kinds of result may be of one class.
    static func named(_ uids: [UID]) -> [Named] {
        uids.indices.filter { uids.firstIndex(of: uids[$0]) == $0 }.map { index in
            let uid = uids[index]
            return (uid, TransferSyntaxes.carried.first { $0.uid == uid }?.name ?? uid.registeredName ?? "")
        }
    }
}

// MARK: - Verification and Storage

extension DescribedService {
    static let verificationSCP = DescribedService(
        name: "Verification", role: .scp, sopClasses: named([.verification]),
        transferSyntaxes: TransferSyntaxes.carried, statuses: [StatusMeaning(.success, "always")])

    static func storageSCP(_ configuration: NodeConfiguration) -> DescribedService {
        DescribedService(
            name: "Storage", role: .scp, sopClasses: StorageClasses.all, transferSyntaxes: TransferSyntaxes.carried,
            statuses: Reception.statuses,
            behaviour: [
                "Data sets are kept bit for bit, in the transfer syntax they come in, at storage level 2 (full).",
                "Success is answered once the object is synchronised to disk and indexed.",
                "A data set that is known already changes nothing; another under a known SOP Instance UID is set aside.",
                "Associations that begin to send below \(configuration.local.reserveMiB) MiB of free space are refused every "
                    + "data set; those that began above, below half of that.",
                "Every status but 0000 comes with an Error Comment (0000,0902).",
                "A Key Object Selection with title 113001, 113037, 113038 or 113039 (DCM) is followed as a rejection note (IHE "
                    + "IOCM): what it names is not read, and queries and retrievals pass over it. What 113037 or 113038 "
                    + "names is refused when it is sent again.",
            ])
    }

    static func storageSCU(_ configuration: NodeConfiguration) -> DescribedService {
        DescribedService(
            name: "Storage of results", role: .scu,
            sopClasses: named(ReportObject.allCases.map(\.sopClassUID)),
            transferSyntaxes: named([.explicitVRLittleEndian, .implicitVRLittleEndian]),
            statuses: [
                StatusMeaning(.success, "delivered; so is every warning"),
                StatusMeaning(.duplicateSOPInstance, "delivered before"),
                StatusMeaning(
                    .outOfResources, "as every failure: sent again later, until the destination's time is over"),
            ],
            behaviour: [
                "Each destination gets the objects that its `objects` names; a report on a study that was declined, where "
                    + "`declined_reports` says so.",
                "Each object is proposed in its own transfer syntax (Structure Set Implicit, the others Explicit VR Little "
                    + "Endian), and in a second context in both, to which it is converted where the peer takes no other.",
                "Results of which an image was rejected (113001, 113037, 113038) are withdrawn by a rejection note with the "
                    + "same title, to whoever was sent them.",
                "C-MOVE and C-GET send what is stored, of whatever SOP class and transfer syntax, in the same way.",
            ])
    }
}

// MARK: - Query/Retrieve

extension DescribedService {
    static func querySCP(_ configuration: NodeConfiguration) -> DescribedService {
        DescribedService(
            name: "Query (C-FIND)", role: .scp, sopClasses: named(InformationModel.allCases.map(\.findClass)),
            transferSyntaxes: TransferSyntaxes.ofIdentifiers, statuses: Querying.findStatuses,
            behaviour: [
                "Patient Root and Study Root, all levels, over what was received and over results.",
                "Single values, lists of UIDs, ranges of dates and times, and wild cards match as PS3.4 section C.2.2.2 "
                    + "says; names match without regard to case and width, accents count. No relational queries.",
                "What is asked for beside the keys below, such as Request Attributes Sequence, is left out of the match, "
                    + "comes back empty, and each match is answered FF01 then.",
                "Answers come in ISO_IR 100 to who asked in it, as far as it has the letters, and else in ISO_IR 192.",
                "More than \(configuration.local.maximumQueryMatches) matches end in a failure.",
            ])
    }

    static let moveSCP = DescribedService(
        name: "Retrieve (C-MOVE)", role: .scp, sopClasses: named(InformationModel.allCases.map(\.moveClass)),
        transferSyntaxes: TransferSyntaxes.ofIdentifiers, statuses: Querying.moveStatuses,
        behaviour: ["To the peers and destinations of section 4.4.1 that have a host and a port, and to no other."])

    static let getSCP = DescribedService(
        name: "Retrieve (C-GET)", role: .scp, sopClasses: named(InformationModel.allCases.map(\.getClass)),
        transferSyntaxes: TransferSyntaxes.ofIdentifiers, statuses: Querying.getStatuses,
        behaviour: [
            "On the association of the request, by the storage contexts for which the peer proposes to be the SCP."
        ])
}

extension DescribedService {
    static let querySCU = DescribedService(
        name: "Query (C-FIND), of sources", role: .scu,
        sopClasses: named([InformationModel.studyRoot.findClass]), transferSyntaxes: TransferSyntaxes.ofIdentifiers,
        behaviour: [
            "At STUDY level, by Study Instance UID, Patient ID, Accession Number and a range of Study Date (`uptake pull`, "
                + "previous studies).",
            "At SERIES level, by Study Instance UID, for Modality and Number of Series Related Instances (counts, fetching); "
                + "where the latter is not told, at IMAGE level.",
        ])

    static let retrieveSCU = DescribedService(
        name: "Retrieve (C-MOVE, C-GET), from sources", role: .scu,
        sopClasses: named([InformationModel.studyRoot.moveClass, InformationModel.studyRoot.getClass]),
        transferSyntaxes: TransferSyntaxes.ofIdentifiers,
        behaviour: [
            "By `uptake pull` at STUDY or SERIES level, and by `[fetch]` at SERIES level.",
            "C-MOVE with this node as Move Destination; C-GET with role selection for storage. Files are named here, and "
                + "never by the peer.",
        ])
}

// MARK: - Storage Commitment

extension DescribedService {
    static let commitmentSCP = DescribedService(
        name: "Storage Commitment Push Model", role: .scp, sopClasses: named([StorageCommitment.sopClass]),
        transferSyntaxes: TransferSyntaxes.ofIdentifiers, statuses: Committing.statuses,
        behaviour: [
            "A request is on the disk before it is answered, and outlives the process.",
            "An instance is committed to if it is indexed under its SOP class and its file has the digest it came with.",
            "Retrieve AE Title (0008,0054) of the report is the node's own.",
        ])

    static let commitmentReportSCP = DescribedService(
        name: "Storage Commitment reports, on an association of the node's own", role: .scp,
        sopClasses: named([StorageCommitment.sopClass]),
        transferSyntaxes: named([.explicitVRLittleEndian, .implicitVRLittleEndian]),
        behaviour: [
            "N-EVENT-REPORT goes out on the asking association while the peer waits there; else on one that the node "
                + "opens to the peer's host and port, where it proposes to be the SCP (role selection), again and again "
                + "with pauses up to an hour until the peer has taken it."
        ])

    static let commitmentSCU = DescribedService(
        name: "Storage Commitment Push Model, for results", role: .scu, sopClasses: named([StorageCommitment.sopClass]),
        transferSyntaxes: named([.explicitVRLittleEndian, .implicitVRLittleEndian]),
        behaviour: [
            "Of destinations with `storage_commitment`, on an association of its own after each that brought results; the "
                + "transaction is on the disk before.",
            "N-EVENT-REPORT is taken on that association for five seconds, and later on one that the destination opens, "
                + "with or without role selection. A transaction that was not asked for is answered with 0115.",
            "What is not committed to is sent again.",
        ])
}
