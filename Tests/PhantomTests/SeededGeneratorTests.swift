import Phantom
import Testing

@Suite struct SeededGeneratorTests {
    @Test func streamsRepeatAndDiffer() {
        func draws(_ seed: UInt64, _ stream: String) -> [UInt64] {
            var random = SeededGenerator(seed: seed, stream: stream)
            return (0..<8).map { _ in random.next() }
        }
        #expect(draws(7, "liver") == draws(7, "liver"))
        #expect(draws(7, "liver") != draws(7, "spleen"))
        #expect(draws(7, "liver") != draws(8, "liver"))
        // A shifted copy would share all but one draw.
        #expect(Set(draws(7, "liver")).isDisjoint(with: draws(8, "liver")))
    }

    @Test func normalAndLogNormalKeepTheirMoments() {
        var random = SeededGenerator(seed: 1)
        let count = 20_000
        let normal = (0..<count).map { _ in random.normal(mean: 3, sd: 2) }
        let logNormal = (0..<count).map { _ in random.logNormal(mean: 14.6, sd: 6, limit: 6) }
        func moments(_ values: [Double]) -> (mean: Double, sd: Double) {
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
            return (mean, variance.squareRoot())
        }
        #expect(abs(moments(normal).mean - 3) < 0.06)
        #expect(abs(moments(normal).sd - 2) < 0.05)
        #expect(abs(moments(logNormal).mean - 14.6) < 0.3)
        #expect(abs(moments(logNormal).sd - 6) < 0.4)
    }

    @Test func choiceFollowsItsWeights() {
        var random = SeededGenerator(seed: 2)
        var counts = [0, 0, 0]
        for _ in 0..<9000 { counts[random.choice(weights: [1, 0, 2])] += 1 }
        #expect(counts[1] == 0)
        #expect(abs(counts[0] - 3000) < 200)
    }
}
