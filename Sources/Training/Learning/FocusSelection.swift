import NeuralNetwork

/// Which foci are learnt from in an epoch.
struct FocusSelection {
    /// A focus of a patient.
    struct Item {
        let patient: Int
        let focus: Int
    }

    private let patients: [TrainingPatient]
    private let plan: TrainingPlan

    init(_ patients: [TrainingPatient], plan: TrainingPlan) { (self.patients, self.plan) = (patients, plan) }

    /// The foci of an epoch, shuffled: of each patient some that are disease and some that are not, others each time.
    func items(epoch: Int) -> [Item] {
        var random = SplitMix64(seed: plan.seed, stream: "selection/\(epoch)")
        var items: [Item] = []
        for (index, patient) in patients.enumerated() {
            let known = patient.labels.indices.filter {
                patient.labels[$0].suspicious != nil || patient.labels[$0].location != nil
            }
            let suspicious = known.filter { patient.labels[$0].suspicious == true }.shuffled(using: &random)
            let others = known.filter { patient.labels[$0].suspicious != true }.shuffled(using: &random)
            let chosen = suspicious.prefix(plan.suspiciousFoci) + others.prefix(plan.benignFoci)
            items += chosen.map { Item(patient: index, focus: $0) }
        }
        return items.shuffled(using: &random)
    }
}
