import NeuralNetwork
import Testing

/// The losses against PyTorch in double precision, and what must hold of them anyway.
@Suite struct LossTests {
    @Test func `yes-or-no answers agree with PyTorch, masked ones too`() {
        let found = BinaryCrossEntropy.loss(
            Golden.tensor("binary/logits"), targets: Golden.tensor("binary/targets"),
            weights: Golden.tensor("binary/weights"), divisor: 2.5)
        #expect(abs(found.value - Double(Golden.tensor("binary/loss").values[0])) < 1e-6)
        #expect(distance(found.gradient, Golden.tensor("binary/gradient")) < 1e-6)
        #expect(Golden.tensor("binary/weights").values.contains(0))
    }

    @Test func `classes with weights agree with PyTorch, rows without a class left out`() {
        let targets = [truths("categorical/classes")]
        let loss = CategoricalCrossEntropy([.classes(5, classWeights: Golden.tensor("categorical/weights").values)])
        let ones = [Float](repeating: 1, count: 6)
        let divisor = loss.divisor(targets: targets, weights: ones)
        let found = loss.loss(Golden.tensor("categorical/logits"), targets: targets, weights: ones, divisor: divisor)
        #expect(abs(found.value - Double(Golden.tensor("categorical/loss").values[0])) < 1e-6)
        #expect(distance(found.gradient, Golden.tensor("categorical/gradient")) < 1e-6)
    }

    @Test func `two levels of classes agree with PyTorch`() {
        let loss = CategoricalCrossEntropy([
            .classes(5, weight: 0.5), .init(groups: [0, 0, 1, 2, 2], weight: 0.25),
        ])
        let found = loss.loss(
            Golden.tensor("hierarchy/logits"), targets: [truths("hierarchy/fine"), truths("hierarchy/coarse")],
            weights: Golden.tensor("hierarchy/rows").values, divisor: 3)
        #expect(abs(found.value - Double(Golden.tensor("hierarchy/loss").values[0])) < 1e-6)
        #expect(distance(found.gradient, Golden.tensor("hierarchy/gradient")) < 1e-6)
    }

    @Test func `a near miss costs less than a far one`() {
        let loss = CategoricalCrossEntropy([.classes(4), .init(groups: [0, 0, 1, 1])])
        func cost(_ guess: Int) -> Double {
            var logits = [Float](repeating: 0, count: 4)
            logits[guess] = 5
            return loss.loss(Tensor([1, 4], logits), targets: [[0], [0]], weights: [1], divisor: 1).value
        }
        #expect(cost(0) < cost(1))
        #expect(cost(1) < cost(2))
        #expect(cost(2) == cost(3))
    }

    @Test func `logits far beyond the range of exponentials give finite losses and gradients`() {
        let logits = Tensor([2, 3], [3e4, -3e4, 0, -3e4, 3e4, 3e4])
        let loss = CategoricalCrossEntropy([.classes(3), .init(groups: [0, 1, 1])])
        let far = loss.loss(logits, targets: [[1, 0], [1, 0]], weights: [1, 1], divisor: 2)
        // Row 0: 6·10⁴ for the class and 3·10⁴ for its group; row 1: 6·10⁴ + log 2 for each.
        #expect(abs(far.value - (6e4 + 3e4 + 12e4) / 2) < 2)
        #expect(far.gradient.isFinite)
        #expect(abs(far.gradient.values[1] + 0.5) < 1e-6 && abs(far.gradient.values[3] + 1) < 1e-6)
        let binary = BinaryCrossEntropy.loss(
            Tensor([2], [3e4, -3e4]), targets: Tensor([2], [0, 1]), weights: Tensor([2], repeating: 1), divisor: 2)
        #expect(binary.value == 3e4)
        #expect(binary.gradient.values == [0.5, -0.5])
    }

    @Test func `a loss counted twice has twice the value and the gradient`() {
        let once = BinaryCrossEntropy.loss(
            Tensor([2], [1, -2]), targets: Tensor([2], [0, 1]), weights: Tensor([2], repeating: 1), divisor: 2)
        let twice = once.times(2)
        #expect(twice.value == 2 * once.value)
        #expect(twice.gradient.values == once.gradient.values.map { 2 * $0 })
    }

    private func truths(_ name: String) -> [Int?] { Golden.tensor(name).values.map { $0 < 0 ? nil : Int($0) } }
}
