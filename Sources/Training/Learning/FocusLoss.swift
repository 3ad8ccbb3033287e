import Anatomy
import Classification
import NeuralNetwork

/// The loss of the network of foci: cross-entropy of suspicion and of the location's group, site and side; what a label does
/// not know counts nothing.
package struct FocusLoss: Sendable {
    private let location: CategoricalCrossEntropy
    private let locationWeight: Float

    /// - Parameter patients: those learnt from: rare locations count for more.
    package init(_ patients: [TrainingPatient], locationWeight: Float) {
        var counts = [Double](repeating: 0, count: LocationClasses.all.count)
        for label in patients.flatMap(\.labels) {
            if let index = Self.place(label, isMirrored: false)?.class { counts[index] += 1 }
        }
        let present = counts.filter { $0 > 0 }
        let mean = present.reduce(0, +) / Double(max(present.count, 1))
        let weights = counts.map { Float(min(max((mean / max($0, 1)).squareRoot(), 0.4), 3)) }
        location = CategoricalCrossEntropy([
            CategoricalCrossEntropy.Level(groups: LocationClasses.groups, weight: 0.3),
            CategoricalCrossEntropy.Level(groups: LocationClasses.sites, weight: 0.5),
            .classes(LocationClasses.all.count, weight: 0.5, classWeights: weights),
        ])
        self.locationWeight = locationWeight
    }

    /// What a label knows of where: kind of tissue, site, and class, which is that of one side. Of a paired location whose side
    /// nobody has said there is no class. Nil where the location is not known.
    package static func place(_ label: FocusLabel, isMirrored: Bool) -> (group: Int, site: Int, class: Int?)? {
        guard let location = label.location else { return nil }
        let own = LocationClasses.index(location, label.laterality ?? .midline)
        guard let any = own ?? LocationClasses.index(location, .left) else { return nil }
        let seen = own.map { isMirrored ? LocationClasses.mirrored[$0] : $0 }
        return (LocationClasses.groups[any], LocationClasses.sites[any], seen)
    }

    /// The truth of a batch.
    package struct Targets: Sendable {
        /// Whether each is disease, and how much that counts.
        let suspicion: Tensor
        package let weights: Tensor
        /// For each level the truth of each, and how much it counts.
        package let locations: [[Int?]]
        let locationWeights: [Float]
        let suspicionDivisor: Double
        let locationDivisor: Double
    }

    /// The truth of some labels.
    package func targets(_ labels: [(label: FocusLabel, isMirrored: Bool)]) -> Targets {
        let places = labels.map { Self.place($0.label, isMirrored: $0.isMirrored) }
        let locations = [places.map { $0?.group }, places.map { $0?.site }, places.map { $0?.class }]
        let weights = labels.map { $0.label.suspicious == nil ? Float(0) : 1 }
        // Where a lesion lies is what the stage hangs on, and there are few of them.
        let locationWeights = labels.map { $0.label.suspicious == true ? Float(3) : 1 }
        return Targets(
            suspicion: Tensor([labels.count, 1], labels.map { $0.label.suspicious == true ? 1 : 0 }),
            weights: Tensor([labels.count, 1], weights), locations: locations,
            locationWeights: locationWeights, suspicionDivisor: max(Double(weights.reduce(0, +)), 1),
            locationDivisor: max(
                location.divisor(targets: locations, weights: locationWeights), 1e-6))
    }

    /// The losses of some of a batch's samples, suspicion first.
    func callAsFunction(_ outputs: [Tensor], _ targets: Targets, _ samples: Range<Int>) -> [Loss] {
        [
            BinaryCrossEntropy.loss(
                outputs[0], targets: targets.suspicion.samples(samples), weights: targets.weights.samples(samples),
                divisor: targets.suspicionDivisor),
            location.loss(
                outputs[1], targets: targets.locations.map { Array($0[samples]) },
                weights: Array(targets.locationWeights[samples]),
                divisor: targets.locationDivisor
            ).times(locationWeight),
        ]
    }
}
