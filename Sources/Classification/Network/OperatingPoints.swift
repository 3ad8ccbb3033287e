import Anatomy
import Foundation

/// The probability from which a focus is suspicious, for each group of locations.
///
/// One point for all would be chosen by the many foci of organs; of nodes and bones one focus more or less changes the stage,
/// and their probabilities have other ranges.
public struct OperatingPoints: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Organs and other soft tissue.
    public var organ: Double
    /// Lymph nodes.
    public var lymphNode: Double
    /// Bones.
    public var bone: Double

    /// Gathers points.
    public init(organ: Double, lymphNode: Double, bone: Double) {
        (self.organ, self.lymphNode, self.bone) = (organ, lymphNode, bone)
    }

    /// The same point everywhere.
    public init(everywhere point: Double) { self.init(organ: point, lymphNode: point, bone: point) }

    /// The point of a group.
    public subscript(_ group: AnatomicalLocation.Group) -> Double {
        get {
            switch group {
            case .organ: organ
            case .lymphNode: lymphNode
            case .bone: bone
            }
        }
        set {
            switch group {
            case .organ: organ = newValue
            case .lymphNode: lymphNode = newValue
            case .bone: bone = newValue
            }
        }
    }

    /// Whether a focus at a location is suspicious.
    public func isSuspicious(_ probability: Double, at location: AnatomicalLocation) -> Bool {
        probability >= self[location.group]
    }

    /// In words, such as "nodes 0.310, bones 0.550, organs 0.420".
    public var description: String {
        String(format: "nodes %.3f, bones %.3f, organs %.3f", lymphNode, bone, organ)
    }

    /// Whether all are probabilities.
    var isSound: Bool { [organ, lymphNode, bone].allSatisfy((0...1).contains) }
}
