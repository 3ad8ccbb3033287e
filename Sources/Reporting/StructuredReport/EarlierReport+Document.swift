import DICOM
import Foundation
import Imaging
import Reading

/// Why a document gives nothing to compare with.
public enum EarlierReportError: Error, Equatable, CustomStringConvertible {
    /// It is longer than any report of ours: its bytes.
    case tooLarge(Int)
    /// It is no finished TID 1500 report with our private codes.
    case notOfUptake
    /// It does not state something, or states it twice.
    case incomplete(String)
    /// It states what cannot be.
    case implausible(String)

    /// The reason.
    public var description: String {
        switch self {
        case .tooLarge(let bytes): "it has \(bytes) bytes, more than a report of Uptake"
        case .notOfUptake: "it is no finished TID 1500 report of Uptake"
        case .incomplete(let what): "it does not state \(what) once"
        case .implausible(let what): "it states \(what)"
        }
    }
}

extension EarlierReport {
    /// Reports name every image: with 10,000 of them it is some 25 MB.
    private static let mostBytes = 64 << 20
    /// A patient has at most so many millilitres of anything.
    private static let mostMillilitres = 500_000.0
    /// As many segments as a Segmentation can have.
    private static let mostLesions = 65_535.0

    /// Reads a report from a file of whatever origin.
    /// - Throws: `EarlierReportError`, or `DICOMError` where it cannot be read.
    public init(path: String) throws {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        guard size <= Self.mostBytes else { throw EarlierReportError.tooLarge(size) }
        try self.init(DICOMFile(path: path, extent: .header).dataSet)
    }

    /// Reads a report: the figures of its "Whole body" group, the tracer from the first sentence of its conclusion.
    /// - Throws: `EarlierReportError`, also for the report on a study that was declined.
    public init(_ document: DataSet) throws(EarlierReportError) {
        guard document.isReportOfUptake else { throw .notOfUptake }
        guard let tracer = document.tracerRead else { throw .incomplete("the tracer") }
        guard let totals = document.wholeBody else { throw .incomplete("totals of the whole body") }
        let volume = tracer.target == .glucose ? Concepts.metabolicVolume : Concepts.volume
        let count = try totals.figure(Concepts.lesionCount, in: Concepts.noUnit, upTo: Self.mostLesions)
        let volumeMl = try totals.figure(volume, in: Concepts.cubicCentimetre, upTo: Self.mostMillilitres)
        guard let lesionCount = Int(exactly: count), (lesionCount == 0) == (volumeMl == 0) else {
            throw .implausible("\(count) lesions of together \(volumeMl) ml")
        }
        guard let study = document.uid(.studyInstanceUID), let series = document.uid(.seriesInstanceUID),
            let sopClass = document.uid(.sopClassUID), let instance = document.uid(.sopInstanceUID)
        else { throw .incomplete("which study it is about") }
        func text(_ attribute: Attribute) -> String { document.string(attribute) ?? "" }
        self.init(
            studyInstanceUID: study, seriesInstanceUID: series, sopClassUID: sopClass, sopInstanceUID: instance,
            patient: StudyContent.PatientIdentity(
                patientID: text(.patientID), issuer: document.string(.issuerOfPatientID),
                birthDate: document.string(.patientBirthDate)), studyDate: text(.studyDate),
            studyTime: text(.studyTime), tracer: tracer,
            lesionCount: lesionCount, lesionVolumeMl: volumeMl,
            reader: ascii("Uptake \(text(.softwareVersions)), model \(text(.deviceSerialNumber))", limit: 100))
    }
}

extension DataSet {
    fileprivate var isReportOfUptake: Bool {
        let classes: [UID] = [.comprehensive3DSRStorage, .comprehensiveSRStorage, .enhancedSRStorage]
        return uid(.sopClassUID).map(classes.contains) == true
            && items(.contentTemplateSequence).first?.string(.templateIdentifier) == "1500"
            && string(.completionFlag) == "COMPLETE"
            && items(.codingSchemeIdentificationSequence).contains {
                $0.string(.codingSchemeDesignator) == PrivateScheme.designator
                    && $0.uid(.codingSchemeUID) == PrivateScheme.uid
            }
    }

    fileprivate var tracerRead: Tracer? {
        let conclusion = items(.contentSequence).flatMap { $0.items(.contentSequence) }
            .first { $0.code(.conceptNameCodeSequence)?.isSame(as: Concepts.conclusion) == true }
        let text = conclusion?.string(.textValue) ?? ""
        return Tracer.allCases.first { text.hasPrefix(openingSentence(of: $0)) }
    }

    /// The TID 1501 group of all lesions.
    fileprivate var wholeBody: DataSet? {
        items(.contentSequence).flatMap { $0.items(.contentSequence) }.first { group in
            group.items(.contentSequence).contains {
                $0.code(.conceptCodeSequence)?.isSame(as: PrivateScheme.lesionStatistics) == true
            }
        }
    }

    /// A figure of a group, from zero up.
    fileprivate func figure(
        _ name: CodedConcept, in unit: CodedConcept, upTo most: Double
    ) throws(EarlierReportError) -> Double {
        let stated = items(.contentSequence).filter { $0.code(.conceptNameCodeSequence)?.isSame(as: name) == true }
            .flatMap { $0.items(.measuredValueSequence) }
        guard stated.count == 1, stated[0].code(.measurementUnitsCodeSequence)?.isSame(as: unit) == true,
            let value = stated[0].number(.numericValue)
        else { throw .incomplete("\(name.meaning) in \(unit.value)") }
        guard (0...most).contains(value) else { throw .implausible("\(name.meaning) \(value)") }
        return value
    }
}
