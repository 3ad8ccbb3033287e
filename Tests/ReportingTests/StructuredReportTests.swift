import DICOM
import Foundation
import Imaging
import Reading
import Reporting
import Staging
import Testing

/// The content of the Structured Report, item by item.
@Suite struct StructuredReportTests {
    /// A content item with what stands in it.
    private struct Item {
        let data: DataSet
        var concept: CodedConcept? { data.code(.conceptNameCodeSequence) }
        var children: [Item] { data.items(.contentSequence).map(Item.init) }
        var code: CodedConcept? { data.code(.conceptCodeSequence) }
        var text: String? { data.string(.textValue) }
        var number: Double? { data.items(.measuredValueSequence).first?.number(.numericValue) }

        func child(_ concept: String) -> Item? { children.first { $0.concept?.value == concept } }
        func all(_ concept: String) -> [Item] { children.filter { $0.concept?.value == concept } }
        /// The measurement of a name and derivation.
        func measurement(_ name: String, _ derivation: String? = nil) -> Item? {
            all(name).first { derivation == nil || $0.child("121401")?.code?.value == derivation }
        }
    }

    private func root(_ study: SyntheticStudy, otherFoci: Bool = false) throws -> Item {
        let report = try Report(
            of: study.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt,
            options: ReportOptions(includesOtherFoci: otherFoci))
        return Item(data: report.structuredReport)
    }

    private func groups(_ study: SyntheticStudy, otherFoci: Bool = false) throws -> [Item] {
        try root(study, otherFoci: otherFoci).child("126010")?.all("125007") ?? []
    }

    private func group(_ identifier: String, _ groups: [Item]) throws -> Item {
        try #require(groups.first { $0.child("112039")?.text == identifier }, "\(identifier)")
    }

    @Test func everyLesionHasEveryItem() throws {
        let study = SyntheticStudy.awkward
        let groups = try groups(study)
        for (index, lesion) in study.reading.lesions.enumerated() {
            let group = try group("L0\(index + 1)", groups)
            #expect(group.child("121071")?.code?.value == "52988006")
            #expect(group.child("276214006")?.code?.value == "49755003")
            let site = try #require(group.child("363698007"))
            #expect(site.code == lesion.verdict.location.code)
            #expect(site.child("272741003")?.code?.value == lesion.verdict.laterality.code?.value)
            #expect(site.child("106233006")?.code?.value == lesion.verdict.location.modifier?.value)
            #expect(group.child("121191")?.data.items(.referencedSOPSequence).count == 1)
            for derivation in ["56851009", "373098007", "126031"] {
                let suv = try #require(group.measurement("126401", derivation))
                #expect(suv.child("370129005")?.code?.value == "126410")
            }
            let uptake = try #require(group.measurement("total-uptake", "255619001"))
            #expect(uptake.child("370129005")?.code?.value == "mean-x-volume")
            #expect(group.measurement("118565006")?.child("370129005")?.code?.value == "126030")
            #expect(group.measurement("111047") != nil)
            #expect(group.child("psma-expression") != nil)
            let numbers = group.children.filter { $0.number != nil }
            #expect(numbers.allSatisfy { $0.child("111001")?.text == "Uptake" && $0.child("111003") != nil })
        }
    }

    /// Without a parotid nobody knows that it is below one.
    @Test func aScoreThatIsALowerBoundIsCodedAsSuch() throws {
        let source = SyntheticStudy.awkward.reading
        let foci = source.foci.map {
            ReadFocus(classified: $0.classified, expression: .intermediate, expressionIsLowerBound: true)
        }
        let reading = StudyReading(
            pet: source.pet, ct: source.ct, tracer: .ga68PSMA11, model: source.model, suv: source.suv,
            reference: source.reference, foci: foci, stage: source.stage, warnings: [])
        let report = try Report(of: reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        let text = String(decoding: try JSONEncoder().encode(ReadingDocument(reading)), as: UTF8.self)
        #expect(text.contains("\"expressionIsLowerBound\":true"))
        let bytes = String(decoding: report.structuredReport.explicitVRLittleEndian, as: UTF8.self)
        #expect(bytes.contains("psma-2-or-3") && !bytes.contains("below parotid"))
    }

    @Test func theSettingsOfDetectionAreParametersOfTheVolume() throws {
        let source = SyntheticStudy.awkward.reading
        let reading = StudyReading(
            pet: source.pet, ct: source.ct, tracer: source.tracer, model: source.model, suv: source.suv,
            reference: source.reference, foci: source.foci, stage: source.stage, warnings: [],
            detectionParameters: ["Uptake floor: SUVbw 2.25", "Smallest focus: 0.1 ml"])
        let report = try Report(of: reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        let groups = Item(data: report.structuredReport).child("126010")?.all("125007") ?? []
        let volume = try #require(try group("L01", groups).measurement("118565006"))
        #expect(volume.all("111002").compactMap(\.text) == ["Uptake floor: SUVbw 2.25", "Smallest focus: 0.1 ml"])
    }

    @Test(arguments: [SyntheticStudy.awkward, .turned])
    func totalsOfTheRegionsAddUpToThoseOfTheBody(study: SyntheticStudy) throws {
        let groups = try groups(study)
        let (volume, uptake) = study.isFDG ? ("126032", "126033") : ("118565006", "total-uptake")
        let body = try group("Whole body", groups)
        let regions = groups.filter { $0.child("121071")?.code?.value.hasPrefix("totals-") == true }
        #expect(regions.count == (study.isFDG ? 2 : 4))
        for (name, tolerance) in [("246206008", 0), (volume, 1e-4), (uptake, 1e-2)] {
            let sum = regions.compactMap { $0.measurement(name, "255619001")?.number }.reduce(0, +)
            let whole = try #require(body.measurement(name, "255619001")?.number)
            #expect(abs(sum - whole) <= tolerance, "\(name): \(sum), \(whole)")
        }
        let lesions = study.reading.lesions
        #expect(body.measurement("246206008")?.number == Double(lesions.count))
    }

    @Test func regionsHaveTheirLesions() throws {
        let groups = try groups(.awkward)
        // A prostate, two nodes in the pelvis, a pelvic bone and a rib, a liver.
        for (finding, count) in [
            ("totals-local", 1), ("totals-pelvic-ln", 2), ("totals-bone", 2), ("totals-organs", 1),
        ] {
            let region = try #require(groups.first { $0.child("121071")?.code?.value == finding })
            #expect(region.measurement("246206008")?.number == Double(count), "\(finding)")
        }
    }

    @Test func otherFociStandUnderACategoryOfTheirOwn() throws {
        let study = SyntheticStudy.awkward
        let others = study.reading.foci.filter { !$0.verdict.suspicious }
        #expect(!others.isEmpty)
        #expect(try groups(study).allSatisfy { $0.child("276214006")?.code?.value != "not-suspicious" })
        let all = try groups(study, otherFoci: true)
        for focus in others {
            let group = try group("F\(focus.focus.id)", all)
            #expect(group.child("276214006")?.code?.value == "not-suspicious")
            #expect(group.child("121071")?.code?.value == "focus")
            #expect(group.child("121191") == nil, "no segment")
            #expect(group.child("363698007")?.code == focus.verdict.location.code)
            #expect(group.child("centre")?.text?.split(separator: " ").count == 3)
            let maximum = try #require(group.measurement("126401", "56851009")?.number)
            #expect(abs(maximum - focus.focus.suvMax) < 1e-5)
        }
    }

    @Test func theConclusionIsAWholeReading() throws {
        let text = try #require(try root(.awkward).child("C0034375")?.child("121077")?.text)
        for words in [
            "6 lesions of 7 foci", "L01 ", "PSMA-TV", "TL-PSMA", "Pelvic lymph nodes: 2 lesions,",
            "parotid glands not found",
            "Stage miT2u N1 M1a M1b(oligo) by PROMISE V2", "Note: Uptake time 25 min is unusual",
            "Not verified by a physician",
        ] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
    }

    @Test func theObserverIsTheContributingEquipment() throws {
        let root = try root(.awkward)
        let equipment = root.data.items(.contributingEquipmentSequence)[0]
        #expect(root.child("121012")?.data.uid(.uid) == equipment.uid(.deviceUID))
        #expect(root.child("121014")?.text == equipment.string(.manufacturer))
        #expect(root.child("121015")?.text == equipment.string(.manufacturerModelName))
        #expect(root.child("121016")?.text == equipment.string(.deviceSerialNumber))
        // The parameters of algorithms name the version that the equipment has.
        let version = try #require(equipment.string(.softwareVersions))
        let lesion = try group("L01", try groups(.awkward))
        #expect(lesion.measurement("111047")?.child("111003")?.text?.hasPrefix(version) == true)
    }
}
