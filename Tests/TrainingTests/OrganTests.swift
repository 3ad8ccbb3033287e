import Classification
import Foundation
import Imaging
import NeuralNetwork
import Phantom
import Testing

import Training

/// The map of the organs: what it sees, what it is told, and that it learns.
@Suite struct OrganTests {
    private static let study = CohortStudy(Cohort(count: 1, seed: 4100, tracers: [.ga68PSMA11]).members[0].study)
    private static let patient = OrganPatient(study)
    private static let size = OrganGrid.size

    private func filled(_ change: OrganGrid.Change) -> [Float] {
        var numbers = [Float](repeating: .nan, count: Self.size.count * OrganGrid.channels)
        numbers.withUnsafeMutableBufferPointer { Self.patient.grid.fill($0, change) }
        return numbers
    }

    private func index(_ x: Int, _ y: Int, _ z: Int) -> Int { (z * Self.size.y + y) * Self.size.x + x }

    @Test func mostCubesOfTheBodyHaveTheOrganThatWasDrawn() throws {
        let labels = Self.patient.labels
        #expect(labels.count == Self.size.count)
        let known = labels.compactMap { $0 }
        #expect(Set(known).count > 40, "organs on the grid")
        // The liver's cubes amount to its volume.
        let liver = try #require(LocationClasses.index(.liver, .midline).map(UInt8.init))
        let drawn = try #require(Self.study.truth.sites.first { $0.location == .liver && !$0.suspicious }).volumeMl
        let volume = Double(known.count { $0 == liver }) * pow(OrganGrid.spacing, 3) / 1000
        #expect(abs(volume / drawn - 1) < 0.15, "\(volume) of \(drawn) ml")
        #expect(known.contains(UInt8(OrganGrid.outside)))
    }

    @Test func aMirroredGridHasMirroredLabels() {
        var change = OrganGrid.Change()
        change.isMirrored = true
        let (plain, mirrored) = (filled(OrganGrid.Change()), filled(change))
        for (x, y, z) in [(3, 20, 40), (20, 18, 50), (30, 25, 11)] {
            let (a, b) = (index(x, y, z), index(Self.size.x - 1 - x, y, z))
            for channel in 0..<OrganGrid.channels {
                #expect(plain[a * OrganGrid.channels + channel] == mirrored[b * OrganGrid.channels + channel])
            }
        }
        var (sided, swapped) = (0, 0)
        for cube in Self.patient.labels.indices {
            let x = cube % Self.size.x
            let other = cube - x + Self.size.x - 1 - x
            guard let label = Self.patient.label(cube, change), let own = Self.patient.labels[other] else { continue }
            guard label < OrganGrid.outside, LocationClasses.all[label].side != nil else { continue }
            sided += 1
            swapped += LocationClasses.all[label].side != LocationClasses.all[Int(own)].side ? 1 : 0
        }
        #expect(sided > 500 && swapped == sided)
    }

    @Test func whatIsCutOffIsNeitherSeenNorAskedFor() {
        var change = OrganGrid.Change()
        change.height = 30
        let numbers = filled(change)
        #expect(numbers[(index(0, 0, 30) * OrganGrid.channels)...].allSatisfy { $0 == 0 })
        let end = index(0, 0, 30) * OrganGrid.channels
        #expect(numbers[..<end] == filled(OrganGrid.Change())[..<end])
        #expect(Self.patient.label(index(24, 20, 30), change) == nil)
        #expect(Self.patient.label(index(24, 20, 29), change) != nil)
    }

    @Test func withoutCTThereIsNone() {
        var change = OrganGrid.Change()
        change.hidesCT = true
        let numbers = filled(change)
        for channel in 2...4 {
            #expect(stride(from: channel, to: numbers.count, by: OrganGrid.channels).allSatisfy { numbers[$0] == 0 })
        }
    }

    @Test func theGradientIsThatOfTheLoss() {
        let loss = OrganLoss([Self.patient])
        var random = SplitMix64(seed: 5)
        let shape = [1, Self.size.z, Self.size.y, Self.size.x, OrganGrid.classes]
        let cube = Self.patient.labels.firstIndex { $0 != nil && $0! < OrganGrid.outside }!
        let row = cube * OrganGrid.classes..<(cube + 1) * OrganGrid.classes
        var numbers = [Float](repeating: 0, count: Self.size.count * OrganGrid.classes)
        for entry in row { numbers[entry] = Float(random.normal()) }
        func made(_ entry: Int, _ step: Float) -> Loss {
            var changed = numbers
            changed[entry] += step
            return loss(Tensor(shape, changed), Self.patient, OrganGrid.Change())
        }
        let gradient = made(row.lowerBound, 0).gradient.values
        let own = row.lowerBound + Int(Self.patient.labels[cube]!)
        for entry in [own, own == row.lowerBound ? own + 1 : row.lowerBound] {
            // A step of 0.1 each way: the third derivative adds less than a percent.
            let slope = (made(entry, 0.1).value - made(entry, -0.1).value) / 0.2
            #expect(abs(slope / Double(gradient[entry]) - 1) < 0.02, "\(slope) for \(gradient[entry])")
        }
    }

    @Test func itLearnsAndGoesOnWhereItWasStopped() throws {
        let scratch = NSTemporaryDirectory() + "uptake-organs-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        let other = OrganPatient(
            CohortStudy(Cohort(count: 1, seed: 4200, tracers: [.f18FDG]).members[0].study))
        func train(_ name: String, _ epochs: Int, then: (Int) -> Void = { _ in }) throws -> [OrganTraining.Epoch] {
            var done: [OrganTraining.Epoch] = []
            let training = try OrganTraining(
                patients: [Self.patient, other], validators: [Self.patient], epochs: epochs, seed: 3,
                folder: scratch + "/" + name, account: "a test")
            try training.run { _, _, _ in
            } epoch: { epoch in
                done.append(epoch)
                then(epoch.number)
            }
            return done
        }
        // What the folder held after the first epoch is what a training that was killed then leaves behind.
        let whole = try train("whole", 3) { number in
            guard number == 1 else { return }
            try? FileManager.default.copyItem(atPath: scratch + "/whole", toPath: scratch + "/stopped")
        }
        #expect(whole.map(\.number) == [1, 2, 3])
        #expect(whole[2].loss < whole[0].loss)
        #expect((0...1).contains(whole[2].score.right))
        #expect(try train("stopped", 3).map(\.number) == [2, 3])
        func weights(_ name: String) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: scratch + "/" + name + "/organs.safetensors"))
        }
        #expect(try weights("stopped") == weights("whole"), "to the last bit")
        #expect(try OrganMap(path: scratch + "/whole/organs.safetensors").account == "a test")
        // All of it is done: nothing is learnt twice, and another plan does not go on with it.
        #expect(try train("whole", 3).isEmpty)
        #expect(throws: TrainingError.self) { try train("whole", 4) }
    }

    @Test func aScoreCountsWhatIsRight() {
        var score = OrganScore()
        var numbers = [Float](repeating: 0, count: Self.size.count * OrganGrid.classes)
        for (cube, label) in Self.patient.labels.enumerated() {
            numbers[cube * OrganGrid.classes + Int(label ?? 0)] = 1
        }
        let shape = [1, Self.size.z, Self.size.y, Self.size.x, OrganGrid.classes]
        score.add(Tensor(shape, numbers), Self.patient)
        #expect(score.right == 1)
        #expect(score.dice(LocationClasses.index(.liver, .midline)!) == 1)
        let absent = (0..<OrganGrid.outside).first { index in !Self.patient.labels.contains(UInt8(index)) }!
        #expect(score.dice(absent) == nil)
    }
}
