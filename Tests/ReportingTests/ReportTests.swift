import DICOM
import Foundation
import Imaging
import OtherPrograms
import Reading
import Reporting
import Staging
import Testing

/// What every object of a report must say, read back without help.
@Suite struct ReportTests {
    /// With every object there is.
    private func report(
        _ study: SyntheticStudy, device: Device = SyntheticStudy.device,
        createdAt: DateTime = SyntheticStudy.createdAt
    ) throws -> Report {
        try Report(
            of: study.reading, page: SummaryPage(reading: study.reading, pet: study.suv), device: device,
            createdAt: createdAt, options: ReportOptions(objects: Set(ReportObject.allCases), includesOtherFoci: true))
    }

    private func objects(_ report: Report) -> [DataSet] { report.objects.map(\.dataSet) }

    @Test func thereIsEveryObjectThatWasAskedFor() throws {
        #expect(try report(.awkward).objects.map(\.kind) == ReportObject.allCases)
        let standard = try Report(
            of: SyntheticStudy.awkward.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        #expect(standard.objects.map(\.kind) == [.structuredReport, .segmentation, .structureSet])
        for object in try report(.awkward).objects {
            #expect(object.dataSet.uid(.sopClassUID) == object.kind.sopClassUID)
        }
    }

    @Test func theSameReadingGivesTheSameBytes() throws {
        let (first, second) = (objects(try report(.awkward)), objects(try report(.awkward)))
        #expect(first == second)
    }

    @Test func theClockDecidesDatesOnly() throws {
        let first = try report(.awkward)
        let later = try report(.awkward, createdAt: SyntheticStudy.createdAt + 86_400)
        for (a, b) in zip(objects(first), objects(later)) {
            #expect(a.uid(.sopInstanceUID) == b.uid(.sopInstanceUID))
            #expect(b.string(.instanceCreationDate) == "20260106")
            let different = zip(a.elements, b.elements).filter { $0 != $1 }.map(\.0.tag)
            let dated: [Attribute] = [
                .instanceCreationDate, .contentDate, .seriesDate, .structureSetDate, .contributingEquipmentSequence,
                .dateOfSecondaryCapture,
            ]
            #expect(different.allSatisfy { tag in dated.contains { $0.tag == tag } }, "\(different)")
        }
    }

    /// The files of a later report of the same reading, with the stated times of the earlier one, are the earlier one's.
    @Test func filesDifferInTheStatedTimesOnly() throws {
        let stated: [Attribute] = [
            .instanceCreationDate, .instanceCreationTime, .seriesDate, .seriesTime, .contentDate, .contentTime,
            .structureSetDate, .structureSetTime, .contributingEquipmentSequence,
        ]
        let folder = try TemporaryFolder()
        func bytes(_ object: DataSet) throws -> Data {
            try object.write(to: folder.path + "/object.dcm", transferSyntax: Report.transferSyntax(of: object))
            return try Data(contentsOf: URL(fileURLWithPath: folder.path + "/object.dcm"))
        }
        func report(at moment: DateTime) throws -> Report {
            try Report(
                of: SyntheticStudy.awkward.reading, device: SyntheticStudy.device, createdAt: moment)
        }
        let earlier = objects(try report(at: SyntheticStudy.createdAt))
        let later = objects(try report(at: SyntheticStudy.createdAt + 90_061))
        #expect(earlier.count == 3)
        for (a, b) in zip(earlier, later) {
            #expect(try bytes(a) != bytes(b))
            var object = b
            object.copy(stated, from: a)
            #expect(try bytes(object) == bytes(a))
            var (one, other) = (
                a.items(.contributingEquipmentSequence)[0], b.items(.contributingEquipmentSequence)[0]
            )
            one.remove(.contributionDateTime)
            other.remove(.contributionDateTime)
            #expect(one == other)
        }
    }

    @Test func anotherVersionGivesOtherObjects() throws {
        let device = Device(softwareVersion: "0.2.0", serialNumber: "0001", uid: SyntheticStudy.device.uid)
        let other = try report(.awkward, device: device)
        for (a, b) in zip(objects(try report(.awkward)), objects(other)) {
            #expect(a.uid(.sopInstanceUID) != b.uid(.sopInstanceUID))
            #expect(a.uid(.seriesInstanceUID) != b.uid(.seriesInstanceUID))
            #expect(a.uid(.studyInstanceUID) == b.uid(.studyInstanceUID))
        }
    }

    @Test(arguments: [SyntheticStudy.awkward, .turned, .clear])
    func identityIsCopiedByteForByte(study: SyntheticStudy) throws {
        let source = study.pet.headers[0]
        for object in objects(try report(study)) {
            for attribute in [
                Attribute.specificCharacterSet, .patientName, .patientID, .patientBirthDate, .patientSex,
                .patientWeight,
                .studyInstanceUID, .studyDate, .studyTime, .studyID, .accessionNumber, .referringPhysicianName,
            ] {
                #expect(object[attribute.tag] == source[attribute.tag], "\(attribute.keyword)")
            }
        }
    }

    @Test(arguments: [SyntheticStudy.awkward, .turned, .clear])
    func ownTextIsASCII(study: SyntheticStudy) throws {
        func check(_ object: DataSet) {
            for element in object.elements where element.tag != Attribute.patientName.tag && element.vr.isText {
                switch element.value {
                case .bytes(let bytes):
                    #expect(bytes.allSatisfy { $0 < 0x80 }, "\(element.tag)")
                case .sequence: break
                }
            }
            for case .sequence(let items) in object.elements.map(\.value) { items.forEach(check) }
        }
        objects(try report(study)).forEach(check)
    }

    @Test func everyObjectSaysWhatItIs() throws {
        let made = objects(try report(.awkward))
        let notes = RejectionNote.Title.allCases.map {
            WithdrawalNote(of: made, title: $0, createdAt: SyntheticStudy.createdAt).dataSet
        }
        for object in made + notes {
            let equipment = object.items(.contributingEquipmentSequence)
            #expect(equipment.count == 1)
            #expect(equipment[0].code(.purposeOfReferenceCodeSequence)?.value == "109102")
            for attribute in [Attribute.manufacturer, .manufacturerModelName, .softwareVersions, .deviceSerialNumber] {
                #expect(equipment[0].string(attribute) == object.string(attribute))
                #expect(object.string(attribute) != nil)
            }
            #expect(object.string(.contentQualification) == "RESEARCH")
            #expect((Array(9001...9007) + [9010]).contains(object.integer(.seriesNumber)))
        }
        let document = try report(.awkward).structuredReport
        #expect(document.string(.completionFlag) == "COMPLETE")
        #expect(document.string(.verificationFlag) == "UNVERIFIED")
        #expect(document.string(.preliminaryFlag) == "PRELIMINARY")
    }

    /// Frames that do not fill their last byte.
    @Test func aSegmentationOfAnOddGridHasEveryVoxel() throws {
        let geometry = VolumeGeometry.axial(
            columns: 43, rows: 37, slices: 9, spacing: PatientPoint(2, 2, 2), origin: .zero,
            frameOfReferenceUID: SyntheticStudy.frameOfReference)
        let lesions = (0..<9).map { k in
            SyntheticStudy.Lesion(voxels: [(k * 5, 36 - k, k), (42 - k, k, k)], location: .liver)
        }
        let study = SyntheticStudy("odd", geometry: geometry, lesions: lesions)
        let segmentation = try #require(try report(study).segmentation)
        let bytes = try #require(segmentation.bytes(.pixelData))
        let frames = segmentation.items(.perFrameFunctionalGroupsSequence)
        #expect(frames.count == 9)
        for (number, frame) in frames.enumerated() {
            let source = frame.items(.derivationImageSequence)[0].items(.sourceImageSequence)[0]
            let set = (0..<43 * 37).filter { place in
                let bit = number * 43 * 37 + place
                return bytes[bit / 8] >> (bit % 8) & 1 == 1
            }
            let k = try #require(study.pet.sopInstanceUIDs.firstIndex { $0 == source.uid(.referencedSOPInstanceUID) })
            #expect(Set(set) == [(36 - k) * 43 + k * 5, k * 43 + 42 - k])
        }
    }

    @Test func evidenceNamesEveryInputAndEveryResult() throws {
        let study = SyntheticStudy.awkward
        let report = try report(study)
        let evidence = report.structuredReport.items(.currentRequestedProcedureEvidenceSequence)
        let named = evidence.flatMap { $0.items(.referencedSeriesSequence) }
            .flatMap { $0.items(.referencedSOPSequence) }.compactMap { $0.uid(.referencedSOPInstanceUID) }
        let results = [report.segmentation, report.structureSet].compactMap { $0?.uid(.sopInstanceUID) }
        #expect(Set(named) == Set(study.pet.sopInstanceUIDs + study.ct!.sopInstanceUIDs + results))
        #expect(named.count == Set(named).count)
    }

    @Test func withoutLesionsThereIsNothingThatShowsLesions() throws {
        let report = try report(.clear)
        #expect(report.objects.map(\.kind) == [.structuredReport, .secondaryCapture, .encapsulatedPDF])
        #expect(texts(of: report.structuredReport).contains { $0.contains("No lesions found") })
    }

    /// Every TEXT value of a document.
    private func texts(of item: DataSet) -> [String] {
        item.strings(.textValue) + item.items(.contentSequence).flatMap(texts)
    }

    @Test func warningsAndParametersAreInTheReport() throws {
        let texts = texts(of: try report(.awkward).structuredReport)
        #expect(texts.contains("Uptake time 25 min is unusual for 68Ga-PSMA-11."))
        #expect(texts.contains("SUV reference time source: series-time"))
        #expect(texts.contains("PatientWeight: 80 kg"))
    }

    @Test func structureSetNamesAndNumbersFitTheirLimits() throws {
        let structures = try #require(try report(SyntheticStudy.wholeBody(lesions: 120)).structureSet)
        let rois = structures.items(.structureSetROISequence)
        let names = rois.compactMap { $0.string(.roiName) }
        #expect(names.count == 120)
        #expect(Set(names).count == 120)
        #expect(names.allSatisfy { $0.utf8.count <= 16 })
        #expect(structures.string(.structureSetLabel)!.utf8.count <= 16)
        for contour in structures.items(.roiContourSequence).flatMap({ $0.items(.contourSequence) }) {
            #expect(contour.strings(.contourData).allSatisfy { $0.utf8.count <= 16 })
        }
    }

    @Test func contoursBearTheVeryHeightOfTheirSlice() throws {
        let study = SyntheticStudy.awkward
        let heights = Dictionary(
            uniqueKeysWithValues: zip(
                study.pet.sopInstanceUIDs, study.pet.headers.map { $0.strings(.imagePositionPatient)[2] }))
        let structures = try #require(try report(study).structureSet)
        for contour in structures.items(.roiContourSequence).flatMap({ $0.items(.contourSequence) }) {
            let slice = contour.items(.contourImageSequence)[0].uid(.referencedSOPInstanceUID)!
            let data = contour.strings(.contourData)
            #expect(stride(from: 2, to: data.count, by: 3).allSatisfy { data[$0] == heights[slice] })
        }
    }

    /// Staged by another rule the same study is another report, also where the stage comes out alike.
    @Test func otherRulesOfStagingMakeOtherObjects() throws {
        let reading = SyntheticStudy.awkward.reading
        func instance(_ rules: StagingRules, stage: MiTNM?) throws -> UID? {
            let staged = StudyReading(
                pet: reading.pet, ct: reading.ct, tracer: reading.tracer, model: reading.model, suv: reading.suv,
                reference: reading.reference, foci: reading.foci, stage: stage, stagingRules: rules, warnings: [])
            let report = try Report(
                of: staged, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
            return report.objects[0].dataSet.uid(.sopInstanceUID)
        }
        let stage = try #require(reading.stage)
        let usual = try instance(StagingRules(), stage: stage)
        let others = [StagingRules(commonIliac: .extrapelvic), StagingRules(nodeRegions: .byStation)]
        #expect(Set(try others.map { try instance($0, stage: stage) } + [usual]).count == 3)
        #expect(try instance(others[0], stage: nil) == usual, "nothing is staged")
    }

    /// Nor is one that was read with another tracer assumed the same report; where the headers tell it nothing is assumed.
    @Test func anotherAssumedTracerMakesOtherObjects() throws {
        let reading = SyntheticStudy.awkward.reading
        func instance(_ tracer: Tracer) throws -> UID? {
            let read = StudyReading(
                pet: reading.pet, ct: reading.ct, tracer: tracer, model: reading.model, suv: reading.suv,
                reference: reading.reference, foci: reading.foci, stage: nil, warnings: [])
            return try Report(of: read, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
                .objects[0].dataSet.uid(.sopInstanceUID)
        }
        let told = TracerDetermination(header: reading.pet.headers[0]).tracer
        let instances = try [Tracer.ga68PSMA11, .f18FDG, .f18DCFPyL].map(instance)
        #expect(Set(instances).count == 3, "\(told?.rawValue ?? "none")")
    }

    @Test func aFocusThatDoesNotFitIsRefused() throws {
        let study = SyntheticStudy.awkward
        func reading(_ voxels: [Int32], _ suvMax: Double) -> StudyReading {
            var foci = study.reading.foci
            let focus = foci[0].focus
            foci[0] = ReadFocus(
                classified: .init(
                    focus: .init(
                        id: focus.id, voxels: voxels, peakVoxel: 0, centroid: focus.centroid, suvMax: suvMax,
                        suvMean: 1,
                        suvPeak: 1, volumeMl: 1, totalUptake: 1), verdict: foci[0].verdict), expression: nil)
            return StudyReading(
                pet: study.pet, ct: nil, tracer: study.reading.tracer, model: study.reading.model,
                suv: study.reading.suv,
                reference: study.reading.reference, foci: foci, stage: nil, warnings: [])
        }
        func fails(_ voxels: [Int32], suvMax: Double = 1) -> ReportingError? {
            do throws(ReportingError) {
                _ = try Report(
                    of: reading(voxels, suvMax), device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
                return nil
            } catch { return error }
        }
        #expect(fails([]) == .emptyFocus(id: 1))
        #expect(fails([Int32(study.geometry.count)]) == .focusOutsideGrid(id: 1))
        #expect(fails([5, 4]) == .focusOutsideGrid(id: 1))
        #expect(fails([4, 5], suvMax: .nan) == .figureNotFinite(id: 1))
        #expect(fails([4, 5]) == nil)
    }

    /// Ways in which headers of real studies are wrong.
    private static let blemishes: [(name: String, spoil: @Sendable (inout DataSet) -> Void)] = [
        (
            "old forms of date and time",
            {
                $0.set(.studyDate, "2026.01.05"); $0.set(.acquisitionTime, "10:15:00")
            }
        ),
        ("words for a date", { $0.set(.acquisitionDate, "unknown") }),
        ("no dates", { for a: Attribute in [.studyDate, .studyTime, .acquisitionDate] { $0.remove(a) } }),
        ("no radiopharmaceutical", { $0.remove(.radiopharmaceuticalInformationSequence) }),
        ("empty thickness", { $0.setEmpty(.sliceThickness) }),
        ("words for a thickness", { $0.set(.sliceThickness, "abc") }),
        ("no position", { for a: Attribute in [.imagePositionPatient, .imageOrientationPatient] { $0.remove(a) } }),
        ("long position", { $0.set(.imagePositionPatient, "-97.500000000000001", "-80.25", "-1033.50000000001") }),
        ("long spacing", { $0.set(.pixelSpacing, "4.07280000000000001", "4.07280000000000001") }),
        ("unknown character set", { $0.set(.specificCharacterSet, "FOO") }),
        ("long identifier", { $0.set(.patientID, String(repeating: "x", count: 90)) }),
        ("leading zeros in the study", { $0.set(.studyInstanceUID, "1.2.03.4") }),
        ("leading zeros in the series", { $0.set(.seriesInstanceUID, "1.2.03.5") }),
        (
            "leading zeros in the instance",
            { $0.set(.sopInstanceUID, "1.02." + $0.string(.sopInstanceUID)!.prefix(58)) }
        ),
        ("no patient", { for a: Attribute in [.patientName, .patientID, .patientSex] { $0.remove(a) } }),
    ]

    @Test(arguments: blemishes.indices)
    func aBlemishedHeaderIsReportedAllTheSame(index: Int) throws {
        let (name, spoil) = Self.blemishes[index]
        let study = SyntheticStudy.awkward
        let headers = study.pet.headers.map { header in
            var header = header
            spoil(&header)
            return header
        }
        let source = study.reading
        let reading = StudyReading(
            pet: ImageSeries(geometry: study.geometry, headers: headers), ct: nil, tracer: source.tracer,
            model: source.model, suv: source.suv, reference: source.reference, foci: source.foci, stage: source.stage,
            warnings: [])
        let report = try Report(of: reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        let folder = try TemporaryFolder()
        try report.structuredReport.write(to: folder.path + "/sr.dcm")
        let dump = try Program("dsrdump", ["-Dv", folder.path + "/sr.dcm"])
        #expect(dump.status == 0, "\(name): \(dump.output)")
        let segmentation = try #require(report.segmentation)
        #expect(segmentation.uid(.studyInstanceUID) == headers[0].uid(.studyInstanceUID))
        let sources = segmentation.items(.perFrameFunctionalGroupsSequence).flatMap {
            $0.items(.derivationImageSequence)
        }
        .flatMap { $0.items(.sourceImageSequence) }.compactMap { $0.uid(.referencedSOPInstanceUID) }
        #expect(
            !sources.isEmpty && Set(sources).isSubset(of: headers.compactMap { $0.uid(.sopInstanceUID) }), "\(name)")
    }
}
