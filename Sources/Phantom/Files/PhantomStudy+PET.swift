import DICOM
import Foundation
import Imaging

extension PhantomStudy {
    /// One slice of the PET series (Positron Emission Tomography Image Storage, PS3.3 section A.21).
    ///
    /// Activity in Bq/ml is SUVbw times the dose left at the start of the series over the body weight, so that the
    /// usual rules (DecayCorrection START) give the drawn SUV back.
    public func petDataSet(slice: Int) -> DataSet {
        let bed = acquisition.bed(ofSlice: slice)
        // A slice belongs to the bed in which it was acquired; moving the couch takes a few seconds.
        let acquired = identity.seriesStart + Double(bed * (Acquisition.bedSeconds + 4))
        var data = commonDataSet(pet.geometry, slice: slice)
        setSeries(
            "PT", identity.petSeriesInstanceUID, number: 4, description: "PET AC whole body",
            start: identity.seriesStart, &data)
        setInstance(
            .positronEmissionTomographyImageStorage, identity.instanceUID("PT", slice: slice), number: slice + 1,
            acquired: acquired, &data)
        data.set(.imageType, "ORIGINAL", "PRIMARY")
        setPETSeries(&data)
        setPETTiming(slice, secondsFromStart: acquired - identity.seriesStart, &data)
        data.set(.radiopharmaceuticalInformationSequence, [radiopharmaceutical])
        setOrientationCodes(&data)
        setActivity(slice, &data)
        return data
    }

    private func setPETSeries(_ data: inout DataSet) {
        data.set(.units, "BQML")
        data.set(.countsSource, "EMISSION")
        data.set(.seriesType, "WHOLE BODY", "IMAGE")
        data.set(.numberOfSlices, pet.geometry.slices)
        data.set(.correctedImage, "DECY", "ATTN", "SCAT", "DTIM", "RAN", "NORM")
        data.set(.randomsCorrectionMethod, "DLYD")
        data.set(.attenuationCorrectionMethod, "drawn without attenuation")
        data.set(.scatterCorrectionMethod, "drawn without scatter")
        data.set(.decayCorrection, "START")
        data.set(.reconstructionMethod, "drawn")
        data.set(.collimatorType, "NONE")
    }

    /// Times of a slice, and the decay correction that was applied to it.
    private func setPETTiming(_ slice: Int, secondsFromStart: Double, _ data: inout DataSet) {
        let duration = Double(Acquisition.bedSeconds)
        let decay = log(2) / patient.tracer.radionuclide.halfLifeSeconds
        let decayed = decay * duration / (1 - exp(-decay * duration))
        // The moment at which activity has its average over the frame (PS3.3 section C.8.9.4).
        let average = log(decayed) / decay
        data.set(.frameReferenceTime, number: ((secondsFromStart + average) * 1000).rounded())
        data.set(.actualFrameDuration, Acquisition.bedSeconds * 1000)
        data.set(.decayFactor, number: (exp(decay * secondsFromStart) * decayed * 1e6).rounded() / 1e6)
        data.set(.doseCalibrationFactor, number: 1)
        data.set(.scatterFractionFactor, number: 0)
        data.set(.deadTimeFactor, number: 1)
        data.set(.imageIndex, slice + 1)
    }

    private var radiopharmaceutical: DataSet {
        let tracer = patient.tracer
        var item = DataSet()
        item.set(.radiopharmaceutical, tracer.rawValue)
        item.set(.radiopharmaceuticalRoute, "Intravenous route")
        item.set(.radiopharmaceuticalStartTime, identity.administration.time)
        item.set(.radiopharmaceuticalStartDateTime, identity.administration.description)
        item.set(.radionuclideTotalDose, number: identity.administeredBq)
        item.set(.radionuclideHalfLife, number: tracer.radionuclide.halfLifeSeconds)
        item.set(.radionuclidePositronFraction, number: tracer.radionuclide == .ga68 ? 0.89 : 0.967)
        item.set(.radionuclideCodeSequence, tracer.radionuclide.code)
        item.set(.administrationRouteCodeSequence, CodedConcept("47625008", "SCT", "Intravenous route"))
        if let code = tracer.code { item.set(.radiopharmaceuticalCodeSequence, code) }
        return item
    }

    /// Head first, supine (PS3.16 CID 19, 20, 21).
    private func setOrientationCodes(_ data: inout DataSet) {
        var recumbent = CodedConcept("102538003", "SCT", "recumbent").dataSet
        recumbent.set(.patientOrientationModifierCodeSequence, CodedConcept("40199007", "SCT", "supine"))
        data.set(.patientOrientationCodeSequence, [recumbent])
        data.set(.patientGantryRelationshipCodeSequence, CodedConcept("102540008", "SCT", "headfirst"))
    }

    /// Stored values with the slice's own slope, which uses the whole range of 15 bits.
    private func setActivity(_ slice: Int, _ data: inout DataSet) {
        let activity = identity.activityAtStart(of: patient.tracer.radionuclide) / (patient.weightKg * 1000)
        let count = pet.geometry.columns * pet.geometry.rows
        let values = pet.voxels[slice * count..<(slice + 1) * count]
        let highest = Double(values.max() ?? 0) * activity
        // The slope is written with at most 16 characters; what is divided by must be what a reader multiplies with.
        let slope = Double(decimalString(max(highest / 32_767, 1e-6)))!
        data.set(.rescaleIntercept, number: 0)
        data.set(.rescaleSlope, number: slope)
        let stored = values.map { Int16(min((Double($0) * activity / slope).rounded(), 32_767)) }
        data.set(.smallestImagePixelValue, number: 0)
        setPixels(stored, &data)
    }
}
