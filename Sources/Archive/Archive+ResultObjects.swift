import DICOM
import Foundation
import GRDB

extension Archive {
    /// Indexes a result for queries, by its file. What is no readable DICOM object is left out: no peer can be sent it.
    func describe(result: Int64, path: String, study: Int64, in database: Database) throws {
        guard let header = try? InstanceHeader(path: path) else { return }
        let attributes = header.attributes
        func text(_ attribute: Attribute) -> String { attributes.string(attribute) ?? "" }
        try database.run(
            """
            INSERT INTO result_series (study, series_instance_uid, modality, series_number, series_date, series_time,
                series_description, body_part_examined, protocol_name, station_name, manufacturer,
                manufacturer_model_name)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                study, header.seriesInstanceUID.description, text(.modality), attributes.integer(.seriesNumber),
                text(.seriesDate), text(.seriesTime), text(.seriesDescription), text(.bodyPartExamined),
                text(.protocolName), text(.stationName), text(.manufacturer), text(.manufacturerModelName),
            ])
        try database.run(
            """
            INSERT INTO result_object (result, series, transfer_syntax_uid, instance_number, acquisition_number,
                image_type, number_of_frames, number_of_rows, number_of_columns, frame_of_reference_uid)
            SELECT ?, id, ?, ?, ?, ?, ?, ?, ?, ? FROM result_series WHERE series_instance_uid = ?
            ON CONFLICT DO NOTHING
            """,
            [
                result, header.transferSyntaxUID.description, attributes.integer(.instanceNumber),
                attributes.integer(.acquisitionNumber), attributes.strings(.imageType).joined(separator: "\\"),
                attributes.integer(.numberOfFrames), attributes.integer(.rows), attributes.integer(.columns),
                attributes.uid(.frameOfReferenceUID)?.description ?? "", header.seriesInstanceUID.description,
            ])
    }

    /// Indexes the results of before there were queries.
    func describeUndescribedResults() throws(ArchiveError) {
        try write { database in
            let rows = try database.rows(
                """
                SELECT result.id, result.digest, study_revision.study FROM result
                JOIN study_revision ON study_revision.id = result.revision
                LEFT JOIN result_object ON result_object.result = result.id
                WHERE result.sop_instance_uid IS NOT NULL AND result_object.result IS NULL
                """)
            for row in rows {
                let path = state.file(in: StateDirectory.results, digest: row["digest"], extension: "dcm")
                try describe(result: row["id"], path: path, study: row["study"], in: database)
            }
        }
    }
}
