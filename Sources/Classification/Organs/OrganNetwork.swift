import NeuralNetwork

/// The shape of the network that names the organ in each cube of a scan: a U-Net (Ronneberger et al. 2015).
///
/// In goes N×D×H×W×5 (`OrganGrid.fill`), out come logits N×D×H×W of `OrganGrid.classes`. Each level halves the grid, works,
/// and doubles it again beside what it came from; group normalisation and SiLU after each convolution.
public struct OrganNetwork: Sendable, Equatable, Codable {
    /// Channels of the four levels, from the finest on.
    public var widths = [16, 32, 48, 64]
    /// Channels of the last convolution.
    public var last = 24

    /// The shipped shape.
    public init() {}

    /// What the names of its weights begin with.
    static let prefix = "organs."

    /// Puts the network together.
    package var network: Network {
        let deepest = layer("down3", widths[2], widths[3], stride: 2) + layer("deepest", widths[3], widths[3])
        let third =
            layer("down2", widths[1], widths[2], stride: 2) + layer("third", widths[2], widths[2])
            + [Concatenating(deepest + [Upsampling()])] + layer("up2", widths[2] + widths[3], widths[2])
        let second =
            layer("down1", widths[0], widths[1], stride: 2) + layer("second", widths[1], widths[1])
            + [Concatenating(third + [Upsampling()])] + layer("up1", widths[1] + widths[2], widths[1])
        let first =
            layer("stem", OrganGrid.channels, widths[0], isData: true) + [Concatenating(second + [Upsampling()])]
            + layer("up0", widths[0] + widths[1], last)
        let answer = Convolution(
            Self.prefix + "answer", inputs: last, outputs: OrganGrid.classes, kernel: .cube(1), padding: .cube(0))
        return Network(branches: [first], trunk: [], heads: [[answer]])
    }

    private func layer(
        _ name: String, _ inputs: Int, _ outputs: Int, stride: Int = 1, isData: Bool = false
    ) -> [any Layer] {
        let name = Self.prefix + name
        return [
            Convolution(name, inputs: inputs, outputs: outputs, stride: .cube(stride), passesGradient: !isData),
            GroupNormalisation("\(name).norm", channels: outputs, groups: outputs / 8), Activation.silu,
        ]
    }

    /// What is wrong with the shape; nil if nothing.
    var fault: String? {
        guard widths.count == 4 else { return "the depth of its organ map" }
        guard (widths + [last]).allSatisfy({ $0 % 8 == 0 && (8...256).contains($0) }) else {
            return "the widths of its organ map"
        }
        return nil
    }
}
