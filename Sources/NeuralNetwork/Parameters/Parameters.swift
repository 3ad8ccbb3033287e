/// Named tensors in a fixed order: the weights of a network, their gradients, or an optimiser's memory of them.
public struct Parameters: Sendable, Equatable {
    /// The names in order.
    public let names: [String]
    /// The tensors in the order of the names.
    public private(set) var tensors: [Tensor]
    private let positions: [String: Int]

    /// Gathers tensors under their names.
    /// - Precondition: no name twice.
    public init(_ named: [(name: String, tensor: Tensor)]) {
        names = named.map(\.name)
        tensors = named.map(\.tensor)
        positions = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    }

    /// The tensors with their names, in order.
    public var named: [(name: String, tensor: Tensor)] { zip(names, tensors).map { (name: $0, tensor: $1) } }

    /// How many numbers in all.
    public var count: Int { tensors.reduce(0) { $0 + $1.count } }

    /// The tensor of a name.
    /// - Precondition: the name is one of `names`.
    public subscript(name: String) -> Tensor {
        get { tensors[position(name)] }
        set {
            precondition(newValue.shape == self[name].shape, "\(name) has the shape \(self[name].shape)")
            tensors[position(name)] = newValue
        }
    }

    /// Whether there is a tensor of this name.
    public func contains(_ name: String) -> Bool { positions[name] != nil }

    /// Zeros of the same names and shapes.
    public func zeros() -> Parameters {
        var result = self
        result.tensors = tensors.map { Tensor($0.shape) }
        return result
    }

    /// Adds to one tensor.
    public mutating func add(_ tensor: Tensor, to name: String) {
        tensors[position(name)].add(tensor)
    }

    /// Adds all tensors of another set of the same names.
    public mutating func add(_ other: Parameters, times factor: Float = 1) {
        for index in tensors.indices { tensors[index].add(other.tensors[index], times: factor) }
    }

    /// Multiplies every number.
    public mutating func scale(by factor: Float) {
        for index in tensors.indices { tensors[index].scale(by: factor) }
    }

    /// Length of all the numbers seen as one vector.
    public var norm: Double { tensors.reduce(0) { $0 + $1.sumOfSquares }.squareRoot() }

    /// Shortens the vector of all numbers to `limit` where it is longer: each number times limit / (norm + 10⁻⁶).
    /// - Returns: the length before.
    @discardableResult
    public mutating func clip(toNorm limit: Double) -> Double {
        let norm = norm
        let factor = limit / (norm + 1e-6)
        if factor < 1 { scale(by: Float(factor)) }
        return norm
    }

    /// Changes the tensor at a position of `names` in place.
    mutating func update(_ index: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        tensors[index].withUnsafeMutableBuffer(body)
    }

    private func position(_ name: String) -> Int {
        guard let position = positions[name] else { preconditionFailure("no parameter \(name) among \(names)") }
        return position
    }
}
