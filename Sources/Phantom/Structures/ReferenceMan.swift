/// Masses of the adult male of ICRP Publication 89 (2002), table 2.8, for what is drawn whole.
///
/// Read from two tables that cite it: J Nucl Med (highwire markup 63060, table 2) and Health Phys 2012;102(3)
/// (PMC3859249, table 2), the latter for the single salivary glands. The prostate (17 g) is left out on purpose: these
/// patients are men around seventy, whose prostates are twice as large.
public struct ReferenceMan: Sendable {
    /// One row of the table.
    public struct Row: Sendable {
        /// What the row is called there.
        public let name: String
        /// The structures drawn for it, both sides together.
        public let kinds: [Structure.Kind]
        /// Reference mass, g.
        public let grams: Double
    }

    /// All rows.
    public static let rows: [Row] = [
        Row(name: "Brain", kinds: [.brain, .cerebellum], grams: 1450),
        Row(name: "Eyes", kinds: [.eye], grams: 15),
        Row(name: "Parotid glands", kinds: [.parotidGland], grams: 50),
        Row(name: "Submandibular glands", kinds: [.submandibularGland], grams: 25),
        Row(name: "Sublingual glands", kinds: [.sublingualGland], grams: 10),
        Row(name: "Thyroid", kinds: [.thyroid], grams: 20),
        Row(name: "Oesophagus", kinds: [.oesophagus], grams: 40),
        Row(name: "Heart with blood", kinds: [.heartBlood, .myocardium], grams: 840),
        Row(name: "Lungs with blood", kinds: [.lung, .pulmonaryVessel], grams: 1200),
        Row(name: "Liver", kinds: [.liver], grams: 1800),
        Row(name: "Gallbladder with contents", kinds: [.gallbladder], grams: 68),
        Row(name: "Spleen", kinds: [.spleen], grams: 150),
        Row(name: "Pancreas", kinds: [.pancreas], grams: 140),
        Row(name: "Adrenal glands", kinds: [.adrenalGland], grams: 14),
        Row(name: "Kidneys", kinds: [.kidney, .renalPelvis], grams: 310),
        Row(name: "Stomach with contents", kinds: [.stomachWall, .stomachContents], grams: 400),
        Row(
            name: "Small intestine with contents", kinds: [.duodenum, .jejunum, .ileum, .smallBowelContents],
            grams: 1000),
        Row(name: "Colon with contents", kinds: [.colonWall, .colonContents], grams: 525),
        Row(name: "Rectosigmoid with contents", kinds: [.rectum], grams: 145),
        Row(name: "Urinary bladder wall", kinds: [.bladderWall], grams: 50),
        Row(name: "Testes", kinds: [.testis], grams: 35),
    ]
}

extension PhantomPatient {
    /// Masses of what was drawn, g, by kind of structure, both sides together and all of a numbered kind.
    ///
    /// Whatever covers an organ is not counted with it; deformation moves organs and keeps their volume in the mean.
    public func massesInGrams() -> [Structure.Kind: Double] {
        let map = LabelMap(scene, step: 2, heights: habitus.z(Habitus.lowest)...habitus.z(1760))
        let millilitres = Double(map.step * map.step * map.step) / 1000
        var masses: [Structure.Kind: Double] = [:]
        for (number, count) in map.histogram.enumerated() where number > 0 && count > 0 {
            let part = scene.parts[number - 1]
            masses[part.structure.kind, default: 0] += Double(count) * millilitres * part.gramsPerMillilitre
        }
        return masses
    }
}

extension Scene.Part {
    /// Density by tissue: aerated tissue by its attenuation, else ICRU Report 46 rounded.
    fileprivate var gramsPerMillilitre: Double {
        if tissue.hu < -300 { return 1 + Double(tissue.hu) / 1000 }
        return switch tissue.layer {
        case .fat, .cavity: 0.95
        case .bone: 1.3
        case .urine: 1.02
        default: 1.05
        }
    }
}
