import Anatomy
import Classification
import DICOM
import Detection
import Foundation
import Imaging
import Reading
import Staging
import Testing

@Suite struct ReadingDocumentTests {
    // MARK: The contract

    private static let top: Set<String> = [
        "schema", "studyInstanceUID", "petSeriesInstanceUID", "ctSeriesInstanceUID", "tracer", "model", "suv",
        "reference", "foci", "stage", "comparison", "warnings", "declined",
    ]
    private static let focus: Set<String> = [
        "id", "suspiciousProbability", "suspicious", "location", "centroid", "suvMax", "suvMean", "suvPeak", "volumeMl",
        "totalUptake", "expression", "expressionIsLowerBound",
    ]
    private static let stage: Set<String> = [
        "edition", "miT", "miN", "miNV1", "miM", "miMCategories", "miMPattern",
    ]
    private static let region: Set<String> = ["suvMean", "suvSD", "volumeMl", "centre"]

    private func object(_ document: ReadingDocument) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: document.json()) as? [String: Any])
    }

    private func keys(_ value: Any?) throws -> Set<String> { Set(try #require(value as? [String: Any]).keys) }

    // MARK: Readings

    /// A reading in which everything that may be absent is there, or nothing is.
    private func reading(full: Bool) -> StudyReading {
        var header = DataSet()
        header.set(.studyInstanceUID, UID("1.2.1")!)
        header.set(.seriesInstanceUID, UID("1.2.2")!)
        let geometry = VolumeGeometry.axial(
            columns: 1, rows: 1, slices: 1, spacing: PatientPoint(1, 1, 1), origin: .zero,
            frameOfReferenceUID: UID("1.2.3")!)
        let series = ImageSeries(geometry: geometry, headers: [header])
        let region = ReferenceUptake.Region(suvMean: 1.5, suvSD: 0.2, volumeMl: 4, centre: PatientPoint(1, 2, 3))
        let candidate = CandidateFocus(
            id: 1, voxels: [0], peakVoxel: 0, centroid: PatientPoint(-1.5, 2, 30), suvMax: 9, suvMean: 6, suvPeak: 7,
            volumeMl: 2, totalUptake: 12)
        let verdict = Verdict(
            suspiciousProbability: 0.75, suspicious: true, location: .rib, laterality: .right,
            locationProbability: 0.5)
        return StudyReading(
            pet: series, ct: full ? series : nil, tracer: full ? .ga68PSMA11 : .f18FDG,
            model: ModelIdentity(name: "m", version: "1", sha256: "00"),
            suv: SUVConversion(
                sliceFactors: full ? [0.25] : [0.25, 0.5],
                referenceTime: full ? DateTime(date: "20240102", time: "100000") : nil,
                referenceTimeSource: full ? .seriesTime : .frameReferenceTime, inputs: []),
            reference: ReferenceUptake(
                bloodPool: full ? region : nil, liver: full ? region : nil, parotid: full ? region : nil,
                spleen: full ? region : nil),
            foci: [
                ReadFocus(
                    classified: ClassifiedFocus(focus: candidate, verdict: verdict),
                    expression: full ? ExpressionScore(rawValue: 2) : nil)
            ],
            stage: full
                ? MiTNM(
                    edition: .v2, miT: .miT0, miN: .miN0, miNV1: .miN0, miMCategories: [.miM1b], miMPattern: .uni)
                : nil,
            warnings: ["w"])
    }

    // MARK: Tests

    @Test(arguments: [true, false]) func everyKeyIsAlwaysThere(_ full: Bool) throws {
        let json = try object(ReadingDocument(reading(full: full)))
        #expect(Set(json.keys) == Self.top)
        #expect(try keys(json["model"]) == ["name", "version", "sha256"])
        #expect(try keys(json["suv"]) == ["factor", "referenceTime", "referenceTimeSource"])
        #expect(try keys(json["reference"]) == ["bloodPool", "liver", "parotid", "spleen"])
        let focus = try #require((json["foci"] as? [[String: Any]])?.first)
        #expect(Set(focus.keys) == Self.focus)
        #expect(try keys(focus["location"]) == ["id", "laterality", "probability"])
        #expect(json["declined"] is NSNull)
        #expect((focus["expression"] is NSNull) == !full)
        #expect((json["ctSeriesInstanceUID"] is NSNull) == !full)
        #expect((json["stage"] is NSNull) == !full)
        if full {
            #expect(try keys(json["stage"]) == Self.stage)
            let reference = try #require(json["reference"] as? [String: Any])
            for organ in reference.values { #expect(try keys(organ) == Self.region) }
        } else {
            let (suv, reference) = (json["suv"] as? [String: Any], json["reference"] as? [String: Any])
            #expect(suv?["factor"] is NSNull && suv?["referenceTime"] is NSNull)
            #expect(try #require(reference).values.allSatisfy { $0 is NSNull })
        }
    }

    @Test func aStageWithoutBonesHasANullPattern() throws {
        let plain = reading(full: true)
        let stage = MiTNM(
            edition: .v2, miT: .miT2u, miN: .miN1, miNV1: .miN1a, miMCategories: [], miMPattern: nil)
        let document = ReadingDocument(
            StudyReading(
                pet: plain.pet, ct: nil, tracer: plain.tracer, model: plain.model, suv: plain.suv,
                reference: plain.reference, foci: [], stage: stage, warnings: []))
        let json = try #require(try object(document)["stage"] as? [String: Any])
        #expect(Set(json.keys) == Self.stage)
        #expect(json["miMPattern"] is NSNull)
        #expect(json["miM"] as? String == "miM0")
        #expect(json["miNV1"] as? String == "miN1a")
        #expect(document.stage?.miTNM == stage)
    }

    @Test func valuesAreSpelledAsTheContractSays() throws {
        let json = try object(ReadingDocument(reading(full: true)))
        #expect(json["schema"] as? String == "reading/1")
        #expect(json["studyInstanceUID"] as? String == "1.2.1")
        #expect(json["petSeriesInstanceUID"] as? String == "1.2.2")
        #expect(json["tracer"] as? String == "68Ga-PSMA-11")
        let suv = try #require(json["suv"] as? [String: Any])
        #expect(suv["factor"] as? Double == 0.25)
        #expect(suv["referenceTimeSource"] as? String == "series-time")
        #expect((suv["referenceTime"] as? String)?.hasPrefix("20240102100000") == true)
        let focus = try #require((json["foci"] as? [[String: Any]])?.first)
        #expect(focus["centroid"] as? [Double] == [-1.5, 2, 30])
        #expect(focus["expression"] as? Int == 2)
        let location = try #require(focus["location"] as? [String: Any])
        #expect(location["id"] as? String == "bone.rib")
        #expect(location["laterality"] as? String == "right")
        let stage = try #require(json["stage"] as? [String: Any])
        #expect(stage["miMPattern"] as? String == "uni")
        #expect(stage["miMCategories"] as? [String] == ["miM1b"])
    }

    @Test(arguments: [true, false]) func theDocumentReadsBackAsItWas(_ full: Bool) throws {
        let document = ReadingDocument(reading(full: full))
        let again = try JSONDecoder().decode(ReadingDocument.self, from: document.json())
        #expect(try again.json() == document.json())
        #expect(again.foci.count == 1)
        #expect(again.ctSeriesInstanceUID == (full ? UID("1.2.2") : nil))
    }

    @Test func aDeclinedStudySaysWhyAndNothingElse() throws {
        let refusal = Refusal(.noWeight, "Patient's Weight is missing.")
        let document = ReadingDocument(declined: refusal, studyInstanceUID: UID("1.2.1"))
        let json = try object(document)
        #expect(Set(json.keys) == Self.top)
        let present = json.filter { !($0.value is NSNull) }.keys
        #expect(Set(present) == ["schema", "studyInstanceUID", "foci", "warnings", "declined"])
        #expect((json["foci"] as? [Any])?.isEmpty == true)
        let declined = try #require(json["declined"] as? [String: String])
        #expect(declined == ["code": "no-weight", "reason": "Patient's Weight is missing."])
        let again = try JSONDecoder().decode(ReadingDocument.self, from: document.json())
        #expect(again.declined == refusal)
    }

    @Test func aDocumentThatLacksAKeyIsNone() throws {
        var json = try object(ReadingDocument(reading(full: true)))
        json.removeValue(forKey: "ctSeriesInstanceUID")
        let data = try JSONSerialization.data(withJSONObject: json)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ReadingDocument.self, from: data) }
    }

    @Test func aPhantomsDocumentHasEveryFocus() throws {
        let reading = try Shared.result.get().reading
        let document = try JSONDecoder().decode(ReadingDocument.self, from: ReadingDocument(reading).json())
        #expect(document.foci.map(\.id) == reading.foci.map(\.focus.id))
        #expect(document.foci.map(\.suvMax) == reading.foci.map(\.focus.suvMax))
        #expect(document.stage?.miTNM == reading.stage)
        #expect(document.warnings == reading.warnings)
        #expect(document.model == reading.model)
    }
}
