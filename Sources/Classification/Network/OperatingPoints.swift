import Anatomy
import Foundation

/// The probabilities from which foci are suspicious, for each group of locations.
///
/// One point for all would be chosen by the many foci of organs; of nodes and bones one focus more or less changes the stage,
/// and their probabilities have other ranges.
public struct OperatingPoints: Sendable, Equatable, Codable, CustomStringConvertible {
    /// The points of a group.
    public struct Point: Sendable, Equatable, Codable {
        /// From where on a focus is suspicious by itself. The patient's stage turns on it.
        public var first: Double
        /// From where on the others of the group are, once one of them is by itself: where there is one metastasis, what looks
        /// much like another is one more likely than not. No higher than `first`.
        public var further: Double

        /// Gathers points.
        public init(first: Double, further: Double) { (self.first, self.further) = (first, further) }

        /// The same for all.
        public init(_ point: Double) { self.init(first: point, further: point) }

        fileprivate var isSound: Bool { (0...1).contains(first) && (0...first).contains(further) }
    }

    /// Organs and other soft tissue.
    public var organ: Point
    /// Lymph nodes.
    public var lymphNode: Point
    /// Bones.
    public var bone: Point

    /// Gathers points.
    public init(organ: Point, lymphNode: Point, bone: Point) {
        (self.organ, self.lymphNode, self.bone) = (organ, lymphNode, bone)
    }

    /// The same point everywhere.
    public init(everywhere point: Double) {
        self.init(organ: Point(point), lymphNode: Point(point), bone: Point(point))
    }

    /// The points of a group.
    public subscript(_ group: AnatomicalLocation.Group) -> Point {
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

    /// The verdicts on a patient's foci, suspicious or not by their probabilities.
    public func judging(_ verdicts: [Verdict]) -> [Verdict] {
        var certain: Set<AnatomicalLocation.Group> = []
        for verdict in verdicts where verdict.suspiciousProbability >= self[verdict.location.group].first {
            certain.insert(verdict.location.group)
        }
        return verdicts.map { verdict in
            let (group, point) = (verdict.location.group, self[verdict.location.group])
            var judged = verdict
            judged.suspicious =
                verdict.suspiciousProbability >= (certain.contains(group) ? point.further : point.first)
            return judged
        }
    }

    /// In words, such as "nodes 0.510 then 0.310, bones 0.890 then 0.420, organs 0.420".
    public var description: String {
        func words(_ point: Point) -> String {
            let first = String(format: "%.3f", point.first)
            return point.further < point.first ? first + String(format: " then %.3f", point.further) : first
        }
        return "nodes \(words(lymphNode)), bones \(words(bone)), organs \(words(organ))"
    }

    /// Whether all are probabilities.
    var isSound: Bool { [organ, lymphNode, bone].allSatisfy(\.isSound) }
}
