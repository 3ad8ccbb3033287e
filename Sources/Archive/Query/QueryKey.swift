import DICOM

/// An attribute that the index can match, return, or both.
struct QueryKey: Sendable {
    /// Where its value comes from.
    enum Source: Sendable {
        /// A column of the level's table, or of one above.
        case column(String)
        /// A column that holds several values between backslashes.
        case values(String)
        /// A name: the column as written, and the prefix of the three that hold its folded groups.
        case name(String, folded: String)
        /// A number that is counted; it cannot be matched.
        case count(String)
        /// The modalities of a study.
        case modalities
        /// The SOP classes of a study; they cannot be matched.
        case sopClasses
    }

    let attribute: Attribute
    /// The level it belongs to. Queries at a level below may use it too.
    let level: QueryLevel
    let source: Source

    var canBeMatched: Bool {
        switch source {
        case .count, .sopClasses: false
        default: true
        }
    }

    /// Whether it stands at a level: counts and lists make sense at their own only.
    func isAvailable(at level: QueryLevel) -> Bool {
        switch source {
        case .count, .modalities, .sopClasses: self.level == level
        default: self.level <= level
        }
    }

    static let byTag = Dictionary(uniqueKeysWithValues: all.map { ($0.attribute.tag, $0) })

    private static func column(_ attribute: Attribute, _ level: QueryLevel, _ column: String) -> QueryKey {
        QueryKey(attribute: attribute, level: level, source: .column(column))
    }

    private static func count(_ attribute: Attribute, _ level: QueryLevel, _ sql: String) -> QueryKey {
        QueryKey(attribute: attribute, level: level, source: .count(sql))
    }

    /// The keys by level: those that PS3.4 tables C.6-1 to C.6-5 require, their unique keys, and the optional ones that
    /// the index holds.
    private static let all: [QueryKey] =
        [
            QueryKey(
                attribute: .patientName, level: .patient,
                source: .name("patient.patient_name", folded: "patient.folded_name")),
            column(.patientID, .patient, "patient.patient_id"),
            column(.issuerOfPatientID, .patient, "patient.issuer_of_patient_id"),
            column(.patientBirthDate, .patient, "patient.patient_birth_date"),
            column(.patientSex, .patient, "patient.patient_sex"),
            count(
                .numberOfPatientRelatedStudies, .patient,
                "(SELECT count(*) FROM study WHERE study.patient = patient.id AND \(QueryLevel.study.isShown()))"),
            count(
                .numberOfPatientRelatedSeries, .patient,
                relatedSeries(
                    where: "study.patient = patient.id", joining: "JOIN study ON study.id = series.study")),
            count(
                .numberOfPatientRelatedInstances, .patient,
                relatedInstances(
                    where: "study.patient = patient.id", joining: "JOIN study ON study.id = series.study")),
        ] + [
            column(.studyInstanceUID, .study, "study.study_instance_uid"),
            column(.studyDate, .study, "study.study_date"),
            column(.studyTime, .study, "study.study_time"),
            column(.accessionNumber, .study, "study.accession_number"),
            column(.studyID, .study, "study.study_id"),
            column(.studyDescription, .study, "study.study_description"),
            QueryKey(
                attribute: .referringPhysicianName, level: .study,
                source: .name("study.referring_physician_name", folded: "study.folded_referring")),
            QueryKey(attribute: .modalitiesInStudy, level: .study, source: .modalities),
            QueryKey(attribute: .sopClassesInStudy, level: .study, source: .sopClasses),
            count(.numberOfStudyRelatedSeries, .study, relatedSeries(where: "series.study = study.id")),
            count(.numberOfStudyRelatedInstances, .study, relatedInstances(where: "series.study = study.id")),
        ] + [
            column(.seriesInstanceUID, .series, "series.series_instance_uid"),
            column(.modality, .series, "series.modality"),
            column(.seriesNumber, .series, "series.series_number"),
            column(.seriesDate, .series, "series.series_date"),
            column(.seriesTime, .series, "series.series_time"),
            column(.seriesDescription, .series, "series.series_description"),
            column(.bodyPartExamined, .series, "series.body_part_examined"),
            column(.protocolName, .series, "series.protocol_name"),
            column(.stationName, .series, "series.station_name"),
            column(.manufacturer, .series, "series.manufacturer"),
            column(.manufacturerModelName, .series, "series.manufacturer_model_name"),
            count(
                .numberOfSeriesRelatedInstances, .series,
                "(SELECT count(*) FROM {instance} AS i WHERE i.series = series.id AND i.is_rejected = 0)"),
        ] + [
            column(.sopInstanceUID, .image, "instance.sop_instance_uid"),
            column(.sopClassUID, .image, "instance.sop_class_uid"),
            column(.instanceNumber, .image, "instance.instance_number"),
            column(.acquisitionNumber, .image, "instance.acquisition_number"),
            QueryKey(attribute: .imageType, level: .image, source: .values("instance.image_type")),
            column(.numberOfFrames, .image, "instance.number_of_frames"),
            column(.rows, .image, "instance.number_of_rows"),
            column(.columns, .image, "instance.number_of_columns"),
            column(.frameOfReferenceUID, .image, "instance.frame_of_reference_uid"),
        ]

    // Counts over what was received and what was found, without what was rejected or withdrawn.

    private static func relatedSeries(where condition: String, joining join: String = "") -> String {
        func count(_ series: String, _ instance: String) -> String {
            "(SELECT count(*) FROM \(series) AS series \(join) "
                + "WHERE \(condition) AND \(QueryLevel.series.isShown(among: instance)))"
        }
        return "(\(count("series", "instance")) + \(count("result_series", "result_instance")))"
    }

    private static func relatedInstances(where condition: String, joining join: String = "") -> String {
        func count(_ series: String, _ instance: String) -> String {
            "(SELECT count(*) FROM \(instance) AS i JOIN \(series) AS series ON series.id = i.series \(join) "
                + "WHERE \(condition) AND i.is_rejected = 0)"
        }
        return "(\(count("series", "instance")) + \(count("result_series", "result_instance")))"
    }
}

extension IndexQuery {
    /// The attributes that queries at a level may ask for, and whether each can be matched or is only returned; without
    /// those of the levels above.
    public static func keys(of level: QueryLevel) -> [(attribute: Attribute, isMatched: Bool)] {
        QueryKey.byTag.values.filter { $0.level == level }.sorted { $0.attribute.tag < $1.attribute.tag }
            .map { ($0.attribute, $0.canBeMatched) }
    }
}
