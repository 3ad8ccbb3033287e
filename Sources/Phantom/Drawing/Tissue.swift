/// What a part of the drawing is made of: how CT shows it, and what may be drawn over it.
struct Tissue: Sendable {
    /// Groups of tissue, so that a part can say over which it may be drawn.
    struct Layer: OptionSet, Sendable {
        let rawValue: UInt16
        static let air = Layer(rawValue: 1)
        static let fat = Layer(rawValue: 2)
        static let muscle = Layer(rawValue: 4)
        static let cavity = Layer(rawValue: 8)
        static let lung = Layer(rawValue: 16)
        static let bone = Layer(rawValue: 32)
        static let organ = Layer(rawValue: 64)
        static let bowel = Layer(rawValue: 128)
        static let vessel = Layer(rawValue: 256)
        static let urine = Layer(rawValue: 512)
        static let prostate = Layer(rawValue: 1024)
        static let lesion = Layer(rawValue: 2048)
        /// All within the skin.
        static let body: Layer = [
            .fat, .muscle, .cavity, .lung, .bone, .organ, .bowel, .vessel, .urine, .prostate, .lesion,
        ]
        /// All within the skin but bone.
        static let soft = body.subtracting(.bone)
        /// What fills the spaces between organs.
        static let connective: Layer = [.fat, .muscle, .cavity]
    }

    /// Hounsfield units.
    let hu: Float
    /// The group it belongs to.
    let layer: Layer
    /// What it may be drawn over.
    var over: Layer = .soft

    /// Whether it casts streaks.
    var isMetal: Bool { hu > 2500 }

    static let skin = Tissue(hu: -20, layer: .fat, over: .air)
    static let subcutaneous = Tissue(hu: -102, layer: .fat, over: [.air, .fat])
    static let muscle = Tissue(hu: 55, layer: .muscle, over: .body)
    static let cavity = Tissue(hu: -105, layer: .cavity, over: .body)
    static let lung = Tissue(hu: -745, layer: .lung, over: [.cavity])
    static let airway = Tissue(hu: -980, layer: .organ)
    static let gas = Tissue(hu: -900, layer: .bowel, over: .bowel)
    static let disc = Tissue(hu: 85, layer: .bone, over: .body)
    static let cortical = Tissue(hu: 700, layer: .bone, over: .body)
    static let trabecular = Tissue(hu: 230, layer: .bone, over: .bone)
    static let canal = Tissue(hu: 30, layer: .organ, over: .body)
    static let blood = Tissue(hu: 45, layer: .vessel)
    static let bowel = Tissue(hu: 35, layer: .bowel, over: [.cavity, .fat, .muscle, .bowel])
    static let urine = Tissue(hu: 8, layer: .urine)
    static let prostate = Tissue(hu: 42, layer: .prostate)
    static let metal = Tissue(hu: 2900, layer: .bone, over: .body)

    /// Solid tissue of an organ.
    static func organ(_ hu: Float, over: Layer = .soft) -> Tissue { Tissue(hu: hu, layer: .organ, over: over) }
}
