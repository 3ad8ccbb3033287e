import DICOM
import Imaging
import Testing

@Suite struct TracerDeterminationTests {
    private func determination(
        code: CodedConcept? = nil, text: String? = nil, description: String? = nil, nuclide: Radionuclide? = nil,
        halfLife: Double? = nil
    ) -> TracerDetermination {
        var item = DataSet()
        if let code { item.set(.radiopharmaceuticalCodeSequence, code) }
        if let text { item.set(.radiopharmaceutical, text) }
        if let nuclide { item.set(.radionuclideCodeSequence, nuclide.code) }
        if let halfLife { item.set(.radionuclideHalfLife, number: halfLife) }
        var header = DataSet()
        header.set(.radiopharmaceuticalInformationSequence, [item])
        if let description { header.set(.seriesDescription, description) }
        return TracerDetermination(header: header)
    }

    @Test(arguments: Tracer.allCases.filter { $0.code != nil })
    func codesSpeak(tracer: Tracer) {
        let found = determination(code: tracer.code, nuclide: tracer.radionuclide)
        #expect(found.tracer == tracer && found.source == .code)
    }

    @Test(arguments: ["SRT", "SNM3", "99SDM"])
    func olderCodesOfFDGSpeak(scheme: String) {
        #expect(determination(code: CodedConcept("C-B1031", scheme, "")).tracer == .f18FDG)
    }

    @Test(arguments: [
        ("Ga-68 PSMA-11", Tracer.ga68PSMA11), ("68Ga PSMA 11", .ga68PSMA11), ("68Ga-HBED-CC", .ga68PSMA11),
        ("Illuccix", .ga68PSMA11), ("GALLIUM GA-68 GOZETOTIDE", .ga68PSMA11), ("68Ga-PSMA-617", .ga68PSMA617),
        ("[18F]DCFPyL", .f18DCFPyL), ("Pylarify", .f18DCFPyL), ("F18-PSMA-1007", .f18PSMA1007),
        ("18F PSMA1007", .f18PSMA1007), ("rhPSMA-7.3", .f18RhPSMA7), ("POSLUMA", .f18RhPSMA7),
        ("FDG -- fluorodeoxyglucose", .f18FDG), ("18FFDG", .f18FDG), ("Fludeoxyglucose F-18", .f18FDG),
    ])
    func textsSpeak(text: String, tracer: Tracer) {
        let found = determination(text: text)
        #expect(found.tracer == tracer && found.source == .radiopharmaceutical)
        let described = determination(description: "PET " + text + " WB")
        #expect(described.tracer == tracer && described.source == .description)
    }

    @Test(arguments: ["", "PSMA", "68Ga-PSMA PET/CT", "Choline", "PET with bed 3", "PSMA 1107"])
    func textsThatDoNotTell(text: String) {
        let found = determination(text: text)
        #expect(found.tracer == nil && found.source == nil && !found.explanation.isEmpty)
    }

    @Test func codeComesBeforeTextAndTextBeforeDescription() {
        let found = determination(code: Tracer.f18DCFPyL.code, text: "DCFPyL", description: "PSMA PET")
        #expect(found.tracer == .f18DCFPyL && found.source == .code)
        #expect(determination(text: "PSMA-1007", description: "PSMA").source == .radiopharmaceutical)
    }

    /// A protocol cloned from FDG keeps its code; the description tells on it.
    @Test func contradictionsLeaveItUnknown() {
        #expect(determination(code: Tracer.f18FDG.code, text: "PSMA-1007").tracer == nil)
        #expect(determination(code: Tracer.f18FDG.code, description: "PSMA PET/CT").tracer == nil)
        #expect(determination(text: "FDG", description: "68Ga-PSMA-11").tracer == nil)
        #expect(determination(description: "PSMA-11 or PSMA-1007").tracer == nil)
        #expect(determination(description: "FDG or PSMA").tracer == nil)
    }

    @Test func theNuclideIsToldByItself() {
        #expect(determination(text: "PSMA", nuclide: .ga68).radionuclide == .ga68)
        #expect(determination(halfLife: 6586.2).radionuclide == .f18)
        #expect(determination(nuclide: .ga68, halfLife: 6586.2).radionuclide == nil)
        #expect(determination(halfLife: 1223.4).radionuclide == nil, "carbon, of which no tracer is known here")
        #expect(determination(text: "PSMA").radionuclide == nil)
    }

    @Test func theNuclideOnlyObjects() {
        #expect(determination(text: "PSMA-11", halfLife: 4062.6).tracer == .ga68PSMA11)
        #expect(determination(text: "PSMA-11", halfLife: 6586.2).tracer == nil)
        #expect(determination(text: "FDG", nuclide: .ga68).tracer == nil)
        #expect(determination(text: "PSMA-11", nuclide: .ga68, halfLife: 6586.2).tracer == nil)
        #expect(determination(nuclide: .f18, halfLife: 6586.2).tracer == nil)
    }
}
