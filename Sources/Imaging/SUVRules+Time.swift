import DICOM
import Foundation

/// The moment of decay correction, and the administration.
extension SUVRules {
    /// Each slice's reference time, and how it is known.
    struct Reference {
        let times: [DateTime]
        let source: SUVConversion.ReferenceTimeSource

        /// The one moment for all slices, if it is one (to a tenth of a second).
        var single: DateTime? {
            guard let first = times.first, times.allSatisfy({ abs($0 - first) < 0.1 }) else { return nil }
            return first
        }
    }

    /// Acquisition Date and Time of a slice; a missing date is that of the series.
    static func acquisition(_ header: DataSet) -> DateTime? {
        header.dateTime(.acquisitionDate, .acquisitionTime) ?? header.string(.acquisitionDateTime).flatMap {
            DateTime($0, offset: header.string(.timezoneOffsetFromUTC))
        }
            ?? header.dateTime(.seriesDate, .acquisitionTime)
    }

    var earliestAcquisition: DateTime? { headers.compactMap(Self.acquisition).min() }

    private func acquisitions() throws(Refusal) -> [DateTime] {
        let times = headers.compactMap(Self.acquisition)
        guard times.count == headers.count else {
            throw Refusal(.noReferenceTime, "An image has no Acquisition Date and Time: decay cannot be reckoned.")
        }
        return times
    }

    /// The reference of DecayCorrection START: series time if no slice was acquired before it; else GE's private scan
    /// time; else each slice's own back-computation.
    mutating func startReference(halfLife: Double) throws(Refusal) -> Reference {
        let acquired = try acquisitions()
        let earliest = acquired.min()!
        note("AcquisitionDateTime (earliest)", earliest.description)
        // Series Time is often rewritten by later processing; then it lies after the acquisition and is no reference.
        if let series = first.dateTime(.seriesDate, .seriesTime), series - earliest <= 1 {
            note("SeriesDateTime", series.description)
            return referring(Reference(times: headers.map { _ in series }, source: .seriesTime))
        }
        if let place = first.locate(.geScanDateTime), let scan = first.string(place).flatMap({ DateTime($0) }) {
            note("GE scan date and time (0009,xx0D)", scan.description)
            if abs(scan - earliest) < 12 * 3600 {
                return referring(Reference(times: headers.map { _ in scan }, source: .gePrivate))
            }
            warn("GE's private scan time is more than 12 h from the acquisition and is left aside.")
        }
        return referring(backComputed(acquired, earliest, halfLife: halfLife))
    }

    /// t_acq + T_ave − Frame Reference Time, where T_ave is the moment within the frame at which the activity has its
    /// mean: T_ave = ln(λT ÷ (1 − e^−λT)) ÷ λ for a frame of duration T.
    private mutating func backComputed(_ acquired: [DateTime], _ earliest: DateTime, halfLife: Double) -> Reference {
        let frameTimes = headers.map { ($0.number(.frameReferenceTime) ?? 0) / 1000 }
        let durations = headers.map { ($0.number(.actualFrameDuration) ?? 0) / 1000 }
        guard frameTimes.allSatisfy({ $0 > 0 }), durations.allSatisfy({ $0 > 0 }) else {
            // Frame Reference Time 0 is not a middle of any frame: the scanner corrected to the first acquisition.
            warn(
                "Series Time lies after the acquisition and Frame Reference Time says nothing; the earliest "
                    + "acquisition is taken as the moment of decay correction.")
            return Reference(times: headers.map { _ in earliest }, source: .earliestAcquisition)
        }
        let decayConstant = log(2) / halfLife
        let times = headers.indices.map { index in
            let x = decayConstant * durations[index]
            return acquired[index] + log(x / (1 - exp(-x))) / decayConstant + -frameTimes[index]
        }
        note("FrameReferenceTime (first slice)", decimalString(frameTimes[0] * 1000) + " ms")
        note("ActualFrameDuration (first slice)", decimalString(durations[0] * 1000) + " ms")
        let spread = times.max()! - times.min()!
        if spread > 60 {
            warn("The reference times computed for the slices differ by \(decimalString(spread.rounded())) s.")
        }
        return Reference(times: times, source: .frameReferenceTime)
    }

    private mutating func referring(_ reference: Reference) -> Reference {
        note("DecayReferenceTime", reference.single?.description ?? "per slice")
        return reference
    }

    /// The dose left at each reference time, in becquerels.
    mutating func remainingDose(_ dose: Double, halfLife: Double, at times: [DateTime]) throws(Refusal) -> [Double] {
        let administered = try administration(before: times.min()!)
        checkDecayFactors(halfLife: halfLife, reference: times)
        return times.map { dose * exp2(-($0 - administered) / halfLife) }
    }

    /// For DecayCorrection NONE: what decay took away up to each slice's acquisition, and during it.
    mutating func withoutDecayCorrection() throws(Refusal) -> [Double] {
        let acquired = try acquisitions()
        note("AcquisitionDateTime (earliest)", acquired.min()!.description)
        let decayConstant = log(2) / (try halfLifeSeconds())
        let administered = try administration(before: acquired.min()!)
        let durations = headers.map { ($0.number(.actualFrameDuration) ?? 0) / 1000 }
        guard durations.allSatisfy({ $0 > 0 }) else {
            throw Refusal(
                .noReferenceTime,
                "The values are not decay corrected and Actual Frame Duration is missing: they cannot be corrected.")
        }
        return zip(acquired, durations).map { time, duration in
            let x = decayConstant * duration
            return x / (1 - exp(-x)) * exp(decayConstant * (time - administered))
        }
    }

    /// When the tracer was given, with a plausible uptake until `reference`.
    private mutating func administration(before reference: DateTime) throws(Refusal) -> DateTime {
        guard let given = statedAdministration(before: reference) else {
            throw Refusal(
                .noInjectionTime,
                "Neither Radiopharmaceutical Start DateTime nor Radiopharmaceutical Start Time is stated.")
        }
        let uptake = reference - given.time
        guard Self.plausibleUptake.contains(uptake) else {
            throw Refusal(
                .uptakeTime,
                "An uptake time of \(Self.minutes(uptake)) between administration (\(given.time)) and decay reference "
                    + "(\(reference)) is impossible or beyond 12 h: one of the times is wrong.")
        }
        note(given.name, given.time.description)
        note("UptakeTime", Self.minutes(uptake))
        if let warning = given.warning { warn(warning) }
        if !Self.usualUptake.contains(uptake) { warn("The uptake time of \(Self.minutes(uptake)) is unusual.") }
        return given.time
    }

    /// Where no decay is reckoned, an odd uptake time is worth a word only.
    mutating func checkUptake(reference: DateTime?) {
        guard let reference, let given = statedAdministration(before: reference) else { return }
        note(given.name, given.time.description)
        note("UptakeTime", Self.minutes(reference - given.time))
        if !Self.usualUptake.contains(reference - given.time) {
            warn("The uptake time of \(Self.minutes(reference - given.time)) is unusual.")
        }
    }

    private static let plausibleUptake = 0.0...12 * 3600
    private static let usualUptake = 20.0 * 60...4 * 3600

    private static func minutes(_ seconds: Double) -> String { decimalString((seconds / 60).rounded()) + " min" }

    /// Radiopharmaceutical Start DateTime; else Start Time on the day of the reference, or the day before where that
    /// would be after it. The time of day of a Start DateTime is taken likewise where its date cannot be right, as in
    /// files whose series dates an anonymiser has moved.
    private func statedAdministration(before reference: DateTime) -> (time: DateTime, name: String, warning: String?)? {
        func clock(_ time: String) -> DateTime? {
            guard let sameDay = DateTime(date: reference.date, time: time) else { return nil }
            return sameDay > reference ? sameDay + -86_400 : sameDay
        }
        let offset = first.string(.timezoneOffsetFromUTC)
        if let stated = radiopharmaceutical.string(.radiopharmaceuticalStartDateTime)
            .flatMap({ DateTime($0, offset: offset) })
        {
            let name = "RadiopharmaceuticalStartDateTime"
            if Self.plausibleUptake.contains(reference - stated) { return (stated, name, nil) }
            if let moved = clock(stated.time), Self.plausibleUptake.contains(reference - moved) {
                let warning =
                    "Radiopharmaceutical Start DateTime \(stated) does not fit the acquisition; its time of day is used."
                return (moved, name, warning)
            }
            return (stated, name, nil)
        }
        guard let time = radiopharmaceutical.string(.radiopharmaceuticalStartTime), let moment = clock(time) else {
            return nil
        }
        return (moment, "RadiopharmaceuticalStartTime", nil)
    }

    /// Decay Factor tells how far each slice was corrected; a wrong reference time shows in it.
    private mutating func checkDecayFactors(halfLife: Double, reference: [DateTime]) {
        let decayConstant = log(2) / halfLife
        for (header, time) in zip(headers, reference) {
            // 1 is what writers put in who do not know.
            guard let factor = header.number(.decayFactor), factor > 1, let acquired = Self.acquisition(header) else {
                continue
            }
            let half = (header.number(.actualFrameDuration) ?? 0) / 2000
            let frame = (header.number(.frameReferenceTime) ?? 0) / 1000
            // Acquisition Time is that of the bed on some scanners and of the series on others.
            let possible = [acquired - time + half, frame, frame + half].map { exp(decayConstant * $0) }
            if possible.allSatisfy({ abs($0 / factor - 1) > 0.03 }) {
                warn("Decay Factor \(decimalString(factor)) disagrees with the times of its slice.")
                return
            }
        }
    }
}
