import DICOM
import Foundation
import Imaging
import Testing

@Suite struct SUVConversionTests {
    private let halfLife = 4062.6

    private func refusal(_ headers: [DataSet]) -> Refusal.Code? {
        Fixture.refusal { _ = try SUVConversion(headers: headers) }
    }

    private func factor(_ headers: [DataSet]) throws -> Double {
        try #require(try SUVConversion(headers: headers).factor)
    }

    /// weight ÷ dose × 2^(uptake ÷ half-life), for the ordinary fixture.
    private func expected(uptake: Double) -> Double { 70_000 / 150e6 * exp2(uptake / halfLife) }

    private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a / b - 1) < 1e-9 }

    // MARK: Reference time

    @Test func seriesTimeIsTheReferenceWhenNoSliceIsEarlier() throws {
        let conversion = try SUVConversion(headers: Fixture.dataSets())
        #expect(conversion.referenceTimeSource == .seriesTime)
        #expect(conversion.referenceTime?.description == "20260301110000")
        #expect(isClose(try #require(conversion.factor), expected(uptake: 3600)))
        #expect(conversion.warnings == [])
        let inputs = Dictionary(uniqueKeysWithValues: conversion.inputs.map { ($0.name, $0.value) })
        #expect(inputs["PatientWeight"] == "70 kg")
        #expect(inputs["RadionuclideTotalDose"] == "150000000 Bq")
        #expect(inputs["RadionuclideHalfLife"] == "4062.6 s")
        #expect(inputs["RadiopharmaceuticalStartDateTime"] == "20260301100000")
        #expect(inputs["UptakeTime"] == "60 min")
    }

    /// Beds acquired one after the other: the earliest of all slices counts, not that of the first header.
    @Test func theEarliestOfAllSlicesDecides() throws {
        let beds = Fixture.Series(adapt: { set, index in set.set(.acquisitionTime, index < 2 ? "110300" : "110000") })
        #expect(try SUVConversion(headers: Fixture.dataSets(beds)).referenceTimeSource == .seriesTime)
        let later = Fixture.Series(adapt: { set, index in set.set(.acquisitionTime, index < 2 ? "110300" : "105700") })
        #expect(try SUVConversion(headers: Fixture.dataSets(later)).referenceTimeSource == .frameReferenceTime)
    }

    @Test func gesScanTimeStandsInForARewrittenSeriesTime() throws {
        func headers(_ scan: (inout DataSet) -> Void) -> [DataSet] {
            Fixture.headers { set in
                set.set(.seriesTime, "150000")
                scan(&set)
            }
        }
        let inBlock = headers { set in
            set.set(Attribute(0x0009, 0x0011, .LO), "GEMS_PETD_01")
            set.set(Attribute(0x0009, 0x0010, .LO), "SOMEBODY ELSE")
            set.set(Attribute(0x0009, 0x110D, .DT), "20260301105500.00")
            set.set(Attribute(0x0009, 0x100D, .DT), "20260301090000.00")
        }
        let conversion = try SUVConversion(headers: inBlock)
        #expect(conversion.referenceTimeSource == .gePrivate)
        #expect(isClose(try #require(conversion.factor), expected(uptake: 3300)))
        // Without any creator, the block that scanners use first is taken; with somebody else's, it is not.
        let bare = headers { $0.set(Attribute(0x0009, 0x100D, .DT), "20260301105500") }
        #expect(try SUVConversion(headers: bare).referenceTimeSource == .gePrivate)
        let foreign = headers { set in
            set.set(Attribute(0x0009, 0x0010, .LO), "SOMEBODY ELSE")
            set.set(Attribute(0x0009, 0x100D, .DT), "20260301105500")
        }
        #expect(try SUVConversion(headers: foreign).referenceTimeSource == .frameReferenceTime)
    }

    @Test func frameReferenceTimeLeadsBackSliceBySlice() throws {
        let decay = log(2) / halfLife
        let mean = log(decay * 180 / (1 - exp(-decay * 180))) / decay
        let headers = Fixture.dataSets(
            Fixture.Series(adapt: { set, index in
                set.set(.seriesTime, "150000")
                set.set(.acquisitionTime, index < 2 ? "110000" : "110300")
                set.set(.frameReferenceTime, number: index < 2 ? 60_000 : 250_000)
            }))
        let conversion = try SUVConversion(headers: headers)
        #expect(conversion.referenceTimeSource == .frameReferenceTime)
        #expect(conversion.factor == nil && conversion.referenceTime == nil)
        #expect(isClose(conversion.sliceFactors[0], expected(uptake: 3600 + mean - 60)))
        #expect(isClose(conversion.sliceFactors[3], expected(uptake: 3780 + mean - 250)))
    }

    @Test func withoutFrameReferenceTimeTheEarliestAcquisitionIsTaken() throws {
        let conversion = try SUVConversion(
            headers: Fixture.headers { set in
                set.set(.seriesTime, "150000")
                set.set(.frameReferenceTime, number: 0)
            })
        #expect(conversion.referenceTimeSource == .earliestAcquisition)
        #expect(isClose(try #require(conversion.factor), expected(uptake: 3600)))
        #expect(conversion.warnings.count == 1)
    }

    @Test func acquisitionDateTimeServesWhereTheTimeIsAbsent() throws {
        let headers = Fixture.headers { set in
            set.remove(.acquisitionTime)
            set.set(.acquisitionDateTime, "20260301110000.0")
        }
        #expect(isClose(try factor(headers), expected(uptake: 3600)))
        #expect(refusal(Fixture.headers { $0.remove(.acquisitionTime) }) == .noReferenceTime)
    }

    // MARK: Decay correction

    @Test func administrationNeedsNoDecay() throws {
        let conversion = try SUVConversion(headers: Fixture.headers { $0.set(.decayCorrection, "ADMIN") })
        #expect(conversion.referenceTimeSource == .administration)
        #expect(isClose(try #require(conversion.factor), 70_000 / 150e6))
    }

    @Test func uncorrectedValuesAreCorrected() throws {
        let headers = Fixture.headers { set in
            set.set(.decayCorrection, "NONE")
            set.set(.correctedImage, "ATTN")
        }
        let conversion = try SUVConversion(headers: headers)
        let x = log(2) / halfLife * 180
        #expect(conversion.referenceTimeSource == .acquisition)
        #expect(isClose(try #require(conversion.factor), expected(uptake: 3600) * x / (1 - exp(-x))))
        let noDuration = headers.map { set in
            var changed = set
            changed.remove(.actualFrameDuration)
            return changed
        }
        #expect(refusal(noDuration) == .noReferenceTime)
    }

    @Test func correctionsMustBeDeclaredAndAgree() throws {
        #expect(refusal(Fixture.headers { $0.set(.correctedImage, "DECY") }) == .notAttenuationCorrected)
        #expect(refusal(Fixture.headers { $0.remove(.correctedImage) }) == .notAttenuationCorrected)
        #expect(refusal(Fixture.headers { $0.set(.correctedImage, "ATTN") }) == .decayCorrection)
        #expect(refusal(Fixture.headers { $0.set(.decayCorrection, "NONE") }) == .decayCorrection)
        #expect(refusal(Fixture.headers { $0.set(.decayCorrection, "SOMEHOW") }) == .decayCorrection)
        #expect(refusal(Fixture.headers { $0.set(.rescaleIntercept, number: -5) }) == .rescaleIntercept)
        let undeclared = try SUVConversion(headers: Fixture.headers { $0.remove(.decayCorrection) })
        #expect(undeclared.referenceTimeSource == .seriesTime && undeclared.warnings.count == 1)
        #expect(
            refusal(
                Fixture.headers {
                    $0.remove(.decayCorrection)
                    $0.set(.correctedImage, "ATTN")
                }) == .decayCorrection)
    }

    // MARK: Units

    @Test(arguments: ["PROPCPS", "PROPCNTS", "1CM", "PCNT", "CNTS"])
    func unitsThatSayNothingAreRefused(units: String) {
        #expect(refusal(Fixture.headers { $0.set(.units, units) }) == .units)
    }

    @Test func unitsMustBeOne() {
        #expect(refusal(Fixture.headers { $0.remove(.units) }) == .units)
        let mixed = Fixture.Series(adapt: { set, index in set.set(.units, index == 2 ? "GML" : "BQML") })
        #expect(refusal(Fixture.dataSets(mixed)) == .units)
    }

    @Test func philipsCountsCarryTheirFactor() throws {
        func headers(_ suv: String?, _ activity: String?) -> [DataSet] {
            Fixture.headers { set in
                set.set(.units, "CNTS")
                set.set(Attribute(0x7053, 0x0010, .LO), "Philips PET Private Group")
                if let suv { set.set(Attribute(0x7053, 0x1000, .DS), suv) }
                if let activity { set.set(Attribute(0x7053, 0x1009, .DS), activity) }
            }
        }
        let direct = try SUVConversion(headers: headers("0.00073", "4.7"))
        #expect(direct.factor == 0.00073 && direct.referenceTimeSource == .notNeeded)
        #expect(isClose(try factor(headers("0", "4.7")), 4.7 * expected(uptake: 3600)))
        #expect(isClose(try factor(headers(nil, "4.7")), 4.7 * expected(uptake: 3600)))
        #expect(refusal(headers("0", "0")) == .units)
    }

    /// SUV by another measure of the body (kg, or 1000 cm²), brought back: 70 kg, 1.75 m, a man.
    @Test(arguments: [
        ("GML", "BW", 70.0), ("GML", "", 70.0), ("GML", "LBM", 57.8), ("GML", "LBMJAMES128", 56.52),
        ("GML", "IBW", 72.38), ("GML", "LBMJANMA", 55.857_107_7), ("CM2ML", "BSA", 18.481_430_2),
    ])
    func otherNormalisationsAreBroughtToBodyWeight(units: String, type: String, measure: Double) throws {
        let headers = Fixture.headers { set in
            set.set(.units, units)
            if !type.isEmpty { set.set(.suvType, type) }
        }
        #expect(abs(try factor(headers) / (70 / measure) - 1) < 1e-6)
    }

    @Test func otherNormalisationsNeedTheBody() throws {
        func headers(_ change: (inout DataSet) -> Void) -> [DataSet] {
            Fixture.headers { set in
                set.set(.units, "GML")
                set.set(.suvType, "LBMJAMES128")
                change(&set)
            }
        }
        #expect(refusal(headers { $0.remove(.patientSize) }) == .noSize)
        #expect(refusal(headers { $0.set(.patientSex, "O") }) == .noSex)
        #expect(refusal(headers { $0.remove(.patientWeight) }) == .noWeight)
        #expect(refusal(headers { $0.set(.suvType, "XYZ") }) == .suvType)
        #expect(isClose(try factor(headers { $0.set(.patientSize, number: 175) }), 70 / 56.52))
        let female = headers { $0.set(.patientSex, "F") }
        #expect(isClose(try factor(female), 70 / 51.22))
    }

    /// Values that are SUVbw already need neither weight nor dose.
    @Test func bodyWeightSUVNeedsNothing() throws {
        let headers = Fixture.headers { set in
            set.set(.units, "GML")
            set.remove(.patientWeight)
            set.remove(.radiopharmaceuticalInformationSequence)
        }
        #expect(try factor(headers) == 1)
    }

    // MARK: Inputs

    @Test func weightDoseAndTimesAreNeeded() {
        #expect(refusal(Fixture.headers { $0.set(.patientWeight, number: 0) }) == .noWeight)
        #expect(refusal(Fixture.headers { $0.remove(.patientWeight) }) == .noWeight)
        #expect(refusal(Fixture.agentHeaders({ $0.remove(.radionuclideTotalDose) })) == .noDose)
        #expect(refusal(Fixture.agentHeaders({ $0.set(.radionuclideTotalDose, number: 0) })) == .noDose)
        #expect(refusal(Fixture.headers { $0.remove(.radiopharmaceuticalInformationSequence) }) == .noDose)
        #expect(
            refusal(Fixture.agentHeaders({ $0.remove(.radiopharmaceuticalStartDateTime) }))
                == .noInjectionTime)
    }

    @Test func inputsMustAgreeBetweenSlices() {
        let weights = Fixture.Series(adapt: { set, index in set.set(.patientWeight, number: index == 1 ? 71 : 70) })
        #expect(refusal(Fixture.dataSets(weights)) == .mixedInputs)
        let doses = Fixture.Series(adapt: { set, index in
            let item = Fixture.radiopharmaceutical { $0.set(.radionuclideTotalDose, number: index == 1 ? 1e8 : 1.5e8) }
            set.set(.radiopharmaceuticalInformationSequence, [item])
        })
        #expect(refusal(Fixture.dataSets(doses)) == .mixedInputs)
        let item = Fixture.radiopharmaceutical { _ in }
        #expect(
            refusal(Fixture.headers { $0.set(.radiopharmaceuticalInformationSequence, [item, item]) }) == .mixedInputs)
    }

    @Test func megabecquerelsAndGramsAreRecognised() throws {
        let dose = Fixture.agentHeaders({ $0.set(.radionuclideTotalDose, number: 150) })
        #expect(isClose(try factor(dose), expected(uptake: 3600)))
        let weight = Fixture.headers { $0.set(.patientWeight, number: 70_000) }
        #expect(isClose(try factor(weight), expected(uptake: 3600)))
        #expect(try SUVConversion(headers: weight).warnings.count == 1)
    }

    @Test func aTimeOfDayIsPutOnTheRightDay() throws {
        func headers(start: String, series: (date: String, time: String)) -> [DataSet] {
            Fixture.headers { set in
                set.set(.seriesDate, series.date)
                set.set(.seriesTime, series.time)
                set.set(.acquisitionDate, series.date)
                set.set(.acquisitionTime, series.time)
                set.set(
                    .radiopharmaceuticalInformationSequence,
                    [
                        Fixture.radiopharmaceutical {
                            $0.remove(.radiopharmaceuticalStartDateTime)
                            $0.set(.radiopharmaceuticalStartTime, start)
                        }
                    ])
            }
        }
        #expect(isClose(try factor(headers(start: "100000", series: ("20260301", "110000"))), expected(uptake: 3600)))
        #expect(isClose(try factor(headers(start: "233000", series: ("20260302", "003000"))), expected(uptake: 3600)))
        // An injection a minute after the scan would be the day before: 24 h are beyond belief.
        #expect(refusal(headers(start: "110100", series: ("20260301", "110000"))) == .uptakeTime)
    }

    /// An anonymiser moved the series dates but not the injection's.
    @Test func aDateThatCannotBeRightLeavesItsTimeOfDay() throws {
        let headers = Fixture.agentHeaders({ $0.set(.radiopharmaceuticalStartDateTime, "20190704100000") })
        let conversion = try SUVConversion(headers: headers)
        #expect(isClose(try #require(conversion.factor), expected(uptake: 3600)))
        #expect(conversion.warnings.count == 1)
    }

    @Test(arguments: [("104500", 1), ("100000", 0), ("063000", 1)])
    func unusualUptakeIsSaid(start: String, warnings: Int) throws {
        let headers = Fixture.agentHeaders({ $0.set(.radiopharmaceuticalStartDateTime, "20260301" + start) })
        #expect(try SUVConversion(headers: headers).warnings.count == warnings)
    }

    // MARK: Nuclide

    @Test func whatEmitsNoPositronsIsRefused() {
        let lutetium = CodedConcept("447553000", "SCT", "^177^Lutetium")
        #expect(
            refusal(Fixture.agentHeaders({ $0.set(.radionuclideCodeSequence, lutetium) }))
                == .notAPositronEmitter)
        #expect(
            refusal(Fixture.agentHeaders({ $0.set(.radiopharmaceutical, "Lu-177 PSMA-617") }))
                == .notAPositronEmitter)
        #expect(
            refusal(Fixture.agentHeaders({ $0.set(.radionuclideHalfLife, number: 574_000) }))
                == .notAPositronEmitter)
        #expect(
            refusal(
                Fixture.agentHeaders({
                    $0.remove(.radionuclideCodeSequence)
                    $0.remove(.radiopharmaceutical)
                    $0.set(.radionuclideHalfLife, number: 50_000)
                })) == .notAPositronEmitter)
        let inSUV = Fixture.headers { set in
            set.set(.units, "GML")
            set.set(
                .radiopharmaceuticalInformationSequence,
                [Fixture.radiopharmaceutical { $0.set(.radionuclideCodeSequence, lutetium) }])
        }
        #expect(refusal(inSUV) == .notAPositronEmitter)
    }

    @Test func theHalfLifeMustBeTheNuclides() throws {
        #expect(
            refusal(Fixture.agentHeaders({ $0.set(.radionuclideHalfLife, number: 6586.2) })) == .halfLife)
        let near = Fixture.agentHeaders({ $0.set(.radionuclideHalfLife, number: 4062.6 * 1.02) })
        #expect(try SUVConversion(headers: near).warnings.count == 1)
        let absent = Fixture.agentHeaders({ $0.remove(.radionuclideHalfLife) })
        #expect(isClose(try factor(absent), expected(uptake: 3600)))
        let nothing = Fixture.agentHeaders({
            $0.remove(.radionuclideHalfLife)
            $0.remove(.radionuclideCodeSequence)
            $0.remove(.radiopharmaceutical)
        })
        #expect(refusal(nothing) == .noHalfLife)
    }

    @Test func dynamicAndGatedSeriesAreRefused() {
        #expect(refusal(Fixture.headers { $0.set(.seriesType, "DYNAMIC", "IMAGE") }) == .dynamic)
        #expect(refusal(Fixture.headers { $0.set(.seriesType, "GATED", "IMAGE") }) == .gated)
    }

    @Test func aDecayFactorThatContradictsTheTimesIsSaid() throws {
        let right = exp2(90 / halfLife)
        let agreeing = Fixture.headers { $0.set(.decayFactor, number: right) }
        #expect(try SUVConversion(headers: agreeing).warnings == [])
        let contradicting = Fixture.headers { $0.set(.decayFactor, number: 1.85) }
        #expect(try SUVConversion(headers: contradicting).warnings.count == 1)
    }

    @Test func theFactorMultipliesTheRescaledValues() throws {
        let assembled = try AssembledSeries(dataSets: Fixture.dataSets())
        let volume = assembled.suvVolume(try SUVConversion(headers: assembled.series.headers))
        #expect(abs(Double(volume[3, 2, 1]) / (2 * 123 * expected(uptake: 3600)) - 1) < 1e-6)
    }
}
