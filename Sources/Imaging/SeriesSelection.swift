import DICOM

/// Which PET and which CT of a study are read, and why the others are not.
public struct SeriesSelection: Sendable {
    /// A chosen PET series.
    public struct PET: Sendable {
        /// Its instances.
        public let content: StudyContent.Series
        /// Its headers in slice order.
        public let series: ImageSeries
        /// How it becomes SUVbw.
        public let suv: SUVConversion
    }

    /// A chosen CT series.
    public struct CT: Sendable {
        /// Its instances.
        public let content: StudyContent.Series
        /// Its headers in slice order.
        public let series: ImageSeries
        /// The share of the PET's axial extent that it covers, 0 to 1.
        public let coverage: Double
    }

    /// A series that is not read.
    public struct Rejected: Sendable {
        /// The series.
        public let content: StudyContent.Series
        /// Why.
        public let refusal: Refusal
    }

    /// The PET.
    public let pet: PET
    /// The CT; nil where the study has none that fits.
    public let ct: CT?
    /// The PET and CT series that are not read, in the order of the study.
    public let rejected: [Rejected]
    /// What a reader must know of the choice, in plain sentences.
    public let warnings: [String]

    /// A CT that covers less of the PET than this is reported as partial.
    public static let fullCoverage = 0.95

    /// Chooses from the headers of a study.
    ///
    /// PET: attenuation corrected, static or whole-body, original, complete, convertible to SUV; of those, the
    /// longest, then the latest. CT: original axial, in the PET's frame of reference; of those, one that covers the PET
    /// (or covers most of it), then a soft kernel, then the one for attenuation correction, then the latest.
    /// - Throws: a refusal where no PET can be read: that of the PET that came closest.
    public init(_ study: StudyContent) throws(Refusal) {
        var rejected: [Rejected] = []
        try self.init(study, rejecting: &rejected)
    }

    /// As `init(_:)`, and tells which series are not read, and why, even where no PET can be.
    public init(_ study: StudyContent, rejecting rejected: inout [Rejected]) throws(Refusal) {
        try Self.requireOnePatient(study)
        let others: [PET]
        (pet, others) = try Self.choosePET(study, &rejected)
        ct = Self.chooseCT(study, for: pet, &rejected)
        let found = rejected
        rejected = study.series.compactMap { series in
            found.first { $0.content.seriesInstanceUID == series.seriesInstanceUID }
        }
        self.rejected = rejected
        var warnings: [String] = []
        if let ct, ct.coverage < Self.fullCoverage {
            warnings.append("The CT covers \(Int((ct.coverage * 100).rounded())) % of the PET along its axis.")
        }
        if ct == nil { warnings.append("The study has no CT that fits the PET: read without CT.") }
        let chosen = pet
        for other in others {
            guard let difference = Self.difference(of: other, from: chosen) else { continue }
            warnings.append("Another PET of the study, \(other.content.name), is not read: \(difference).")
        }
        self.warnings = warnings
    }

    private static func requireOnePatient(_ study: StudyContent) throws(Refusal) {
        let patients = study.patientIdentities
        guard patients.count <= 1 else {
            throw Refusal(
                .mixedPatients,
                "The study has images of \(patients.count) different patients, by Patient ID, its issuer or birth date: "
                    + "correct the study at its source and send it again.")
        }
    }

    // MARK: PET

    /// The PET that is read, and others that could be.
    private static func choosePET(
        _ study: StudyContent, _ rejected: inout [Rejected]
    ) throws(Refusal) -> (best: PET, others: [PET]) {
        var eligible: [PET] = []
        var refused: [(stage: Int, Rejected)] = []
        for content in study.series where content.modality == "PT" {
            var stage = 0
            do throws(Refusal) {
                try requireOriginalPET(content)
                stage = 1
                let series = try ImageSeries(headers: content.headers)
                // What is known of bodies, from the outline to the order of the organs, is known by transverse slices.
                guard abs(series.geometry.normal.z) >= 0.7 else {
                    throw Refusal(
                        .notTransverse,
                        "The images of the PET are not transverse: send the series as it was reconstructed.")
                }
                stage = 2
                eligible.append(PET(content: content, series: series, suv: try SUVConversion(headers: series.headers)))
            } catch {
                refused.append((stage, Rejected(content: content, refusal: error)))
            }
        }
        rejected += refused.map(\.1)
        let ranked = eligible.sorted { isBetter($0.series, $1.series) }
        guard let best = ranked.first else {
            let closest = refused.max {
                ($0.stage, $0.1.content.instances.count) < ($1.stage, $1.1.content.instances.count)
            }
            throw closest?.1.refusal ?? Refusal(.noPET, "The study has no PET series.")
        }
        // A longer series with slices missing is still arriving, or was lost: the shorter one is not read in silence.
        if let longer = refused.first(where: { $0.1.isMissingSlices && span($0.1.content) > span(best.content) }) {
            throw longer.1.refusal
        }
        rejected += ranked.dropFirst().map {
            Rejected(
                content: $0.content,
                refusal: Refusal(.superseded, "Another PET, \(best.content.name), is longer or more recent."))
        }
        return (best, Array(ranked.dropFirst()))
    }

    /// What another PET shows that the one that is read does not; nil for a second reconstruction of the same.
    private static func difference(of other: PET, from best: PET) -> String? {
        let tracers = [best, other].map { TracerDetermination(header: $0.series.headers[0]).tracer }
        if tracers[0] != tracers[1] { return "its tracer is \(tracers[1]?.rawValue ?? "unknown")" }
        let starts = [best, other].map { $0.series.headers.compactMap(SUVRules.acquisition).min() }
        if let start = starts[0], let otherStart = starts[1], abs(otherStart - start) > sameAcquisitionSeconds {
            return "it was acquired at another time"
        }
        let geometries = [best, other].map(\.series.geometry)
        if geometries[0].frameOfReferenceUID != geometries[1].frameOfReferenceUID {
            return "it lies in another frame of reference"
        }
        let shown = geometries[1].axialCoverage(by: geometries[0])
        return shown < fullCoverage ? "it shows parts of the body that the one that is read does not" : nil
    }

    /// Reconstructions of one acquisition begin no further apart.
    private static let sameAcquisitionSeconds = 300.0

    private static func requireOriginalPET(_ content: StudyContent.Series) throws(Refusal) {
        let header = content.header
        guard let sopClass = header.uid(.sopClassUID),
            content.headers.allSatisfy({ $0.uid(.sopClassUID) == sopClass })
        else { throw Refusal(.mixedSeries, "The images of the series belong to different SOP classes.") }
        guard !multiFrameClasses.contains(sopClass) else { throw Refusal.multiFrameImages }
        guard sopClass == .positronEmissionTomographyImageStorage else {
            throw Refusal(.notAPET, "The series is no PET Image Storage but \(sopClass).")
        }
        try SUVRules.requireStaticImage(header)
        let imageType = header.strings(.imageType)
        // DERIVED and SECONDARY alone are no bar: an image that a workstation scaled to SUV is called so.
        let isView = imageType.contains { value in
            ["MIP", "MPR", "REFORMAT", "PROJECTION", "FUSED", "FUSION"].contains { value.contains($0) }
        }
        guard !isView, header.strings(.seriesType).dropFirst().first != "REPROJECTION" else {
            throw Refusal(
                .derived, "The series is a view of another (Image Type \(imageType.joined(separator: "\\"))).")
        }
    }

    // MARK: CT

    private static func chooseCT(_ study: StudyContent, for pet: PET, _ rejected: inout [Rejected]) -> CT? {
        var eligible: [CT] = []
        for content in study.series where content.modality == "CT" {
            do throws(Refusal) {
                try requireOriginalCT(content, frame: pet.series.geometry.frameOfReferenceUID)
                let series = try ImageSeries(headers: content.headers)
                let coverage = pet.series.geometry.axialCoverage(by: series.geometry)
                guard coverage > 0 else { throw Refusal(.noCoverage, "The CT covers no part of the PET.") }
                eligible.append(CT(content: content, series: series, coverage: coverage))
            } catch {
                rejected.append(Rejected(content: content, refusal: error))
            }
        }
        let ranked = eligible.sorted { isBetter($0, $1) }
        rejected += ranked.dropFirst().map {
            Rejected(
                content: $0.content,
                refusal: Refusal(
                    .superseded, "Another CT, \(ranked[0].content.name), covers more or has the better kernel."))
        }
        return ranked.first
    }

    private static func requireOriginalCT(_ content: StudyContent.Series, frame: UID) throws(Refusal) {
        let header = content.header
        let imageType = header.strings(.imageType)
        guard let sopClass = header.uid(.sopClassUID), !multiFrameClasses.contains(sopClass) else {
            throw Refusal.multiFrameImages
        }
        guard sopClass == .ctImageStorage else {
            throw Refusal(.notACT, "The series is no CT Image Storage but \(sopClass).")
        }
        guard !imageType.contains("LOCALIZER") else { throw Refusal(.localizer, "The series is a localizer.") }
        guard imageType.prefix(2) == ["ORIGINAL", "PRIMARY"], imageType.count < 3 || imageType[2] == "AXIAL" else {
            throw Refusal(
                .derived,
                "The CT is no original axial image (Image Type \(imageType.joined(separator: "\\"))).")
        }
        guard header.uid(.frameOfReferenceUID) == frame else {
            throw Refusal(.otherFrameOfReference, "The CT lies in another frame of reference than the PET.")
        }
    }

    private static let multiFrameClasses: [UID] = [
        .enhancedPETImageStorage, .legacyConvertedEnhancedPETImageStorage, .enhancedCTImageStorage,
        .legacyConvertedEnhancedCTImageStorage,
    ]
}
