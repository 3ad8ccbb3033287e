import Classification
import NeuralNetwork

/// A small network of random weights.
enum Small {
    static let architecture: FocusNetwork = {
        var architecture = FocusNetwork()
        architecture.stem = 8
        architecture.blocks = [8, 8]
        architecture.overview = [8, 8]
        architecture.hidden = 8
        return architecture
    }()

    static let description = ModelDescription(
        name: "small", version: "1", architecture: architecture,
        scale: FeatureScale(
            means: FocusFeatures.names.map { _ in 0 }, deviations: FocusFeatures.names.map { _ in 1 }),
        tracers: TracerCodes(trained: [.f18FDG, .ga68PSMA11]), calibration: .init(),
        operatingPoints: .init(everywhere: 0.5),
        training: .init(command: "test", data: ["nobody"], samples: 0), weights: .init(sha256: ""))

    static let weights = SafeTensors(architecture.network(tracers: description.tracers.count).start(seed: 1))
}
