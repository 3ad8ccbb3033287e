import CDCMTK
import DICOM

/// A TID 1500 report in the making: DCMTK's templates, call by call, in Swift's terms.
final class MeasurementReport {
    /// The kinds of measurement group.
    enum Group {
        /// TID 1411: measurements of a segmented region.
        case volumetricROI
        /// TID 1501: measurements without a region.
        case individual
    }

    private let handle: OpaquePointer
    private let text = BorrowedText()

    init(title: CodedConcept, language: CodedConcept) throws(ReportingError) {
        var error = cd_error()
        guard let handle = cd_report_create(text(title), text(language), &error) else {
            throw refusal(.structuredReport, error)
        }
        self.handle = handle
    }

    deinit { cd_report_free(handle) }

    private func attempt(_ call: (UnsafeMutablePointer<cd_error>) -> Int32) throws(ReportingError) {
        try Reporting.attempt(.structuredReport, call)
    }

    // MARK: - Context

    func add(_ device: Device) throws(ReportingError) {
        try attempt {
            cd_report_add_device(
                handle, text(device.uid.description), text(ascii(device.name, limit: 64)),
                text(ascii(device.manufacturer, limit: 64)),
                text(ascii(device.modelName, limit: 64)), text(ascii(device.serialNumber, limit: 64)), $0)
        }
    }

    func add(procedure: CodedConcept) throws(ReportingError) {
        try attempt { cd_report_add_procedure(handle, text(procedure), $0) }
    }

    func addEvidence(_ sopClass: UID, _ sopInstance: UID, series: UID, study: UID) throws(ReportingError) {
        let instance = text.instance(sopClass, sopInstance, series: series, study: study)
        try attempt { cd_report_add_evidence(handle, instance, $0) }
    }

    /// Declares `PrivateScheme` (Coding Scheme Identification Sequence).
    func addPrivateScheme() throws(ReportingError) {
        try attempt {
            cd_report_add_coding_scheme(
                handle, text(PrivateScheme.designator), text(PrivateScheme.uid.description), text(PrivateScheme.name),
                text(PrivateScheme.organization), $0)
        }
    }

    /// Adds a group of images to the library.
    /// - Parameter described: with their descriptors (TID 1602 and what it includes), or as references alone.
    func addImages(_ headers: [DataSet], described: Bool = true) throws(ReportingError) {
        try attempt { cd_report_begin_image_group(handle, $0) }
        for header in headers {
            try withBuilder(header.wellFormed(), for: .structuredReport) { (builder) throws(ReportingError) in
                try attempt { cd_report_add_image(handle, builder, described ? 1 : 0, $0) }
            }
        }
    }

    // MARK: - Groups of measurements

    func beginGroup(_ kind: Group, identifier: String, uid: UID) throws(ReportingError) {
        let kind = kind == .volumetricROI ? cd_group_volumetric_roi : cd_group_individual
        try attempt { cd_report_begin_group(handle, kind, text(identifier), text(uid.description), $0) }
    }

    func set(finding: CodedConcept) throws(ReportingError) {
        try attempt { cd_report_set_finding(handle, text(finding), $0) }
    }

    func add(
        site: CodedConcept, laterality: CodedConcept? = nil, modifier: CodedConcept? = nil
    ) throws(ReportingError) {
        try attempt { cd_report_add_finding_site(handle, text(site), text(laterality), text(modifier), $0) }
    }

    func set(segment: Int, of sopInstance: UID, series: UID, study: UID, source: UID) throws(ReportingError) {
        let instance = text.instance(.segmentationStorage, sopInstance, series: series, study: study)
        try attempt {
            cd_report_set_segment(handle, instance, UInt16(segment), text(source.description), $0)
        }
    }

    func add(_ measurement: Measurement) throws(ReportingError) {
        try attempt {
            cd_report_add_measurement(
                handle, text(measurement.name), text(measured(measurement.value)), text(measurement.unit),
                text(measurement.method), text(measurement.derivation), $0)
        }
        if let meaning = measurement.meaning {
            try attempt { cd_report_set_equivalent_meaning(handle, text(meaning), $0) }
        }
        guard let algorithm = measurement.algorithm else { return }
        try attempt { cd_report_set_algorithm(handle, text(algorithm.name), text(algorithm.version), $0) }
        for parameter in algorithm.parameters {
            try attempt { cd_report_add_algorithm_parameter(handle, text(parameter), $0) }
        }
    }

    func addToGroup(_ name: CodedConcept, _ value: CodedConcept) throws(ReportingError) {
        try attempt { cd_report_add_group_code(handle, text(name), text(value), $0) }
    }

    func addToGroup(_ name: CodedConcept, _ value: String) throws(ReportingError) {
        try attempt { cd_report_add_group_text(handle, text(name), text(value), $0) }
    }

    // MARK: - The whole

    func add(_ name: CodedConcept, _ value: CodedConcept) throws(ReportingError) {
        try attempt { cd_report_add_code(handle, text(name), text(value), $0) }
    }

    func add(_ name: CodedConcept, _ value: String) throws(ReportingError) {
        try attempt { cd_report_add_text(handle, text(name), text(value), $0) }
    }

    /// The finished document; identity, UIDs and dates in it are still DCMTK's own.
    func finish() throws(ReportingError) -> DataSet {
        let collector = Collector()
        var visitor = collector.visitor
        try withExtendedLifetime(collector) { () throws(ReportingError) in
            try attempt { cd_report_finish(handle, &visitor, $0) }
        }
        return collector.root
    }
}

/// A measured value with its meaning (TID 300, TID 1419).
struct Measurement {
    /// How a value was computed (TID 4019).
    struct Algorithm {
        let name: String
        let version: String
        var parameters: [String] = []
    }

    let name: CodedConcept
    let value: Double
    let unit: CodedConcept
    var method: CodedConcept?
    var derivation: CodedConcept?
    /// Equivalent Meaning of Concept Name (121050 DCM): the customary name of the figure.
    var meaning: String?
    var algorithm: Algorithm?

    /// The same for a TID 1501 group, which has no place for an algorithm in DCMTK 3.6.7.
    var withoutAlgorithm: Measurement {
        var result = self
        result.algorithm = nil
        return result
    }
}
