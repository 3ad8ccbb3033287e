import Anatomy

/// The classes that a network tells locations apart by: every location, those of both sides of the body once for each.
public struct LocationClasses: Sendable, Equatable {
    /// A location with its side where there is one of it on each.
    public struct Class: Sendable, Hashable {
        /// Where.
        public let location: AnatomicalLocation
        /// On which side; nil for what there is one of.
        public let side: Laterality?

        /// The name in `model.json`, such as `bone.rib/left`.
        public var name: String { side.map { "\(location.id)/\($0.rawValue)" } ?? location.id }
    }

    /// The classes in order.
    public static let all: [Class] = AnatomicalLocation.allCases.flatMap { location in
        location.isPaired
            ? [Class(location: location, side: .left), Class(location: location, side: .right)]
            : [Class(location: location, side: nil)]
    }

    /// The class of each name.
    public static let names = all.map(\.name)

    private static let indices = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
    private static let locations = AnatomicalLocation.allCases

    /// The class of a location.
    /// - Parameter side: left or right for what there is one of on each side.
    public static func index(_ location: AnatomicalLocation, _ side: Laterality) -> Int? {
        indices[Class(location: location, side: location.isPaired ? side : nil)]
    }

    /// The site of each class, counted from 0.
    public static let sites = all.map { locations.firstIndex(of: $0.location)! }
    /// The kind of tissue of each class, counted from 0.
    public static let groups = all.map { AnatomicalLocation.Group.allCases.firstIndex(of: $0.location.group)! }

    /// The class of the other side.
    public static let mirrored: [Int] = all.map { own in
        guard let side = own.side else { return indices[own]! }
        return indices[Class(location: own.location, side: side == .left ? .right : .left)]!
    }

    /// The most probable location with its probability, and the more probable of its sides.
    /// - Parameter probabilities: of each class.
    static func best(_ probabilities: [Double]) -> (
        location: AnatomicalLocation, side: Laterality?, probability: Double
    ) {
        var sums = [Double](repeating: 0, count: locations.count)
        for (index, probability) in probabilities.enumerated() { sums[sites[index]] += probability }
        let site = sums.indices.max { sums[$0] < sums[$1] }!
        let own = all.indices.filter { sites[$0] == site }.max { probabilities[$0] < probabilities[$1] }!
        return (locations[site], all[own].side, sums[site])
    }
}
