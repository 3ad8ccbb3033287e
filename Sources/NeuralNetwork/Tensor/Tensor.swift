/// Numbers in a box of any number of axes, in row-major order: the last axis runs fastest in memory.
///
/// Shapes used here:
/// - feature volumes N×D×H×W×C: samples, slices, rows, columns, channels — **channels last**, the order in which
///   convolutions are fastest (docs/decisions/0020-convolution.md);
/// - feature vectors N×C;
/// - convolution weights O×I×D×H×W and dense weights O×I: outputs, inputs, kernel — the order of PyTorch, so that weights
///   files can be exchanged.
///
/// A tensor is a value: a copy shares memory until one of the two is changed.
public struct Tensor: Sendable {
    /// Size along each axis.
    public private(set) var shape: [Int]
    private var storage: TensorStorage

    /// Makes a tensor whose numbers the caller sets before any is read.
    package init(uninitialized shape: [Int]) {
        self.shape = shape
        storage = TensorStorage(count: shape.reduce(1, *))
    }

    /// Makes a tensor filled with one number.
    public init(_ shape: [Int], repeating value: Float = 0) {
        self.init(uninitialized: shape)
        storage.start.initialize(repeating: value, count: count)
    }

    /// Makes a tensor of the given numbers, last axis fastest.
    /// - Precondition: as many numbers as the shape asks for.
    public init(_ shape: [Int], _ values: some Collection<Float>) {
        self.init(uninitialized: shape)
        precondition(values.count == count, "\(values.count) numbers do not fill a tensor of \(shape)")
        _ = UnsafeMutableBufferPointer(start: storage.start, count: count).initialize(from: values)
    }

    /// How many numbers.
    public var count: Int { storage.count }

    /// Size along the last axis: how many channels.
    public var channels: Int { shape.last ?? 1 }

    /// Size along the first axis: how many samples.
    public var samples: Int { shape.first ?? 1 }

    /// Size of a feature volume N×D×H×W×C.
    public var extent: Extent {
        precondition(shape.count == 5, "a tensor of \(shape) is not a feature volume")
        return Extent(shape[1], shape[2], shape[3])
    }

    /// The numbers, last axis fastest.
    public var values: [Float] { withUnsafeBuffer { Array($0) } }

    /// The same numbers seen in another shape of the same count.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "a tensor of \(self.shape) cannot be seen as \(shape)")
        var result = self
        result.shape = shape
        return result
    }

    /// Reads the numbers in place.
    public func withUnsafeBuffer<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(start: storage.start, count: count))
    }

    /// Changes the numbers in place; they are copied first where another tensor shares them.
    public mutating func withUnsafeMutableBuffer<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        if !isKnownUniquelyReferenced(&storage) {
            let own = TensorStorage(count: count)
            own.start.initialize(from: storage.start, count: count)
            storage = own
        }
        return try body(UnsafeMutableBufferPointer(start: storage.start, count: count))
    }

    /// Memory for a library that takes a mutable pointer and only reads.
    /// - Warning: valid while this tensor is kept alive by the caller (`withExtendedLifetime`).
    var readOnly: UnsafeMutablePointer<Float> { storage.start }
}

extension Tensor: Equatable {
    /// Same shape and same numbers.
    public static func == (left: Tensor, right: Tensor) -> Bool {
        left.shape == right.shape
            && left.withUnsafeBuffer { left in right.withUnsafeBuffer { left.elementsEqual($0) } }
    }
}
