import Classification
import Foundation
import NeuralNetwork

extension OrganGrid.Change {
    /// At random: half of them mirrored, a third with the CT up to 24 mm aside, a seventh without, an eighth by their
    /// lower part alone.
    init(_ random: inout SplitMix64) {
        self.init()
        isMirrored = random.uniform() < 0.5
        calibration = Float(exp(0.2 * random.normal()))
        hidesCT = random.uniform() < 0.15
        if random.uniform() < 0.3 {
            func cubes() -> Int { Int(random.next() % 5) - 2 }
            offsetOfCT = (cubes(), cubes(), cubes())
        }
        if random.uniform() < 0.125 { height = Int(Double(height) * (0.2 + 0.5 * random.uniform())) }
    }
}
