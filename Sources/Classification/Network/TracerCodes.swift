import Imaging

/// The numbers under which a network knows tracers.
///
/// 0 is any tracer, for networks that are not told; 1 any PSMA ligand, 2 any glucose analogue, for those it was not trained
/// on; then the tracers it was trained on.
public struct TracerCodes: Sendable, Equatable, Codable {
    /// The tracers with a number of their own, in order.
    public let trained: [Tracer]

    /// Numbers tracers.
    public init(trained: [Tracer]) { self.trained = trained }

    /// How many numbers.
    public var count: Int { 3 + trained.count }

    /// The number of any tracer.
    public static let any = 0

    /// The number of a tracer's class.
    public static func ofClass(_ tracer: Tracer) -> Int { tracer.target == .psma ? 1 : 2 }

    /// The number of a tracer.
    public subscript(tracer: Tracer) -> Int {
        trained.firstIndex(of: tracer).map { 3 + $0 } ?? Self.ofClass(tracer)
    }
}
