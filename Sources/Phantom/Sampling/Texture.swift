/// How unevenly a structure takes up the tracer, and how its density varies on CT.
struct Texture: Sendable {
    /// Standard deviation of the uptake as a share of its mean.
    let uptake: Float
    /// Standard deviation of the density, Hounsfield units.
    let hounsfield: Float
    /// Size of the features, mm.
    let sizeMm: Float

    /// Of the kinds of structures; rounded estimates, set by comparing pictures with patients' scans.
    static func of(_ kind: Structure.Kind) -> Texture {
        switch kind {
        case .skin, .fat: Texture(uptake: 0.28, hounsfield: 10, sizeMm: 16)
        case .muscle, .psoas: Texture(uptake: 0.22, hounsfield: 9, sizeMm: 18)
        case .brain, .cerebellum: Texture(uptake: 0.3, hounsfield: 3, sizeMm: 15)
        case .lung: Texture(uptake: 0.25, hounsfield: 28, sizeMm: 15)
        case .myocardium: Texture(uptake: 0.24, hounsfield: 4, sizeMm: 22)
        case .liver, .spleen: Texture(uptake: 0.07, hounsfield: 3, sizeMm: 18)
        case .kidney: Texture(uptake: 0.22, hounsfield: 6, sizeMm: 13)
        case .pancreas, .prostate, .thyroid: Texture(uptake: 0.2, hounsfield: 9, sizeMm: 11)
        case .parotidGland, .submandibularGland, .tonsil: Texture(uptake: 0.16, hounsfield: 8, sizeMm: 10)
        case .stomachWall, .duodenum, .jejunum, .ileum, .rectum, .oesophagus:
            Texture(uptake: 0.42, hounsfield: 10, sizeMm: 20)
        case .colonWall, .colonContents, .smallBowelContents, .stomachContents:
            Texture(uptake: 0.5, hounsfield: 22, sizeMm: 26)
        case .focus: Texture(uptake: 0.28, hounsfield: 12, sizeMm: 11)
        case .skull, .mandible, .cervicalVertebra, .thoracicVertebra, .lumbarVertebra, .rib, .sternum, .clavicle,
            .scapula, .humerus, .hipBone, .sacrum, .femur:
            Texture(uptake: 0.22, hounsfield: 45, sizeMm: 14)
        case .urine, .heartBlood, .aorta, .venaCava: Texture(uptake: 0.05, hounsfield: 4, sizeMm: 20)
        default: Texture(uptake: 0.12, hounsfield: 6, sizeMm: 14)
        }
    }
}

/// The textures of one patient's parts, and the noise that they are made of.
struct TexturedParts: Sendable {
    /// What a scanner measures of a part: the mean, and how much the noise adds.
    struct Value: Sendable {
        var mean: Float
        var deviation: Float
        /// Noise samples for each millimetre.
        var density: Float
    }

    private let noise: SmoothNoise
    /// By part number; the first is the air.
    private let values: [Value]
    /// Whether the noise multiplies (uptake, never negative) or adds (Hounsfield units).
    private let isFactor: Bool

    init(
        seed: UInt64, stream: String, air: Float, _ parts: [Scene.Part], isFactor: Bool, _ value: (Scene.Part) -> Value
    ) {
        var random = SeededGenerator(seed: seed, stream: "texture/\(stream)")
        noise = SmoothNoise(using: &random)
        values = [Value(mean: air, deviation: 0, density: 0)] + parts.map(value)
        self.isFactor = isFactor
    }

    /// The value at each sample of a row whose parts are known.
    func read(_ row: SampleRow, _ parts: UnsafePointer<UInt16>, into result: UnsafeMutablePointer<Float>) {
        values.withUnsafeBufferPointer { values in
            noise.values.withUnsafeBufferPointer { noise in
                for index in 0..<row.count {
                    let value = values[Int(parts[index])]
                    guard value.deviation > 0 else {
                        result[index] = value.mean
                        continue
                    }
                    let place = (Point(row.x0 + Float(index) * row.step, row.y, row.z) + 4096) * value.density
                    let wave = noise[SmoothNoise.index(Int(place.x), Int(place.y), Int(place.z))]
                    if isFactor {
                        // (1 + an/2)² is never negative; its mean is 1 + a²/4.
                        let root = 1 + value.deviation * wave * 0.5
                        result[index] = value.mean * root * root / (1 + value.deviation * value.deviation * 0.25)
                    } else {
                        result[index] = value.mean + value.deviation * wave
                    }
                }
            }
        }
    }
}
