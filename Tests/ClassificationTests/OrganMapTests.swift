import Anatomy
import Classification
import DICOM
import Detection
import Foundation
import Imaging
import NeuralNetwork
import Testing

/// The map of the organs as part of a model.
@Suite struct OrganMapTests {
    private static let shape: OrganNetwork = {
        var shape = OrganNetwork()
        (shape.widths, shape.last) = ([8, 8, 8, 8], 8)
        return shape
    }()
    private static let weights = SafeTensors(shape.network.start(seed: 2))
    private static let map = Result { try OrganMap(shape, weights) }
    private static let cubes = OrganGrid(Shared.uptake, in: Shared.scan)

    /// A model that is told by the map.
    private static let description: ModelDescription = {
        var description = Small.description
        description.architecture.seesOrgans = true
        description.organs = shape
        return description
    }()
    private static let own = description.architecture.network(tracers: description.tracers.count).start(seed: 1)
    private static let bundle = SafeTensors(own).joined(with: weights.parameters)

    private func middle(_ x: Int, _ y: Int, _ z: Int) -> PatientPoint {
        Self.cubes.bytes.origin + PatientPoint(Double(x), Double(y), Double(z)) * OrganGrid.spacing
    }

    @Test func theSharesOfAPlaceAreThoseOfTheCubesAboutIt() throws {
        let map = try Self.map.get()
        let (a, b) = (middle(20, 18, 40), middle(21, 18, 40))
        let between = (a + b) * 0.5
        let shares = map.shares(at: [a, b, between], in: Self.cubes)
        #expect(shares.allSatisfy { $0.count == OrganGrid.classes })
        // Roots of probabilities: their squares add up to one.
        for shares in shares {
            #expect(abs(shares.reduce(0) { $0 + pow(Double($1) / 255, 2) } - 1) < 0.1)
        }
        for index in 0..<OrganGrid.classes {
            func probability(_ place: Int) -> Double { pow(Double(shares[place][index]) / 255, 2) }
            #expect(abs((probability(0) + probability(1)) / 2 - probability(2)) < 0.003)
        }
    }

    @Test func thePlaceOfAShareIsThatOfItsCube() throws {
        let map = try Self.map.get()
        let (size, classes) = (OrganGrid.size, OrganGrid.classes)
        var input = Tensor([1, size.z, size.y, size.x, OrganGrid.channels])
        input.withUnsafeMutableBuffer { Self.cubes.fill($0) }
        let logits = Self.shape.network.forward([input], Run(parameters: Self.weights.parameters)).outputs[0].values
        let places = [(20, 18, 40), (31, 7, 40), (20, 29, 66), (5, 18, 11)]
        let shares = map.shares(at: places.map { middle($0.0, $0.1, $0.2) }, in: Self.cubes)
        for (cube, shares) in zip(places, shares) {
            let start = ((cube.2 * size.y + cube.1) * size.x + cube.0) * classes
            let exponentials = logits[start..<start + classes].map { exp(Double($0)) }
            let total = exponentials.reduce(0, +)
            for (exponential, share) in zip(exponentials, shares) {
                #expect(abs((exponential / total).squareRoot() * 255 - Double(share)) < 0.51)
            }
        }
        #expect(Set(shares).count == places.count, "places that differ")
    }

    @Test func weightsThatRunAwayAreNoTrap() throws {
        var weights = Self.weights.parameters
        weights.scale(by: 1e30)
        let map = try OrganMap(Self.shape, SafeTensors(weights))
        #expect(map.shares(at: [middle(20, 18, 40)], in: Self.cubes)[0].count == OrganGrid.classes)
    }

    @Test func aScanThatShowsTheLegsIsSeenFromTheVertexDown() {
        // As tall as a man, along the slices; half of it is as a scan from the thighs.
        func scan(_ slices: Int) -> (DetectedUptake, ScanVolumes) {
            let geometry = VolumeGeometry.axial(
                columns: 24, rows: 24, slices: slices, spacing: PatientPoint(10, 10, 10), origin: .zero,
                frameOfReferenceUID: UID("1.2.3")!)
            var pet = Volume<SUVbw>(geometry: geometry, repeating: 0)
            for k in 0..<slices { for j in 6..<18 { for i in 6..<18 { pet[i, j, k] = 1 } } }
            let scan = ScanVolumes(pet: pet, ct: nil, tracer: .f18FDG)
            return (FocusDetection().detect(in: scan), scan)
        }
        let (short, tall) = (scan(110), scan(180))
        let height = Double(OrganGrid.size.z) * OrganGrid.spacing
        func ends(_ scan: (DetectedUptake, ScanVolumes)) -> (low: Double, high: Double) {
            let low = OrganGrid(scan.0, in: scan.1).bytes.origin.z - OrganGrid.spacing / 2
            return (low, low + height)
        }
        #expect(abs(ends(short).low - short.0.landmarks.bottom) < 1e-6)
        #expect(abs(ends(tall).high - tall.0.landmarks.top) < 1e-6)
        let overview = ScanView(tall.0, in: tall.1).overview
        #expect(abs(overview.origin.z + 31.5 * 36 - tall.0.landmarks.top) < 1e-6)
    }

    @Test func whatLiesOutsideIsToldOfTheEdge() throws {
        let map = try Self.map.get()
        let shares = map.shares(at: [middle(-40, 18, 300), middle(0, 18, OrganGrid.size.z - 1)], in: Self.cubes)
        #expect(shares[0] == shares[1])
    }

    @Test func withoutCTAScanIsToldOtherwise() throws {
        let map = try Self.map.get()
        let learnt = ScanView(Shared.uptake, in: Shared.scan, organs: map, isLearntFrom: true)
        let bare = ScanView(Shared.uptake, in: Shared.withoutCT, organs: map, isLearntFrom: true)
        let judged = ScanView(Shared.uptake, in: Shared.scan, organs: map)
        #expect(learnt.foci.count == Shared.uptake.foci.count)
        for (index, focus) in learnt.foci.enumerated() {
            let organs = try #require(focus.organs)
            #expect(organs.withoutCT != nil && organs.withoutCT != organs.all)
            // The map asked without CT says what it says of a scan that has none.
            #expect(organs.withoutCT == bare.foci[index].organs?.all)
            #expect(bare.foci[index].organs?.withoutCT == nil)
            #expect(judged.foci[index].organs == OrganShares(all: organs.all), "no more than is needed")
        }
        #expect(ScanView(Shared.uptake, in: Shared.scan).foci.allSatisfy { $0.organs == nil })
    }

    @Test func sidesAreExchangedWhereAFocusIsSeenMirrored() throws {
        var bytes = [UInt8](repeating: 0, count: OrganGrid.classes)
        let (left, right) = try (
            #require(LocationClasses.index(.rib, .left)), #require(LocationClasses.index(.rib, .right))
        )
        bytes[left] = 255
        bytes[OrganGrid.outside] = 51
        let organs = OrganShares(all: bytes, withoutCT: bytes.map { $0 / 51 })
        var viewing = Viewing()
        #expect(organs.seen(viewing)[left] == 4 && organs.seen(viewing)[right] == 0)
        viewing.geometry.isMirrored = true
        #expect(organs.seen(viewing)[left] == 0 && organs.seen(viewing)[right] == 4)
        #expect(organs.seen(viewing)[OrganGrid.outside] == 51.0 / 255 * 4)
        viewing.hidesCT = true
        #expect(organs.seen(viewing)[right] == 5.0 / 255 * 4)
        #expect(OrganShares(all: bytes).seen(viewing)[right] == 4, "a scan that has no CT")
    }

    @Test func aModelIsToldByItsOwnMap() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("model-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try ModelBundle.write(Self.description, weights: Self.bundle, to: folder)
        let model = try ModelBundle.load(folder)
        #expect(model.organs?.parameters == Self.weights.parameters)
        #expect(model.organs?.digest == (try Self.map.get()).digest)
        let judged = model.classify(Shared.uptake, in: Shared.scan)
        #expect(judged.map(\.focus) == Shared.uptake.foci)
        // Another map, other answers: the network does listen.
        let other = Self.shape.network.start(seed: 3)
        let misled = try NetworkModel(
            Self.description, weights: SafeTensors(Self.own).joined(with: other), sha256: "")
        #expect(misled.organs?.digest != model.organs?.digest)
        let changed = zip(judged, misled.classify(Shared.uptake, in: Shared.scan)).count {
            $0.verdict.suspiciousProbability != $1.verdict.suspiciousProbability
        }
        #expect(changed == judged.count && changed > 10)
    }

    @Test func whatDoesNotFitTogetherIsRefused() throws {
        func refusal(_ weights: SafeTensors, _ change: (inout ModelDescription) -> Void = { _ in }) -> String {
            var description = Self.description
            change(&description)
            do throws(ModelError) {
                _ = try NetworkModel(description, weights: weights, sha256: "")
                return "accepted"
            } catch {
                return error.description
            }
        }
        #expect(refusal(Self.bundle) == "accepted")
        #expect(refusal(SafeTensors(Self.own)).contains("organ map"))
        #expect(refusal(Self.bundle) { $0.organs = nil }.contains("told of organs"))
        #expect(refusal(Self.bundle) { $0.architecture.seesOrgans = false }.contains("told of organs"))
        #expect(refusal(Self.bundle) { $0.organs!.widths = [8, 8, 8] }.contains("depth"))
        #expect(refusal(Self.bundle) { $0.organs!.widths = [8, 8, 8, 1 << 40] }.contains("widths"))
        #expect(refusal(Self.bundle) { $0.organs!.last = 16 }.contains("organ map"))
        #expect(refusal(Self.bundle) { $0.views.organs[3] = 10 }.contains("views"))
        let plain = SafeTensors(Small.weights.parameters).joined(with: Self.weights.parameters)
        #expect(
            refusal(plain) {
                $0.organs = nil
                $0.architecture.seesOrgans = false
            }.contains("does not name"))
    }

    @Test func aMapIsReadFromItsFile() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("map-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        func refusal() -> String {
            do throws(ModelError) {
                _ = try OrganMap(path: file.path)
                return "accepted"
            } catch {
                return error.description
            }
        }
        #expect(refusal().contains(file.path) && refusal().contains("organs.safetensors of uptake-lab organs"))
        let weights = SafeTensors(OrganNetwork().network.start(seed: 1), metadata: [OrganMap.accountKey: "by hand"])
        try weights.write(path: file.path)
        let map = try OrganMap(path: file.path)
        #expect(map.shape == OrganNetwork() && map.account == "by hand")
        // The weights of a model that has one serve as well.
        try SafeTensors(Self.own).joined(with: weights.parameters).write(path: file.path)
        #expect(try OrganMap(path: file.path).digest == map.digest)
        try SafeTensors(Self.own).write(path: file.path)
        #expect(refusal().contains("lacks organs."))
        try Self.weights.write(path: file.path)
        #expect(refusal().contains("shape"))
    }
}
