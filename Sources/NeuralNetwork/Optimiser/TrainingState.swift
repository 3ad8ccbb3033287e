/// All that training changes from step to step: kept in a file, it lets training go on after a break as if there had been
/// none.
public struct TrainingState: Sendable {
    /// The weights.
    public private(set) var parameters: Parameters
    /// The optimiser's memory.
    public private(set) var optimiser: AdamW
    /// The averaged weights, which are the ones to use.
    public private(set) var average: MovingAverage

    /// Starts training with given weights.
    public init(_ parameters: Parameters, settings: AdamW.Settings = AdamW.Settings(), averageDecay: Double = 0.999) {
        self.parameters = parameters
        optimiser = AdamW(parameters, settings: settings)
        average = MovingAverage(parameters, decay: averageDecay)
    }

    /// Makes one step.
    /// - Parameters:
    ///   - gradients: of the loss, clipped already.
    ///   - rate: learning rate.
    public mutating func update(_ gradients: Parameters, rate: Double) {
        optimiser.update(&parameters, gradients: gradients, rate: rate)
        average.update(parameters)
    }

    /// The state as a weights file: each tensor four times, `weights/`, `first/`, `second/` and `average/` before its name.
    /// - Parameter metadata: what else is to be remembered, such as the epoch; names must not begin with `training.`.
    public func file(metadata: [String: String] = [:]) -> SafeTensors {
        var named: [(String, Tensor)] = []
        for (prefix, set) in parts {
            named += zip(set.names, set.tensors).map { ("\(prefix)/\($0)", $1) }
        }
        var all = metadata
        all["training.step"] = String(optimiser.step)
        all["training.averages"] = String(average.updates)
        return SafeTensors(Parameters(named), metadata: all)
    }

    /// Takes up the training that a file remembers.
    /// - Parameters:
    ///   - declarations: what the network learns; the file must hold exactly that.
    ///   - settings: the settings that the training had.
    public init(
        _ file: SafeTensors, for declarations: [ParameterDeclaration], settings: AdamW.Settings = AdamW.Settings(),
        averageDecay: Double = 0.999
    ) throws(SafeTensorsError) {
        func count(_ name: String) throws(SafeTensorsError) -> Int {
            guard let value = file.metadata[name].flatMap({ Int($0) }), value >= 0 else {
                throw .mismatch("it does not say \(name)")
            }
            return value
        }
        let prefixed = ["weights", "first", "second", "average"].flatMap { prefix in
            declarations.map { ParameterDeclaration(name: "\(prefix)/\($0.name)", shape: $0.shape, start: $0.start) }
        }
        let tensors = try file.parameters(for: prefixed).tensors
        func part(_ index: Int) -> Parameters {
            Parameters(declarations.enumerated().map { ($1.name, tensors[index * declarations.count + $0]) })
        }
        parameters = part(0)
        optimiser = AdamW(settings: settings, step: try count("training.step"), first: part(1), second: part(2))
        average = MovingAverage(part(3), decay: averageDecay, updates: try count("training.averages"))
    }

    private var parts: [(String, Parameters)] {
        [
            ("weights", parameters), ("first", optimiser.first), ("second", optimiser.second),
            ("average", average.parameters),
        ]
    }
}
