import DICOM
import Foundation
import GRDB

extension Archive {
    /// Takes a received object in.
    ///
    /// In this order: the file is moved to the place of its digest and forced to disk, the directory forced to disk, and a
    /// transaction indexes it and has its study's `close` job wait until `now` plus the quiet period; threads that store
    /// at the same time share the last step. Where any of it fails nothing is left of the object.
    /// - Throws: `ArchiveError.outOfSpace` and other failures, after which the peer has to send again.
    public func accept(
        _ incoming: IncomingInstance, now: Date, quietPeriodSeconds: Double
    ) throws(ArchiveError) -> Acceptance {
        do throws(ArchiveError) {
            // Of the data set alone: the meta information before it tells of the transfer, not of the object.
            let digest: String
            if let known = incoming.digest {
                digest = known.description
            } else {
                digest = try self.digest(ofFile: incoming.path, from: incoming.header.dataSetOffset)
            }
            return try exclusively(incoming.header.sopInstanceUID) { () throws(ArchiveError) in
                try exclusively(file: digest) { () throws(ArchiveError) in
                    try take(incoming, digest, now, closeDue: Self.quietAt(quietPeriodSeconds, after: now))
                }
            }
        } catch {
            try? state.fileSystem.remove(incoming.path)
            throw error
        }
    }

    private func take(
        _ incoming: IncomingInstance, _ digest: String, _ now: Date, closeDue: Date
    ) throws(ArchiveError) -> Acceptance {
        switch try look({ try Self.precedent(of: incoming.header.sopInstanceUID, in: $0) }) {
        case .none:
            return try store(incoming, digest, now, closeDue)
        case .result(let own):
            guard isSent(own, digest) else { return try setAside(incoming.path, incoming, .differingBytes, now) }
            try state.fileSystem.remove(incoming.path)
            return .ownResult
        case .instance(digest):
            try keepOrMend(incoming, digest)
            try readmit(incoming, now: now, closeDue: closeDue)
            return .duplicate
        case .instance: return try setAside(incoming.path, incoming, .differingBytes, now)
        }
    }

    private enum Precedent {
        case none
        /// The digest of the data set.
        case instance(String)
        /// The digest of the whole file.
        case result(String)
    }

    private static func precedent(of instance: UID, in database: Database) throws -> Precedent {
        let uid = instance.description
        let known = try database.row(
            """
            SELECT digest, 0 AS is_result FROM instance WHERE sop_instance_uid = ?
            UNION ALL SELECT digest, 1 FROM result WHERE sop_instance_uid = ?
            """, [uid, uid])
        guard let known else { return .none }
        return known["is_result"] ? .result(known["digest"]) : .instance(known["digest"])
    }

    /// Whether what comes back is the result that was made here, whatever the meta information before it.
    private func isSent(_ result: String, _ digest: String) -> Bool {
        isWhole(state.file(in: StateDirectory.results, digest: result, extension: "dcm"), digest)
    }

    /// Drops a second copy, unless the first has gone or was altered on the disk meanwhile: Success promises that what was
    /// sent is here.
    private func keepOrMend(_ incoming: IncomingInstance, _ digest: String) throws(ArchiveError) {
        let file = state.file(in: StateDirectory.instances, digest: digest, extension: "dcm")
        if isWhole(file, digest) { return try state.fileSystem.remove(incoming.path) }
        // The meta information of another transfer may have another length.
        let size = try size(ofFile: incoming.path)
        _ = try state.place(incoming.path, in: StateDirectory.instances, digest: digest, extension: "dcm")
        try write { try $0.run("UPDATE instance SET size = ? WHERE digest = ?", [size, digest]) }
    }

    private func isWhole(_ file: String, _ digest: String) -> Bool {
        guard let offset = (try? InstanceHeader(path: file))?.dataSetOffset else { return false }
        return (try? self.digest(ofFile: file, from: offset)) == digest
    }

    private func store(
        _ incoming: IncomingInstance, _ digest: String, _ now: Date, _ due: Date
    ) throws(ArchiveError) -> Acceptance {
        let size = try size(ofFile: incoming.path)
        let file = state.file(in: StateDirectory.instances, digest: digest, extension: "dcm")
        let conflict: Conflict?
        do throws(ArchiveError) {
            // The name first: forcing the file to disk then commits both in one go of the file system's journal, and the
            // directory, forced after it, finds nothing left to commit. Without a row a name promises nothing.
            try state.fileSystem.rename(incoming.path, to: file)
            try state.fileSystem.synchronizeFile(file)
            try state.fileSystem.synchronizeDirectory(state.folder(in: StateDirectory.instances, digest: digest))
            let attempts = attempts
            conflict = try commits.run { database in
                try Self.insert(
                    incoming, digest: digest, size: size, now: now, closeDue: due, attempts: attempts, in: database)
            }
        } catch {
            // A commit that reports failure may have happened all the same: then file and row stay together.
            let indexed = try? read { try $0.row("SELECT id FROM instance WHERE digest = ?", [digest]) != nil }
            if indexed == false { try? state.fileSystem.remove(file) }
            throw error
        }
        guard let conflict else { return .stored }
        return try setAside(file, incoming, conflict, now)
    }

    private func setAside(
        _ file: String, _ incoming: IncomingInstance, _ conflict: Conflict, _ now: Date
    ) throws(ArchiveError) -> Acceptance {
        do throws(ArchiveError) {
            let name = try quarantine(
                file: file, reason: conflict.description, sourceAETitle: incoming.sourceAETitle,
                sopInstanceUID: incoming.header.sopInstanceUID, now: now)
            return .conflict(conflict, quarantined: name)
        } catch {
            // The peer is told to send again, so nothing unindexed stays among the instances.
            try? state.fileSystem.remove(file)
            throw error
        }
    }
}

// MARK: - Rows

extension Archive {
    /// Inserts what is new of patient, study, series and instance; changes nothing where the object contradicts them.
    static func insert(
        _ incoming: IncomingInstance, digest: String, size: Int, now: Date, closeDue: Date, attempts: AttemptLimits,
        in database: Database
    ) throws -> Conflict? {
        let header = incoming.header
        guard let isRejected = try isRejected(header.sopInstanceUID, receivedAt: now, in: database) else {
            return .rejected
        }
        let patientID = header.attributes.string(.patientID) ?? ""
        let issuer = header.attributes.string(.issuerOfPatientID) ?? ""
        let knownStudy = try database.row(
            """
            SELECT study.id, patient.patient_id, patient.issuer_of_patient_id
            FROM study JOIN patient ON patient.id = study.patient WHERE study.study_instance_uid = ?
            """, [header.studyInstanceUID.description])
        if let knownStudy {
            let knownIssuer: String = knownStudy["issuer_of_patient_id"]
            let sameIssuer = issuer.isEmpty || knownIssuer.isEmpty || issuer == knownIssuer
            guard knownStudy["patient_id"] == patientID, sameIssuer else { return .differingPatient }
        }
        let knownSeries = try database.row(
            "SELECT id, study FROM series WHERE series_instance_uid = ?", [header.seriesInstanceUID.description])
        if let knownSeries, (knownSeries["study"] as Int64) != (knownStudy?["id"] as Int64?) { return .differingStudy }
        let study: Int64 =
            try knownStudy?["id"]
            ?? insertStudy(header, patient: patient(patientID, issuer, header, in: database), now, in: database)
        if knownSeries == nil { try beginAnew(study, now, in: database) }
        let series: Int64 = try knownSeries?["id"] ?? insertSeries(header, study: study, in: database)
        try insertInstance(
            incoming, digest, size, series: series, now, isRejected: isRejected, in: database)
        try pushClose(ofStudy: study, due: closeDue, now: now, maxAttempts: attempts.close, in: database)
        return nil
    }

    static func patient(
        _ patientID: String, _ issuer: String, _ header: InstanceHeader, in database: Database
    ) throws -> Int64 {
        if !patientID.isEmpty,
            let known = try database.row(
                "SELECT id FROM patient WHERE patient_id = ? AND issuer_of_patient_id = ?", [patientID, issuer])
        {
            return known["id"]
        }
        let attributes = header.attributes
        try database.run(
            """
            INSERT INTO patient (patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                patientID, issuer, attributes.string(.patientName) ?? "", attributes.string(.patientBirthDate) ?? "",
                attributes.string(.patientSex) ?? "",
            ])
        let id = database.lastInsertedRowID
        try Schema.fold(attributes.string(.patientName) ?? "", ofPatient: id, in: database)
        return id
    }

    static func insertStudy(
        _ header: InstanceHeader, patient: Int64, _ now: Date, in database: Database
    ) throws -> Int64 {
        let attributes = header.attributes
        try database.run(
            """
            INSERT INTO study (patient, study_instance_uid, study_date, study_time, accession_number, study_id,
                study_description, referring_physician_name, first_received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                patient, header.studyInstanceUID.description, attributes.string(.studyDate) ?? "",
                attributes.string(.studyTime) ?? "", attributes.string(.accessionNumber) ?? "",
                attributes.string(.studyID) ?? "", attributes.string(.studyDescription) ?? "",
                attributes.string(.referringPhysicianName) ?? "", now.timeIntervalSince1970,
            ])
        let id = database.lastInsertedRowID
        try Schema.fold(
            attributes.string(.referringPhysicianName) ?? "", ofReferringPhysicianOf: id, in: database)
        return id
    }

    /// A study whose instances retention has removed is as new as one that was never there.
    private static func beginAnew(_ study: Int64, _ now: Date, in database: Database) throws {
        try database.run(
            """
            UPDATE study SET first_received_at = ?
            WHERE id = ? AND NOT EXISTS (SELECT 1 FROM series WHERE study = ?)
            """, [now.timeIntervalSince1970, study, study])
    }

    private static func insertSeries(
        _ header: InstanceHeader, study: Int64, in database: Database
    ) throws -> Int64 {
        let attributes = header.attributes
        try database.run(
            """
            INSERT INTO series (study, series_instance_uid, modality, series_number, series_date, series_time,
                series_description, body_part_examined, protocol_name, station_name, manufacturer,
                manufacturer_model_name)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                study, header.seriesInstanceUID.description, attributes.string(.modality) ?? "",
                attributes.integer(.seriesNumber), attributes.string(.seriesDate) ?? "",
                attributes.string(.seriesTime) ?? "", attributes.string(.seriesDescription) ?? "",
                attributes.string(.bodyPartExamined) ?? "", attributes.string(.protocolName) ?? "",
                attributes.string(.stationName) ?? "", attributes.string(.manufacturer) ?? "",
                attributes.string(.manufacturerModelName) ?? "",
            ])
        return database.lastInsertedRowID
    }

    private static func insertInstance(
        _ incoming: IncomingInstance, _ digest: String, _ size: Int, series: Int64, _ now: Date, isRejected: Bool,
        in database: Database
    ) throws {
        let header = incoming.header
        let attributes = header.attributes
        func values(_ attribute: Attribute) -> String { attributes.strings(attribute).joined(separator: "\\") }
        try database.run(
            """
            INSERT INTO instance (series, sop_instance_uid, sop_class_uid, transfer_syntax_uid, digest, size,
                received_at, source_ae_title, instance_number, acquisition_number, image_type, number_of_frames,
                number_of_rows, number_of_columns, image_position_patient, image_orientation_patient,
                frame_of_reference_uid, images_in_acquisition, number_of_slices, number_of_time_slices, series_type,
                is_rejected)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                series, header.sopInstanceUID.description, header.sopClassUID.description,
                header.transferSyntaxUID.description, digest, size, now.timeIntervalSince1970, incoming.sourceAETitle,
                attributes.integer(.instanceNumber), attributes.integer(.acquisitionNumber), values(.imageType),
                attributes.integer(.numberOfFrames), attributes.integer(.rows), attributes.integer(.columns),
                values(.imagePositionPatient), values(.imageOrientationPatient),
                attributes.uid(.frameOfReferenceUID)?.description ?? "", attributes.integer(.imagesInAcquisition),
                attributes.integer(.numberOfSlices), attributes.integer(.numberOfTimeSlices), values(.seriesType),
                isRejected,
            ])
    }
}
