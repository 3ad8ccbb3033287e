import NeuralNetwork

/// The shape of the network that judges foci.
///
/// Its inputs: the near patch (10 cm) and the wide one (36 cm), side³ voxels of `patchChannels`; the overview of the body
/// with the focus marked on it; the focus's figures; the tracer's code; and, for a network that is told, in what organ the map
/// says the focus lies (`OrganShares`). Each image goes through a convolution and residual
/// blocks that halve it (He et al. 2016), group normalisation and SiLU between, to one vector; the vectors, side by side,
/// through one hidden layer to two answers: the logit of suspicion, and one logit for each of `LocationClasses`.
public struct FocusNetwork: Sendable, Equatable, Codable {
    /// Channels of the first convolution of a patch.
    public var stem = 16
    /// Step of the first convolution of every image: 2 halves it at once, where most of the work is.
    public var stemStep = 1
    /// Channels of the blocks of a patch, each half the size of the one before.
    public var blocks = [32, 48, 64]
    /// Channels of the first convolution and of the blocks of the overview.
    public var overview = [8, 16, 32]
    /// Whether it is told what organ a focus lies in.
    public var seesOrgans = false
    /// Numbers that stand for a tracer.
    public var tracerSize = 4
    /// Hidden units.
    public var hidden = 128
    /// Share of the joined vector and of the hidden units dropped in training.
    public var dropout: Float = 0.3

    /// The shipped shape.
    public init() {}

    /// Half as wide, each image halved at once: learns in a fraction of the time, for experiments of many trainings.
    public static var small: FocusNetwork {
        var small = FocusNetwork()
        (small.stem, small.stemStep, small.hidden) = (8, 2, 64)
        (small.blocks, small.overview) = ([16, 24, 32], [8, 8, 16])
        return small
    }

    /// Voxels along each edge of a patch.
    public static let side = 20
    /// Channels of a patch: uptake over the reference, uptake, soft tissue, density, whether there is CT, the focus.
    public static let patchChannels = 6
    /// Channels of the overview: uptake over the reference, uptake, density, whether there is CT, the place of the focus.
    public static let overviewChannels = 5

    /// Puts the network together.
    /// - Parameter tracers: how many codes there are.
    public func network(tracers: Int) -> Network {
        let organs = seesOrgans ? OrganGrid.classes : 0
        let joined = 2 * blocks.last! + overview.last! + FocusFeatures.names.count + tracerSize + organs
        return Network(
            branches: [
                branch("near", inputs: Self.patchChannels, stem: stem, blocks: blocks),
                branch("wide", inputs: Self.patchChannels, stem: stem, blocks: blocks),
                branch(
                    "overview", inputs: Self.overviewChannels, stem: overview[0], blocks: Array(overview.dropFirst())),
                [],
                [Embedding("tracer", codes: tracers, size: tracerSize)],
            ] + (seesOrgans ? [[]] : []),
            trunk: [
                Dropout("drop.joined", rate: dropout / 2), Dense("hidden", inputs: joined, outputs: hidden),
                Activation.silu, Dropout("drop.hidden", rate: dropout),
            ],
            heads: [
                [Dense("suspicion", inputs: hidden, outputs: 1, gain: 1)],
                [Dense("location", inputs: hidden, outputs: LocationClasses.all.count, gain: 1)],
            ])
    }

    private func branch(_ name: String, inputs: Int, stem: Int, blocks: [Int]) -> [any Layer] {
        var layers: [any Layer] = [
            Convolution(
                "\(name).stem", inputs: inputs, outputs: stem, stride: .cube(stemStep), passesGradient: false)
        ]
        var width = stem
        for (index, next) in blocks.enumerated() {
            layers.append(Self.block("\(name).block\(index + 1)", width, next))
            width = next
        }
        return layers + [Self.normalisation("\(name).norm", width), Activation.silu, GlobalAveragePooling()]
    }

    /// Two convolutions, each after a normalisation and an activation; the first halves the size.
    private static func block(_ name: String, _ inputs: Int, _ outputs: Int) -> any Layer {
        Residual(
            [
                normalisation("\(name).norm1", inputs), Activation.silu,
                Convolution("\(name).conv1", inputs: inputs, outputs: outputs, stride: .cube(2)),
                normalisation("\(name).norm2", outputs), Activation.silu,
                Convolution("\(name).conv2", inputs: outputs, outputs: outputs),
            ],
            shortcut: [
                Convolution(
                    "\(name).short", inputs: inputs, outputs: outputs, kernel: .cube(1), stride: .cube(2),
                    padding: .cube(0))
            ])
    }

    private static func normalisation(_ name: String, _ channels: Int) -> GroupNormalisation {
        GroupNormalisation(name, channels: channels, groups: channels / 8)
    }

    /// What is wrong with the shape; nil if nothing.
    var fault: String? {
        let widths = [stem] + blocks + overview
        guard !blocks.isEmpty, blocks.count <= 4, (2...4).contains(overview.count) else { return "its depth" }
        guard widths.allSatisfy({ $0 % 8 == 0 && (8...512).contains($0) }) else { return "its widths" }
        guard (1...2).contains(stemStep) else { return "its step" }
        guard (1...64).contains(tracerSize), (1...4096).contains(hidden), (0..<1).contains(dropout) else {
            return "its size"
        }
        return nil
    }
}
