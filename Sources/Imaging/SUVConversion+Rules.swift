import DICOM
import Foundation

extension SUVConversion {
    /// Determines SUVbw from the headers of one PET series.
    ///
    /// SUVbw = rescaled value × body weight (g) ÷ dose (Bq) decayed to the moment the image is corrected to
    /// (PS3.3 section C.8.9; the order of rules follows the IBSI SUV reference manual). Whatever would be guessed at
    /// is refused instead.
    /// - Parameter headers: the data set of every slice, in slice order; pixel data are not needed.
    public init(headers: [DataSet]) throws(Refusal) {
        var rules = try SUVRules(headers)
        self = try rules.conversion()
    }
}

/// The rules of SUVbw at work on one series, noting each input that they use.
struct SUVRules {
    let headers: [DataSet]
    /// The one item of Radiopharmaceutical Information Sequence.
    let radiopharmaceutical: DataSet
    private(set) var inputs: [(name: String, value: String)] = []
    private(set) var warnings: [String] = []

    /// The header that speaks for the series.
    var first: DataSet { headers[0] }

    init(_ headers: [DataSet]) throws(Refusal) {
        guard let first = headers.first else { throw Refusal(.notAnImage, "The series holds no image.") }
        self.headers = headers
        let items = first.items(.radiopharmaceuticalInformationSequence)
        guard items.count <= 1 else {
            throw Refusal(
                .mixedInputs, "The series names \(items.count) radiopharmaceuticals; SUV is defined for one only.")
        }
        radiopharmaceutical = items.first ?? DataSet()
    }

    mutating func conversion() throws(Refusal) -> SUVConversion {
        try Self.requireStaticImage(first)
        let units = try requireCorrections()
        try requirePositronEmitter()
        switch units {
        case "BQML": return try fromActivity(scale: headers.map { _ in 1 })
        case "CNTS": return try fromCounts()
        case "GML": return try fromNormalised(by: suvType ?? "BW")
        case "CM2ML": return try fromNormalised(by: "BSA")
        default:
            throw Refusal(
                .units,
                "Units \(units) cannot be converted to SUV: a series in Bq/ml or g/ml (BQML, GML) is needed.")
        }
    }

    // MARK: Gate

    /// Refuses a series of many moments or phases; Number of Time Slices does not tell, for scanners count beds in it.
    static func requireStaticImage(_ header: DataSet) throws(Refusal) {
        switch header.strings(.seriesType).first ?? "" {
        case "DYNAMIC": throw Refusal(.dynamic, "The PET series is dynamic; a static or whole-body series is needed.")
        case "GATED": throw Refusal(.gated, "The PET series is gated; a static or whole-body series is needed.")
        default: break
        }
    }

    /// Corrections that the values must bear, and one unit for all.
    private mutating func requireCorrections() throws(Refusal) -> String {
        guard let units = agreed({ $0.string(.units) }) else {
            throw Refusal(.units, "The PET images state no Units, or different ones.")
        }
        note("Units", units)
        let corrections = first.strings(.correctedImage)
        note("CorrectedImage", corrections.joined(separator: "\\"))
        guard headers.allSatisfy({ $0.strings(.correctedImage).contains("ATTN") }) else {
            throw Refusal(
                .notAttenuationCorrected, "Corrected Image does not list ATTN: the PET is not attenuation corrected.")
        }
        let isDeclaredCorrected = headers.allSatisfy { $0.strings(.correctedImage).contains("DECY") }
        let kind = agreed { $0.string(.decayCorrection) }
        note("DecayCorrection", kind)
        guard isDeclaredCorrected != (kind == "NONE") else {
            let declared = isDeclaredCorrected ? "lists DECY" : "does not list DECY"
            throw Refusal(
                .decayCorrection,
                "Corrected Image \(declared) while Decay Correction is \(kind ?? "absent"): it is unclear whether the "
                    + "values are decay corrected.")
        }
        guard headers.allSatisfy({ ($0.number(.rescaleIntercept) ?? 0) == 0 }) else {
            throw Refusal(.rescaleIntercept, "Rescale Intercept of a PET image is not 0, as PS3.3 requires.")
        }
        return units
    }

    // MARK: Units

    /// Bq/ml; `scale` brings each slice there.
    private mutating func fromActivity(scale: [Double]) throws(Refusal) -> SUVConversion {
        let weight = try weightGrams()
        let dose = try doseBecquerels()
        switch agreed({ $0.string(.decayCorrection) }) {
        case "ADMIN":
            checkUptake(reference: earliestAcquisition)
            return finish(scale.map { $0 * weight / dose }, nil, .administration)
        case "NONE":
            let decay = try withoutDecayCorrection()
            return finish(zip(scale, decay).map { $0 * weight / dose * $1 }, nil, .acquisition)
        case "START": break
        case nil: warn("Decay Correction is absent though Corrected Image lists DECY; START is taken.")
        case let other?:
            throw Refusal(.decayCorrection, "Decay Correction \(other) is not known: START, ADMIN or NONE is.")
        }
        let halfLife = try halfLifeSeconds()
        let reference = try startReference(halfLife: halfLife)
        let remaining = try remainingDose(dose, halfLife: halfLife, at: reference.times)
        return finish(
            zip(scale, remaining).map { $0 * weight / $1 }, reference.single, reference.source)
    }

    /// Counts: only Philips says in private elements what they are worth.
    private mutating func fromCounts() throws(Refusal) -> SUVConversion {
        func factors(_ attribute: PrivateAttribute) -> [Double]? {
            let found = headers.compactMap { header in header.locate(attribute).flatMap { header.number($0) } }
            return found.count == headers.count && found.allSatisfy { $0 > 0 } ? found : nil
        }
        if let factors = factors(.philipsSUVScaleFactor) {
            note("Philips SUV Scale Factor (7053,xx00)", decimalString(factors[0]))
            checkUptake(reference: earliestAcquisition)
            return finish(factors, nil, .notNeeded)
        }
        if let factors = factors(.philipsActivityConcentrationScaleFactor) {
            note("Philips Activity Concentration Scale Factor (7053,xx09)", decimalString(factors[0]) + " Bq/ml")
            return try fromActivity(scale: factors)
        }
        throw Refusal(
            .units,
            "Units are counts (CNTS) and no Philips scale factor (7053,xx00) or (7053,xx09) says what a count is "
                + "worth: anonymisers strip it; send the series with it, or in Bq/ml.")
    }

    private var suvType: String? { agreed { $0.string(.suvType) ?? "BW" } }

    /// SUV already, normalised by something; brought to body weight.
    private mutating func fromNormalised(by type: String) throws(Refusal) -> SUVConversion {
        note("SUVType", type)
        checkUptake(reference: earliestAcquisition)
        if type == "BW" { return finish(headers.map { _ in 1 }, nil, .notNeeded) }
        guard let method = BodyMeasure(rawValue: type) else {
            throw Refusal(.suvType, "SUV Type \(type) is not known.")
        }
        let weight = try weightGrams()
        let measure = try method.value(
            weightKilograms: weight / 1000, heightMetres: try heightMetres(), sex: first.string(.patientSex))
        note(method.name, decimalString((measure * 10).rounded() / 10) + " " + method.unit)
        if method == .leanBodyMass {
            warn("SUV Type LBM does not name its formula; James' with the factor 120 is taken.")
        }
        return finish(headers.map { _ in weight / measure }, nil, .notNeeded)
    }

    // MARK: Notes

    /// The value that every header gives, or nil where they differ or give none.
    func agreed<Value: Equatable>(_ value: (DataSet) -> Value?) -> Value? {
        guard let common = value(first), headers.allSatisfy({ value($0) == common }) else { return nil }
        return common
    }

    mutating func note(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { inputs.append((name, value)) }
    }

    mutating func warn(_ sentence: String) { warnings.append(sentence) }

    private func finish(
        _ factors: [Double], _ time: DateTime?, _ source: SUVConversion.ReferenceTimeSource
    ) -> SUVConversion {
        SUVConversion(
            sliceFactors: factors, referenceTime: time, referenceTimeSource: source, inputs: inputs, warnings: warnings)
    }
}
