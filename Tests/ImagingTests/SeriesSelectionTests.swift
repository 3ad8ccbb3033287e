import DICOM
import Imaging
import Testing

@Suite struct SeriesSelectionTests {
    private func select(_ series: [Fixture.Series]) throws -> SeriesSelection {
        try SeriesSelection(Fixture.study(series.map { Fixture.dataSets($0) }))
    }

    private func pet(
        _ name: String, slices: Int = 4, _ adapt: @escaping (inout DataSet, Int) -> Void = { _, _ in }
    ) -> Fixture.Series {
        Fixture.Series(name: name, positions: (0..<slices).map { 4 * Double($0) }, adapt: adapt)
    }

    private func ct(
        _ name: String, from: Double = -2, to: Double = 14,
        _ adapt: @escaping (inout DataSet, Int) -> Void = { _, _ in }
    ) -> Fixture.Series {
        var series = Fixture.ct(name: name, positions: Array(stride(from: from, through: to, by: 2)))
        series.adapt = adapt
        return series
    }

    private func reason(_ selection: SeriesSelection, _ name: String) -> Refusal.Code? {
        selection.rejected.first { $0.content.header.string(.seriesDescription) == name }?.refusal.code
    }

    /// Outline, levels and sides are looked for in transverse slices.
    @Test func aPETOfCoronalImagesIsRefused() throws {
        let coronal = pet("coronal") { set, index in
            set.set(.imageOrientationPatient, numbers: [1, 0, 0, 0, 0, -1])
            set.set(.imagePositionPatient, numbers: [0, 4 * Double(index), 0])
        }
        #expect(Fixture.refusal { _ = try self.select([coronal]) } == .notTransverse)
        #expect(reason(try select([pet("wb"), coronal]), "coronal") == .notTransverse)
    }

    @Test func whatIsNoPlainPETIsRejectedWithItsReason() throws {
        let selection = try select([
            pet("wb"), pet("nac", slices: 8) { set, _ in set.set(.correctedImage, "DECY") },
            pet("gated", slices: 8) { set, _ in set.set(.seriesType, "GATED", "IMAGE") },
            pet("dynamic", slices: 8) { set, _ in set.set(.seriesType, "DYNAMIC", "IMAGE") },
            pet("mip", slices: 8) { set, _ in set.set(.imageType, "DERIVED", "SECONDARY", "MIP") },
            pet("counts", slices: 8) { set, _ in set.set(.units, "PROPCPS") },
            pet("enhanced", slices: 8) { set, _ in set.set(.sopClassUID, UID.enhancedPETImageStorage) },
        ])
        #expect(selection.pet.content.header.string(.seriesDescription) == "wb")
        #expect(reason(selection, "nac") == .notAttenuationCorrected)
        #expect(reason(selection, "gated") == .gated)
        #expect(reason(selection, "dynamic") == .dynamic)
        #expect(reason(selection, "mip") == .derived)
        #expect(reason(selection, "counts") == .units)
        #expect(reason(selection, "enhanced") == .multiFrame)
        #expect(selection.rejected.count == 6)
    }

    @Test func theLongestThenTheLatestPETIsRead() throws {
        let selection = try select([
            pet("pelvis", slices: 5), pet("early", slices: 20) { set, _ in set.set(.seriesNumber, "4") },
            pet("late", slices: 20) { set, _ in set.set(.seriesNumber, "5") },
        ])
        #expect(selection.pet.content.header.string(.seriesDescription) == "late")
        #expect(reason(selection, "pelvis") == .superseded)
        #expect(reason(selection, "early") == .superseded)
        let byContent = try select([
            pet("first", slices: 20) { set, _ in
                set.set(.contentDate, "20260302")
                set.set(.contentTime, "08")
            }, pet("second", slices: 20) { set, _ in set.set(.seriesNumber, "9") },
        ])
        #expect(byContent.pet.content.header.string(.seriesDescription) == "first")
    }

    /// A second reconstruction needs no word; what shows something else does.
    @Test func aPETThatShowsMoreIsNamed() throws {
        func warnings(_ other: Fixture.Series) throws -> [String] {
            try select([pet("wb", slices: 20), other]).warnings.filter { $0.hasPrefix("Another PET") }
        }
        #expect(try warnings(pet("second", slices: 20)).isEmpty)
        #expect(try warnings(pet("part", slices: 5)).isEmpty)
        let legs = Fixture.Series(name: "legs", positions: (0..<9).map { -40 + 4 * Double($0) })
        #expect(try warnings(legs).first?.contains("shows parts of the body") == true)
        let late = pet("late", slices: 5) { set, _ in set.set(.acquisitionTime, "235900") }
        #expect(try warnings(late).first?.contains("another time") == true)
    }

    /// A whole-body series that lacks slices is not replaced by the pelvic view beside it.
    @Test func aLongerPETWithSlicesMissingIsNotReadAround() {
        let code = Fixture.refusal {
            _ = try self.select([pet("pelvis"), pet("wb", slices: 30) { set, _ in set.set(.numberOfSlices, 35) }])
        }
        #expect(code == .incomplete)
    }

    @Test func theRefusalOfTheClosestPETIsTheStudys() {
        let code = Fixture.refusal {
            _ = try self.select([
                pet("gated", slices: 9) { set, _ in set.set(.seriesType, "GATED", "IMAGE") },
                pet("wb") { set, _ in set.remove(.patientWeight) },
            ])
        }
        #expect(code == .noWeight)
        #expect(Fixture.refusal { _ = try self.select([ct("ct")]) } == .noPET)
    }

    @Test func oneStudyOfOnePatientIsRead() {
        let stranger = pet("stranger") { set, _ in set.set(.patientID, "P2") }
        #expect(Fixture.refusal { _ = try self.select([pet("wb"), stranger]) } == .mixedPatients)
        let namesake = pet("namesake") { set, _ in set.set(.patientBirthDate, "19600101") }
        let older = pet("older") { set, _ in set.set(.patientBirthDate, "19400101") }
        #expect(Fixture.refusal { _ = try self.select([namesake, older]) } == .mixedPatients)
        let elsewhere = ["A", "B"].map { issuer in pet(issuer) { set, _ in set.set(.issuerOfPatientID, issuer) } }
        #expect(Fixture.refusal { _ = try self.select(elsewhere) } == .mixedPatients)
        let other = pet("other") { set, _ in set.set(.studyInstanceUID, UID.derived(from: ["other"])) }
        #expect(Fixture.refusal { _ = try self.select([pet("wb"), other]) } == .severalStudies)
    }

    /// What one device leaves out does not contradict what another states, nor does its way of writing a name.
    @Test func aSparseHeaderIsOfTheSamePatient() throws {
        let sparse = ct("ct") { set, _ in
            set.remove(.patientBirthDate)
            set.set(.patientName, "DOE^JOHN^^DR")
        }
        let full = pet("wb") { set, _ in
            set.set(.patientBirthDate, "19500102")
            set.set(.issuerOfPatientID, "A")
            set.set(.patientName, "Doe^John")
        }
        #expect(try select([full, sparse]).ct != nil)
    }

    @Test func whatIsNoFittingCTIsRejectedWithItsReason() throws {
        let selection = try select([
            pet("wb"), ct("ct"),
            ct("scout") { set, _ in set.set(.imageType, "ORIGINAL", "PRIMARY", "LOCALIZER") },
            ct("mpr") { set, _ in set.set(.imageType, "DERIVED", "SECONDARY", "REFORMATTED") },
            ct("elsewhere") { set, _ in set.set(.frameOfReferenceUID, UID.derived(from: ["other"])) },
            ct("head", from: 100, to: 120),
            ct("gap") { set, index in
                if index > 3 { set.set(.imagePositionPatient, numbers: [-10, -20, Double(index) * 2 + 10]) }
            },
        ])
        #expect(selection.ct?.content.header.string(.seriesDescription) == "ct")
        #expect(selection.ct?.coverage == 1)
        #expect(reason(selection, "scout") == .localizer)
        #expect(reason(selection, "mpr") == .derived)
        #expect(reason(selection, "elsewhere") == .otherFrameOfReference)
        #expect(reason(selection, "head") == .noCoverage)
        #expect(reason(selection, "gap") == .gap)
        #expect(selection.warnings == [])
    }

    @Test func coverageThenKernelDecideBetweenCTs() throws {
        let sharp = ct("sharp") { set, _ in set.set(.convolutionKernel, "B60f") }
        let soft = ct("soft") { set, _ in set.set(.convolutionKernel, "B30f") }
        let short = ct("short", from: 4, to: 8) { set, _ in set.set(.convolutionKernel, "SOFT") }
        let selection = try select([pet("wb"), sharp, soft, short])
        #expect(selection.ct?.content.header.string(.seriesDescription) == "soft")
        #expect(reason(selection, "sharp") == .superseded)
        #expect(
            try select([pet("wb"), sharp, short]).ct?.content.header.string(.seriesDescription) == "sharp")
        let forAttenuation = ct("CTAC 3mm")
        #expect(
            try select([pet("wb"), ct("plain"), forAttenuation]).ct?.content.header.string(.seriesDescription)
                == "CTAC 3mm")
    }

    @Test func aPartialOrMissingCTIsSaid() throws {
        let partial = try select([pet("wb", slices: 20), ct("leg", from: 0, to: 18)])
        #expect(abs(try #require(partial.ct).coverage - 0.25) < 1e-9)
        #expect(partial.warnings == ["The CT covers 25 % of the PET along its axis."])
        let none = try select([pet("wb")])
        #expect(none.ct == nil && none.warnings.count == 1)
    }

    @Test func theImagesOfAStudyAreAssembled() throws {
        let images = try StudyImages(try Fixture.study([Fixture.dataSets(pet("wb")), Fixture.dataSets(ct("ct"))]))
        #expect(images.petVolume.geometry.slices == 4)
        #expect(images.ctVolume?.geometry.slices == 9)
        #expect(images.ctOnPET?.geometry == images.petVolume.geometry)
        #expect(images.tracer.tracer == .ga68PSMA11)
        #expect(images.ctCoverage == 1)
    }

    /// Pixels of the CT that cannot be read cost the CT, not the study.
    @Test func aBrokenCTLeavesThePET() throws {
        let broken = ct("ct") { set, _ in set.setBytes(.pixelData, [0, 0]) }
        let images = try StudyImages(try Fixture.study([Fixture.dataSets(pet("wb")), Fixture.dataSets(broken)]))
        #expect(images.ct == nil && images.ctOnPET == nil && images.ctCoverage == 0)
        #expect(images.warnings.count == 1)
    }
}
