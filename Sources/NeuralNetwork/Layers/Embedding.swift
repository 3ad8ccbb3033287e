/// A learnt vector for each of a few codes, such as a tracer's.
///
/// Input N×1: the code of each sample, a whole number from 0 as Float; output N×C: row `code` of `name.weight` (codes×C).
/// Codes pass no gradient.
public struct Embedding: Layer {
    private let name: String
    private let codes: Int
    private let size: Int

    /// Describes the layer.
    /// - Parameters:
    ///   - codes: how many codes there are.
    ///   - size: how many numbers stand for one.
    public init(_ name: String, codes: Int, size: Int) {
        self.name = name
        self.codes = codes
        self.size = size
    }

    public var parameters: [ParameterDeclaration] {
        [ParameterDeclaration(name: "\(name).weight", shape: [codes, size], start: .kaiming(fanIn: 1, gain: 1))]
    }

    public func forward(_ input: Tensor, _ run: Run) -> (output: Tensor, pullback: Pullback) {
        precondition(input.channels == 1, "\(name) got \(input.shape), not one code for each sample")
        let rows = input.values.map { value in
            precondition(value >= 0 && value < Float(codes) && value == value.rounded(), "\(name): no code \(value)")
            return Int(value)
        }
        let weight = run.parameters["\(name).weight"].values
        let output = Tensor([rows.count, size], rows.flatMap { weight[$0 * size..<($0 + 1) * size] })
        return (
            output,
            { gradient, gradients in
                var sum = Tensor([codes, size])
                sum.withUnsafeMutableBuffer { sum in
                    gradient.withUnsafeBuffer { gradient in
                        for (sample, row) in rows.enumerated() {
                            for index in 0..<size { sum[row * size + index] += gradient[sample * size + index] }
                        }
                    }
                }
                gradients.add(sum, to: "\(name).weight")
                return Tensor(input.shape)
            }
        )
    }
}
