import NeuralNetwork

/// Which foci are learnt from in an epoch.
package struct FocusSelection {
    /// A focus of a patient.
    package struct Item: Hashable {
        package let patient: Int
        package let focus: Int
    }

    private let patients: [TrainingPatient]
    private let plan: TrainingPlan

    package init(_ patients: [TrainingPatient], plan: TrainingPlan) { (self.patients, self.plan) = (patients, plan) }

    /// The foci of an epoch, shuffled: of each patient some that are disease and some that are not, others each time.
    package func items(epoch: Int) -> [Item] {
        var random = SplitMix64(seed: plan.seed, stream: "selection/\(epoch)")
        let items = items(of: Array(patients.indices), &random)
        return (plan.balancesTargets ? balanced(items, &random) : items).shuffled(using: &random)
    }

    /// As many foci, of each target as many as of another: patients of a scarce one are met again, and some foci of a
    /// frequent one are left for another time.
    private func balanced(_ once: [Item], _ random: inout SplitMix64) -> [Item] {
        let targets = Dictionary(grouping: patients.indices) { patients[$0].view.tracer.target }
        let share = once.count / targets.count
        var chosen: [Item] = []
        for members in targets.values.sorted(by: { $0[0] < $1[0] }) {
            let known = Set(members)
            var own = once.filter { known.contains($0.patient) }
            while !own.isEmpty, own.count < share { own += items(of: members, &random) }
            chosen += own.shuffled(using: &random).prefix(share)
        }
        return chosen
    }

    private func items(of members: [Int], _ random: inout SplitMix64) -> [Item] {
        var items: [Item] = []
        for index in members {
            let patient = patients[index]
            let known = patient.labels.indices.filter {
                patient.labels[$0].suspicious != nil || patient.labels[$0].location != nil
            }
            let suspicious = known.filter { patient.labels[$0].suspicious == true }.shuffled(using: &random)
            let others = known.filter { patient.labels[$0].suspicious != true }.shuffled(using: &random)
            let chosen = suspicious.prefix(plan.suspiciousFoci) + others.prefix(plan.benignFoci)
            items += chosen.map { Item(patient: index, focus: $0) }
        }
        return items
    }
}
