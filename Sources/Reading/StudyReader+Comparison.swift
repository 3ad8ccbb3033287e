import Classification
import DICOM
import Imaging
import Staging

extension StudyReader {
    /// Reads a study, and compares it with the patient's latest earlier one of the same tracer class.
    ///
    /// The earlier study is read again, by the same program and model: figures of another version would differ for other
    /// reasons than the disease. What keeps a study from being compared is a warning of the reading, never a refusal.
    /// - Parameters:
    ///   - earlier: studies that may be earlier ones of the same patient.
    ///   - progress: told each step as it begins.
    /// - Throws: a `Refusal` with its reason where the study itself cannot be read.
    public func read(
        _ study: StudyContent, after earlier: [StudyContent], progress: (Step) -> Void = { _ in }
    ) throws(Refusal) -> Result {
        let present = try read(study, progress: progress)
        var warnings: [String] = []
        for candidate in earlier.sorted(by: { $0.moment > $1.moment }) {
            do throws(Refusal) {
                try requireComparable(candidate, study, present.reading.tracer)
                progress(.compare)
                let before = try read(candidate)
                let comparison = compare(present, before, &warnings)
                return Result(reading: present.reading.compared(comparison, warnings), scan: present.scan)
            } catch {
                let date = candidate.date.isEmpty ? "without a date" : "of \(candidate.date)"
                warnings.append("Not compared with the study \(date): \(error.reason)")
            }
        }
        return Result(reading: present.reading.compared(nil, warnings), scan: present.scan)
    }

    private func requireComparable(
        _ candidate: StudyContent, _ study: StudyContent, _ tracer: Tracer
    ) throws(Refusal) {
        guard candidate.patientID == study.patientID, !study.patientID.isEmpty else {
            throw Refusal(.notComparable, "It is not known to be of the same patient (Patient ID).")
        }
        guard candidate.studyInstanceUID != study.studyInstanceUID, candidate.moment < study.moment else {
            throw Refusal(.notComparable, "It is not an earlier study (Study Date and Time).")
        }
        let selection = try SeriesSelection(candidate)
        let found = TracerDetermination(header: selection.pet.series.headers[0]).tracer ?? assumedTracer
        guard let found, found.target == tracer.target else {
            throw Refusal(
                .notComparable, "Its tracer is \(found?.rawValue ?? "unknown"), not one for \(tracer.target.rawValue).")
        }
    }

    private func compare(_ present: Result, _ earlier: Result, _ warnings: inout [String]) -> StudyComparison {
        let (now, before) = (present.reading, earlier.reading)
        let volume = VolumeChange(earlierMl: before.lesionVolumeMl, presentMl: now.lesionVolumeMl)
        if before.tracer != now.tracer {
            warnings.append(
                "The earlier study was made with \(before.tracer.rawValue): its volumes compare with reserve.")
        }
        var registration: Registration?
        var changes: [LesionChange] = []
        do throws(RegistrationFailure) {
            let found = try self.registration.register(present.scan, to: earlier.scan)
            registration = found
            changes = matching.changes(from: earlier.findings, to: present.findings, by: found.transform)
            let unseen = changes.count { [.notInView, .notInEarlierView].contains($0.fate) }
            if unseen > 0 {
                warnings.append(
                    "\(unseen) lesions lie where only one of the two studies was scanned; volumes differ by them.")
            }
        } catch {
            warnings.append(
                "Lesions are not matched with the earlier study's, and RECIP is not judged: \(error.description).")
        }
        let mentioned = Set(changes.flatMap(\.earlierFocusIDs))
        let judged = registration != nil && now.tracer.target == .psma
        return StudyComparison(
            earlierStudyInstanceUID: before.pet.studyInstanceUID,
            earlierStudyDate: before.pet.headers[0].string(.studyDate) ?? "", earlierTracer: before.tracer,
            earlierInputs: [before.pet, before.ct].compactMap { $0 }, volume: volume, registration: registration,
            changes: changes, earlierFoci: before.foci.map(\.classified).filter { mentioned.contains($0.id) },
            recip: judged ? RECIP.assess(volume, hasNewLesion: changes.contains { $0.fate == .new }) : nil)
    }
}

extension StudyReader.Result {
    fileprivate var findings: ScanFindings {
        ScanFindings(foci: reading.foci.map(\.classified), geometry: pet.geometry)
    }
}

extension StudyReading {
    /// The volume of all lesions, in millilitres: PSMA-TV, or MTV for FDG.
    public var lesionVolumeMl: Double { lesions.reduce(0) { $0 + $1.focus.volumeMl } }

    fileprivate func compared(_ comparison: StudyComparison?, _ more: [String]) -> StudyReading {
        StudyReading(
            pet: pet, ct: ct, tracer: tracer, model: model, suv: suv, reference: reference, foci: foci, stage: stage,
            warnings: warnings + more, comparison: comparison, detectionParameters: detectionParameters)
    }
}

extension StudyContent {
    private func first(_ attribute: Attribute) -> String { series.first?.header.string(attribute) ?? "" }

    fileprivate var patientID: String { first(.patientID) }
    fileprivate var date: String { first(.studyDate) }
    /// Date and time as written: in order, as both are of fixed width.
    fileprivate var moment: String { date + first(.studyTime) }
}
