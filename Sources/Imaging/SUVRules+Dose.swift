import DICOM
import Foundation

/// Weight, height, dose and nuclide.
extension SUVRules {
    mutating func weightGrams() throws(Refusal) -> Double {
        let stated = try agreedNumber(.patientWeight)
        guard let stated, stated > 0 else {
            throw Refusal(.noWeight, "Patient's Weight is \(stated == nil ? "missing" : "0"): SUV needs it.")
        }
        // Weight belongs in kilograms; nobody weighs a tonne, so a greater value is grams.
        let kilograms = stated > 1000 ? stated / 1000 : stated
        note("PatientWeight", decimalString(kilograms) + " kg")
        if stated > 1000 { warn("Patient's Weight \(decimalString(stated)) is taken for grams.") }
        if !(20...300).contains(kilograms) { warn("Patient's Weight of \(decimalString(kilograms)) kg is unusual.") }
        return kilograms * 1000
    }

    mutating func heightMetres() throws(Refusal) -> Double {
        guard let stated = try agreedNumber(.patientSize), stated > 0 else {
            throw Refusal(.noSize, "Patient's Size is missing: this SUV type cannot be brought to body weight.")
        }
        let metres = stated > 3 ? stated / 100 : stated
        note("PatientSize", decimalString(metres) + " m")
        return metres
    }

    mutating func doseBecquerels() throws(Refusal) -> Double {
        guard let stated = radiopharmaceutical.number(.radionuclideTotalDose), stated > 0 else {
            throw Refusal(.noDose, "Radionuclide Total Dose is missing or 0: SUV needs it.")
        }
        for header in headers {
            let item = header.items(.radiopharmaceuticalInformationSequence).first
            guard item?.number(.radionuclideTotalDose) == stated,
                item?.number(.radionuclideHalfLife) == radiopharmaceutical.number(.radionuclideHalfLife)
            else { throw Refusal(.mixedInputs, "The images of the series differ in dose or half-life.") }
        }
        // Belongs in Bq, yet some scanners write MBq; in 3433 series none lay between (IBSI SUV census).
        let becquerels = stated < 1e5 ? stated * 1e6 : stated
        note("RadionuclideTotalDose", decimalString(becquerels) + " Bq")
        if stated < 1e5 { warn("Radionuclide Total Dose \(decimalString(stated)) is taken for MBq.") }
        if !(5e6...2e9).contains(becquerels) {
            warn("Radionuclide Total Dose of \(decimalString(becquerels / 1e6)) MBq is unusual.")
        }
        return becquerels
    }

    /// The nuclide by code, else by the words of the code or of Radiopharmaceutical, else by its half-life.
    var nuclide: Nuclide? {
        if let code = radiopharmaceutical.code(.radionuclideCodeSequence) {
            if let nuclide = Nuclide.coded(code.value) ?? Nuclide.named(in: code.meaning) { return nuclide }
        }
        return radiopharmaceutical.string(.radiopharmaceutical).flatMap(Nuclide.named)
            ?? radiopharmaceutical.number(.radionuclideHalfLife).flatMap(Nuclide.decaying)
    }

    /// Refuses what is no PET though stored as one: ¹⁷⁷Lu and ⁹⁰Y after therapy, or single-photon tracers.
    mutating func requirePositronEmitter() throws(Refusal) {
        let texts = [
            radiopharmaceutical.code(.radionuclideCodeSequence)?.meaning,
            radiopharmaceutical.code(.radiopharmaceuticalCodeSequence)?.meaning,
            radiopharmaceutical.string(.radiopharmaceutical),
        ]
        let witnesses =
            [nuclide] + texts.map { $0.flatMap(Nuclide.named) }
            + [radiopharmaceutical.number(.radionuclideHalfLife).flatMap(Nuclide.decaying)]
        if let culprit = witnesses.compactMap({ $0 }).first(where: { !$0.emitsPositrons }) {
            throw Refusal(
                .notAPositronEmitter,
                "The series is stored as PET but its radionuclide is \(culprit.name): no SUV is computed for it.")
        }
        note("Radionuclide", nuclide?.name)
    }

    /// The half-life in seconds, checked against the nuclide and noted.
    mutating func halfLifeSeconds() throws(Refusal) -> Double {
        let stated = radiopharmaceutical.number(.radionuclideHalfLife).flatMap { $0 > 0 ? $0 : nil }
        guard let stated else {
            guard let nuclide else {
                throw Refusal(.noHalfLife, "Neither Radionuclide Half Life nor a known radionuclide is stated.")
            }
            warn("Radionuclide Half Life is missing; that of \(nuclide.name) is taken.")
            note("RadionuclideHalfLife", decimalString(nuclide.halfLifeSeconds) + " s")
            return nuclide.halfLifeSeconds
        }
        guard let nuclide else {
            throw Refusal(
                .notAPositronEmitter,
                "A half-life of \(decimalString(stated)) s belongs to no known positron emitter, and no code says more."
            )
        }
        let deviation = abs(stated / nuclide.halfLifeSeconds - 1)
        guard deviation <= 0.05 else {
            throw Refusal(
                .halfLife,
                "Radionuclide Half Life \(decimalString(stated)) s does not belong to \(nuclide.name) "
                    + "(\(decimalString(nuclide.halfLifeSeconds)) s): one of them is wrong.")
        }
        if deviation > 0.01 {
            warn(
                "Radionuclide Half Life \(decimalString(stated)) s is more than 1 % from that of \(nuclide.name), "
                    + "\(decimalString(nuclide.halfLifeSeconds)) s.")
        }
        note("RadionuclideHalfLife", decimalString(stated) + " s")
        return stated
    }

    private func agreedNumber(_ attribute: Attribute) throws(Refusal) -> Double? {
        let stated = first.number(attribute)
        guard headers.allSatisfy({ $0.number(attribute) == stated }) else {
            throw Refusal(.mixedInputs, "The images of the series differ in \(attribute.keyword).")
        }
        return stated
    }
}
