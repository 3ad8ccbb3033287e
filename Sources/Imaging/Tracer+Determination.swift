import DICOM
import Foundation

/// Which tracer a PET series was made with, and how that is known.
public struct TracerDetermination: Sendable, Equatable {
    /// What the tracer was told from.
    public enum Source: String, Sendable, Codable {
        /// Radiopharmaceutical Code Sequence.
        case code
        /// Radiopharmaceutical (0018,0031), or the meaning of an agent code that is not known.
        case radiopharmaceutical
        /// The descriptions of protocol, series, study and request.
        case description
    }

    /// The tracer; nil where the headers do not tell, or contradict themselves.
    public let tracer: Tracer?
    /// What it was told from; nil where it is unknown.
    public let source: Source?
    /// How it was determined, or why not, in one sentence.
    public let explanation: String
    /// The radionuclide, by its code or name and its half-life; nil where neither tells, they contradict each other, or it is none
    /// of a known tracer.
    public let radionuclide: Radionuclide?

    /// Determines the tracer from the header of a PET image.
    ///
    /// The agent code speaks first, then Radiopharmaceutical, then the descriptions; the nuclide can only object.
    /// Voices that contradict each other leave the tracer unknown: protocols cloned from FDG often keep its code.
    public init(header: DataSet) {
        let evidence = TracerEvidence(header)
        let named = evidence.voices.compactMap { voice in voice.mention.tracer.map { (voice, $0) } }
        let nuclides = Set(evidence.nuclides.map(\.name))
        radionuclide = nuclides.count == 1 ? Radionuclide(rawValue: nuclides.first!) : nil
        if let conflict = evidence.conflict {
            (tracer, source, explanation) = (nil, nil, conflict)
        } else if let (voice, named) = named.first {
            if let nuclide = evidence.nuclides.first(where: { $0.name != named.radionuclide.rawValue }) {
                (tracer, source) = (nil, nil)
                explanation = "\(voice.place) says \(named.rawValue), but the radionuclide is \(nuclide.name)."
            } else {
                (tracer, source) = (named, voice.source)
                explanation = "\(named.rawValue), from \(voice.place) (\"\(voice.text)\")."
            }
        } else if let voice = evidence.voices.first {
            (tracer, source) = (nil, nil)
            explanation = "\(voice.place) (\"\(voice.text)\") says PSMA but not which ligand."
        } else {
            (tracer, source) = (nil, nil)
            explanation = "No code and no text of the series names a known tracer."
        }
    }
}

/// What the headers say of the tracer.
private struct TracerEvidence {
    /// A tracer, or as much as "some PSMA ligand".
    enum Mention: Equatable {
        case exactly(Tracer)
        case somePSMA

        var tracer: Tracer? { if case .exactly(let tracer) = self { tracer } else { nil } }

        func agrees(with other: Mention) -> Bool {
            switch (self, other) {
            case (.exactly(let a), .exactly(let b)): a == b
            case (.somePSMA, .exactly(let tracer)), (.exactly(let tracer), .somePSMA): tracer.target == .psma
            case (.somePSMA, .somePSMA): true
            }
        }
    }

    struct Voice {
        let mention: Mention
        let source: TracerDetermination.Source
        let place: String
        let text: String
    }

    /// In order of rank.
    let voices: [Voice]
    /// The nuclide as coded or named, and the one that has the stated half-life.
    let nuclides: [Nuclide]

    init(_ header: DataSet) {
        let item = header.items(.radiopharmaceuticalInformationSequence).first ?? DataSet()
        let characterSet = header.strings(.specificCharacterSet).joined(separator: "\\")
        var voices: [Voice] = []
        func listen(_ source: TracerDetermination.Source, _ place: String, _ text: String?) {
            guard let text else { return }
            voices += Self.mentions(in: text).map { Voice(mention: $0, source: source, place: place, text: text) }
        }
        let code = item.code(.radiopharmaceuticalCodeSequence)
        if let code, let tracer = Self.tracer(code) {
            voices.append(
                Voice(
                    mention: .exactly(tracer), source: .code, place: "Radiopharmaceutical Code Sequence",
                    text: "\(code.value), \(code.scheme), \(code.meaning)"))
        } else {
            listen(.radiopharmaceutical, "Radiopharmaceutical Code Sequence", code?.meaning)
        }
        listen(
            .radiopharmaceutical, "Radiopharmaceutical",
            item.strings(.radiopharmaceutical, characterSet: characterSet).first)
        let request = header.items(.requestAttributesSequence).first ?? DataSet()
        let descriptions: [(String, String?)] = [
            ("Protocol Name", header.string(.protocolName)),
            ("Series Description", header.string(.seriesDescription)),
            ("Study Description", header.string(.studyDescription)),
            ("Requested Procedure Description", header.string(.requestedProcedureDescription)),
            (
                "Requested Procedure Description",
                request.strings(.requestedProcedureDescription, characterSet: characterSet).first
            ),
            ("Performed Procedure Step Description", header.string(.performedProcedureStepDescription)),
        ]
        for (place, text) in descriptions { listen(.description, place, text) }
        self.voices = voices
        let stated = (try? SUVRules([header]))?.nuclide
        nuclides = [stated, item.number(.radionuclideHalfLife).flatMap(Nuclide.decaying)].compactMap { $0 }
    }

    /// The first contradiction, in one sentence.
    var conflict: String? {
        for (index, voice) in voices.enumerated() {
            if let other = voices[..<index].first(where: { !$0.mention.agrees(with: voice.mention) }) {
                return "\(other.place) (\"\(other.text)\") and \(voice.place) (\"\(voice.text)\") "
                    + "name different tracers."
            }
        }
        return nil
    }

    /// Codes of CID 4020 and 4021, and the older ones for FDG that scanners still write.
    private static func tracer(_ code: CodedConcept) -> Tracer? {
        if let tracer = Tracer.allCases.first(where: { $0.code?.isSame(as: code) == true }) { return tracer }
        // SRT, SNM3 and 99SDM are names of one SNOMED code table; Y-X1743 is GE's own in it.
        let olderSchemes = ["SRT", "SNM3", "99SDM"]
        return olderSchemes.contains(code.scheme) && ["C-B1031", "Y-X1743"].contains(code.value) ? .f18FDG : nil
    }

    /// What a text names. Brand and generic names as in the products' labels.
    private static func mentions(in text: String) -> [Mention] {
        let lower = text.lowercased()
        let words = " " + String(lower.map { $0.isLetter || $0.isNumber ? $0 : " " }) + " "
        let joined = lower.filter { $0.isLetter || $0.isNumber }
        var found = names.filter { name in
            name.parts.contains { words.contains($0) } || name.numbers.contains { contains(joined, $0) }
        }.map { Mention.exactly($0.tracer) }
        let namesLigand = found.contains { $0.tracer?.target == .psma }
        if !namesLigand, words.contains("psma") { found.append(.somePSMA) }
        return found
    }

    /// `parts` stand within a word (a leading space: at its beginning); `numbers` are met with any separators, and
    /// no digit may follow, lest PSMA-11 be read in PSMA-1107.
    private static let names: [(tracer: Tracer, parts: [String], numbers: [String])] = [
        (.ga68PSMA11, ["gozetotide", " hbed", "illuccix", "locametz", "gozellix"], ["psma11", "psmahbedcc"]),
        (.ga68PSMA617, ["vipivotide"], ["psma617"]),
        (.f18DCFPyL, ["dcfpyl", "piflufolastat", "pylarify", "pylclari"], []),
        (.f18PSMA1007, ["radelumin"], ["psma1007"]),
        (.f18RhPSMA7, ["rhpsma", "flotufolastat", "posluma"], []),
        (.f18FDG, ["fdg", "fluorodeoxy", "fludeoxy"], []),
    ]

    private static func contains(_ text: String, _ name: String) -> Bool {
        var rest = Substring(text)
        while let range = rest.range(of: name) {
            if range.upperBound == rest.endIndex || !rest[range.upperBound].isNumber { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
