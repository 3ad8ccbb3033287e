import DICOM
import GRDB

extension Archive {
    /// Structured Reports on earlier studies of a study's patient of which no PET image is here, of the latest study first:
    /// own results, then what was received, the newest of each in front. None that was rejected or withdrawn, and none of a
    /// study that lost images to a rejection, or that is being fetched, as the note on a withdrawal may still be to come.
    /// - Parameter manufacturer: only those of it (Manufacturer as in the report).
    public func earlierReports(
        of uid: UID, manufacturer: String, limit: Int
    ) throws(ArchiveError) -> [HeldInstance] {
        try read { database in
            try database.rows(
                """
                \(Self.reports(in: "instance", "series", isResult: 0))
                UNION ALL \(Self.reports(in: "result_instance", "result_series", isResult: 1))
                ORDER BY moment DESC, is_result DESC, id DESC LIMIT :limit
                """, ["study": uid.description, "manufacturer": manufacturer, "limit": limit]
            ).map { row in
                guard let study = UID(row["study_instance_uid"]), let sopClass = UID(row["sop_class_uid"]),
                    let instance = UID(row["sop_instance_uid"])
                else { throw ArchiveError.index(reason: "a report is damaged") }
                let folder = row["is_result"] ? StateDirectory.results : StateDirectory.instances
                return HeldInstance(
                    path: state.file(in: folder, digest: row["digest"], extension: "dcm"), sopClassUID: sopClass,
                    sopInstanceUID: instance, studyInstanceUID: study)
            }
        }
    }

    private static func reports(in instances: String, _ series: String, isResult: Int) -> String {
        """
        SELECT other.study_instance_uid, report.sop_class_uid, report.sop_instance_uid, report.digest, report.id AS id,
            other.study_date || other.study_time AS moment, \(isResult) AS is_result
        FROM \(studiesOfThePatient)
        JOIN \(series) AS kept ON kept.study = other.id JOIN \(instances) AS report ON report.series = kept.id
        WHERE study.study_instance_uid = :study AND other.study_date <> ''
            AND other.study_date || other.study_time < study.study_date || study.study_time
            AND kept.modality = 'SR' AND kept.manufacturer = :manufacturer AND report.is_rejected = 0
            AND NOT EXISTS (SELECT 1 FROM fetched_study AS fetched
                WHERE fetched.study_instance_uid = other.study_instance_uid AND fetched.ended_at IS NULL)
            AND NOT EXISTS (SELECT 1 FROM series JOIN instance ON instance.series = series.id
                WHERE series.study = other.id AND series.modality = 'PT' AND instance.is_rejected = 0)
            AND NOT EXISTS (SELECT 1 FROM series JOIN rejected_instance ON rejected_instance.series = series.id
                WHERE series.study = other.id AND rejected_instance.title <> '113039')
            \(isResult == 1 ? "" : rejectedElsewhere)
        """
    }

    /// Nor a received one of a study whose images were rejected elsewhere; what is made here is withdrawn where it has to be.
    /// A note of ours, or on results of ours, says nothing of images.
    private static let rejectedElsewhere = """
        AND NOT EXISTS (SELECT 1 FROM series JOIN instance ON instance.series = series.id
            JOIN rejection_note ON rejection_note.sop_instance_uid = instance.sop_instance_uid
            JOIN rejection ON rejection.note = rejection_note.sop_instance_uid
            WHERE series.study = other.id AND series.manufacturer <> :manufacturer AND rejection_note.title <> '113039'
                AND NOT EXISTS (SELECT 1 FROM instance AS held
                    WHERE held.sop_instance_uid = rejection.sop_instance_uid)
                AND NOT EXISTS (SELECT 1 FROM result WHERE result.sop_instance_uid = rejection.sop_instance_uid))
        """
}
