import DICOM

/// The images of a study that are read: PET in SUVbw, CT in Hounsfield units, each on its own grid.
public struct StudyImages: Sendable {
    /// What was chosen, and what not.
    public let selection: SeriesSelection
    /// The PET.
    public let pet: ImageSeries
    /// How the PET's stored values became SUVbw.
    public let suv: SUVConversion
    /// The PET in SUVbw.
    public let petVolume: Volume<SUVbw>
    /// The CT; nil where the study has none that fits, or it cannot be assembled.
    public let ct: ImageSeries?
    /// The CT in Hounsfield units on its own grid.
    public let ctVolume: Volume<HounsfieldUnits>?
    /// The share of the PET's axial extent that the CT covers, 0 to 1; 0 without CT.
    public let ctCoverage: Double
    /// Which tracer was given.
    public let tracer: TracerDetermination
    /// What a reader must know, in plain sentences.
    public let warnings: [String]

    /// Chooses and assembles the images of a study.
    /// - Throws: a refusal where no PET of the study can be read.
    public init(_ study: StudyContent) throws(Refusal) {
        selection = try SeriesSelection(study)
        let assembled = try AssembledSeries(instances: selection.pet.content.instances)
        var warnings = selection.warnings + selection.pet.suv.warnings + assembled.warnings
        pet = assembled.series
        suv = selection.pet.suv
        petVolume = assembled.suvVolume(suv)
        tracer = TracerDetermination(header: pet.headers[0])
        if let chosen = selection.ct {
            do throws(Refusal) {
                let assembledCT = try AssembledSeries(instances: chosen.content.instances)
                (ct, ctVolume, ctCoverage) = (assembledCT.series, assembledCT.hounsfieldVolume, chosen.coverage)
                warnings += assembledCT.warnings
            } catch {
                (ct, ctVolume, ctCoverage) = (nil, nil, 0)
                warnings.append("The CT is not read: \(error.reason)")
            }
        } else {
            (ct, ctVolume, ctCoverage) = (nil, nil, 0)
        }
        self.warnings = warnings
    }

    /// The CT on the PET's grid; NaN where it does not reach. Nil without CT.
    public var ctOnPET: Volume<HounsfieldUnits>? {
        ctVolume?.resampled(to: petVolume.geometry, outside: .nan)
    }
}
