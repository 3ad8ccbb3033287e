import Classification
import DICOM
import Imaging
import Staging

extension StudyReader {
    /// Reads a study, and compares it with the patient's latest earlier one of the same tracer class.
    ///
    /// The earlier study is read again, by the same program and model: figures of another version would differ for other
    /// reasons than the disease. Where there are no images of it, it is compared with the figures of a report. What keeps a
    /// study from being compared is a warning of the reading, never a refusal.
    /// - Parameters:
    ///   - earlier: studies that may be earlier ones of the same patient.
    ///   - reports: reports on such studies.
    ///   - passedOver: why others cannot be compared with, for the warnings.
    ///   - progress: told each step as it begins.
    /// - Throws: a `Refusal` with its reason where the study itself cannot be read.
    public func read(
        _ study: StudyContent, after earlier: [StudyContent], reports: [EarlierReport] = [],
        passedOver: [String] = [], progress: (Step) -> Void = { _ in }
    ) throws(Refusal) -> Result {
        let present = try read(study, progress: progress)
        var warnings = passedOver
        for candidate in EarlierStudy.latestFirst(earlier, reports) {
            do throws(Refusal) {
                try candidate.requireEarlier(than: study)
                let comparison = try compare(present, candidate, &warnings, progress)
                return Result(reading: present.reading.compared(comparison, warnings), scan: present.scan)
            } catch {
                let date = candidate.date.isEmpty ? "without a date" : "of \(candidate.date)"
                warnings.append("Not compared with the study \(date): \(error.reason)")
            }
        }
        return Result(reading: present.reading.compared(nil, warnings), scan: present.scan)
    }

    private func compare(
        _ present: Result, _ earlier: EarlierStudy, _ warnings: inout [String], _ progress: (Step) -> Void
    ) throws(Refusal) -> StudyComparison {
        switch earlier {
        case .images(let study):
            let selection = try SeriesSelection(study)
            try require(
                TracerDetermination(header: selection.pet.series.headers[0]).tracer ?? assumedTracer,
                for: present.reading.tracer.target)
            progress(.compare)
            return compare(present, try read(study), &warnings)
        case .report(let report):
            try require(report.tracer, for: present.reading.tracer.target)
            return compare(present.reading, report, &warnings)
        }
    }

    private func require(_ tracer: Tracer?, for target: Tracer.Target) throws(Refusal) {
        guard let tracer, tracer.target == target else {
            throw Refusal(
                .notComparable, "Its tracer is \(tracer?.rawValue ?? "unknown"), not one for \(target.rawValue).")
        }
    }

    /// By figures alone: what became of a lesion, and whether one is new, nobody can tell.
    private func compare(
        _ now: StudyReading, _ report: EarlierReport, _ warnings: inout [String]
    ) -> StudyComparison {
        let volume = VolumeChange(earlierMl: report.lesionVolumeMl, presentMl: now.lesionVolumeMl)
        warnings.append(
            "Compared with the figures of an earlier report (\(report.reader)), as there are no images of its study: "
                + "lesions are not matched, whether both scans show the same parts of the body is not known, and another version or "
                + "model finds other figures in the same images.")
        if report.tracer != now.tracer { warnings.append(Self.warning(onEarlier: report.tracer)) }
        let possible = now.tracer.target == .psma ? RECIP.possible(volume) : []
        return StudyComparison(
            earlierStudyInstanceUID: report.studyInstanceUID, earlierStudyDate: report.studyDate,
            earlierTracer: report.tracer, earlierReport: report, earlierLesionCount: report.lesionCount,
            volume: volume, registration: nil, changes: [], earlierFoci: [],
            recip: possible.count == 1 ? possible[0] : nil, possibleRECIP: possible)
    }

    private static func warning(onEarlier tracer: Tracer) -> String {
        "The earlier study was made with \(tracer.rawValue): its volumes compare with reserve."
    }

    private func compare(_ present: Result, _ earlier: Result, _ warnings: inout [String]) -> StudyComparison {
        let (now, before) = (present.reading, earlier.reading)
        let volume = VolumeChange(earlierMl: before.lesionVolumeMl, presentMl: now.lesionVolumeMl)
        if before.tracer != now.tracer {
            warnings.append(Self.warning(onEarlier: before.tracer))
        }
        var registration: Registration?
        var changes: [LesionChange] = []
        var recip: RECIP?
        do throws(RegistrationFailure) {
            let found = try self.registration.register(present.scan, to: earlier.scan)
            registration = found
            changes = matching.changes(from: earlier.findings, to: present.findings, by: found.transform)
            let seen = VolumeChange(from: before.lesionVolumes, to: now.lesionVolumes, inBoth: changes)
            let unseen = changes.count { [.notInView, .notInEarlierView].contains($0.fate) }
            if unseen > 0 {
                let volumes = [seen.earlierMl, seen.presentMl].map { String(format: "%.1f ml", $0) }
                warnings.append(
                    "\(unseen) lesions lie where only one of the two studies was scanned; volumes differ by them. Without them "
                        + "it is \(volumes[0]) then and \(volumes[1]) now, by which the response is judged.")
            }
            if now.tracer.target == .psma {
                recip = RECIP.assess(
                    seen, hasNewLesion: changes.contains { $0.fate == .new }, isWhole: unseen == 0)
            }
        } catch {
            warnings.append(
                "Lesions are not matched with the earlier study's, and RECIP is not judged: \(error.description).")
        }
        let mentioned = Set(changes.flatMap(\.earlierFocusIDs))
        return StudyComparison(
            earlierStudyInstanceUID: before.pet.studyInstanceUID,
            earlierStudyDate: before.pet.headers[0].string(.studyDate) ?? "", earlierTracer: before.tracer,
            earlierInputs: [before.pet, before.ct].compactMap { $0 }, earlierLesionCount: before.lesions.count,
            volume: volume, registration: registration, changes: changes,
            earlierFoci: before.foci.map(\.classified).filter { mentioned.contains($0.id) },
            recip: recip)
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

    /// The volume of each lesion by its focus, in millilitres.
    fileprivate var lesionVolumes: [Int: Double] {
        Dictionary(uniqueKeysWithValues: lesions.map { ($0.focus.id, $0.focus.volumeMl) })
    }

    fileprivate func compared(_ comparison: StudyComparison?, _ more: [String]) -> StudyReading {
        StudyReading(
            pet: pet, ct: ct, tracer: tracer, model: model, suv: suv, reference: reference, foci: foci, stage: stage,
            stagingRules: stagingRules, warnings: warnings + more, comparison: comparison,
            detectionParameters: detectionParameters)
    }
}
