import DICOM
import Imaging

/// What is at hand of an earlier study: its images, or no more than a report on it.
enum EarlierStudy {
    case images(StudyContent)
    case report(EarlierReport)

    var studyInstanceUID: UID {
        switch self {
        case .images(let study): study.studyInstanceUID
        case .report(let report): report.studyInstanceUID
        }
    }

    private var patient: StudyContent.PatientIdentity? {
        switch self {
        case .images(let study): study.patientIdentities.first
        case .report(let report): report.patient
        }
    }

    var date: String {
        switch self {
        case .images(let study): study.date
        case .report(let report): report.studyDate
        }
    }

    private var moment: String {
        switch self {
        case .images(let study): study.moment
        case .report(let report): report.studyDate + report.studyTime
        }
    }

    private var isReport: Bool { if case .report = self { true } else { false } }

    /// Those that may be compared with, latest first; images before a report on the same study.
    static func latestFirst(_ studies: [StudyContent], _ reports: [EarlierReport]) -> [EarlierStudy] {
        let all = studies.map(EarlierStudy.images) + reports.map(EarlierStudy.report)
        return all.sorted { $0.moment == $1.moment ? !$0.isReport && $1.isReport : $0.moment > $1.moment }
    }

    /// - Throws: a refusal where it is not known to be an earlier study of the same patient.
    func requireEarlier(than study: StudyContent) throws(Refusal) {
        guard let patient, let own = study.patientIdentities.first, patient.patientID == own.patientID,
            !own.patientID.isEmpty
        else { throw Refusal(.notComparable, "It is not known to be of the same patient (Patient ID).") }
        guard patient.agrees(with: own) else {
            throw Refusal(
                .notComparable,
                "It is of another patient with the same Patient ID (Issuer of Patient ID or Patient's Birth Date differ)."
            )
        }
        guard studyInstanceUID != study.studyInstanceUID, !date.isEmpty, moment < study.moment else {
            throw Refusal(.notComparable, "It is not an earlier study (Study Date and Time).")
        }
    }
}

extension StudyContent {
    private func first(_ attribute: Attribute) -> String { series.first?.header.string(attribute) ?? "" }

    fileprivate var date: String { first(.studyDate) }
    /// Date and time as written: in order, as both are of fixed width.
    fileprivate var moment: String { date + first(.studyTime) }
}
