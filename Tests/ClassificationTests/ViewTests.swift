import Classification
import Detection
import Foundation
import Imaging
import NeuralNetwork
import Testing

@Suite struct ViewTests {
    private static let view = ScanView(Shared.uptake, in: Shared.scan)

    // MARK: Bytes

    @Test func bytesKeepUptakeToTwoPercent() {
        for suv in stride(from: Float(0), through: 60, by: 0.13) {
            let kept = ByteScale.suv(ByteScale.uptake(suv))
            #expect(abs(kept - suv) <= 0.011 * (suv + 0.25))
        }
        #expect(ByteScale.uptake(-1) == 0)
        #expect(ByteScale.uptake(.nan) == 0)
        #expect(ByteScale.uptake(1e6) == 255)
    }

    @Test func bytesKeepDensityToFourUnits() {
        for hounsfield in stride(from: Float(-1000), through: 1030, by: 3) {
            #expect(abs(ByteScale.hounsfield(ByteScale.density(hounsfield)) - hounsfield) <= 4)
        }
        #expect(ByteScale.density(.nan) == ByteScale.unknown)
        #expect(ByteScale.density(-3000) == 1)
        #expect(ByteScale.density(3000) == 255)
    }

    // MARK: Grids

    @Test func gridsHoldTheScanInThePatientsAxes() throws {
        let (near, pet) = (Self.view.near, Shared.scan.pet)
        for focus in Shared.uptake.foci.prefix(20) {
            let place = near.place(of: pet.geometry.point(at: focus.peakVoxel))
            let index =
                (Int(place.z.rounded()) * near.size.y + Int(place.y.rounded())) * near.size.x
                + Int(place.x.rounded())
            // A mean over 5 mm about the hottest voxel is neither above it nor cold.
            let suv = Double(ByteScale.suv(near.pet[index]))
            #expect(suv <= focus.suvMax * 1.02)
            #expect(suv >= focus.suvMax * 0.35)
        }
    }

    @Test func theFillOfTheCellsIsTheFocus() {
        for (focus, view) in zip(Shared.uptake.foci, Self.view.foci) {
            let volumeMl = view.cells.reduce(0) { $0 + Double($1.share) / 255 * 0.125 }
            // Where voxels and cells beat, a cell may be asked for more than it holds.
            #expect(abs(volumeMl - focus.volumeMl) <= 0.1 * focus.volumeMl + 0.02, "\(focus.volumeMl)")
        }
    }

    @Test func withoutCTNoDensityIsKnown() {
        let view = ScanView(Shared.uptake, in: Shared.withoutCT)
        #expect(view.near.ct.allSatisfy { $0 == ByteScale.unknown })
        #expect(view.near.pet == Self.view.near.pet)
    }

    @Test func anObliqueScanGivesTheSameGrid() {
        // The same uptake sampled on slices that run from head to feet.
        let upright = spot(at: PatientPoint(10, -6, 30), in: grid(32, slices: 20))
        let geometry = upright.pet.geometry
        let turned = VolumeGeometry(
            columns: geometry.columns, rows: geometry.slices, columnSpacing: geometry.columnSpacing,
            rowSpacing: geometry.sliceSpacing, rowDirection: PatientPoint(1, 0, 0),
            columnDirection: PatientPoint(0, 0, 1),
            sliceOrigins: (0..<geometry.rows).reversed().map {
                geometry.point(0, Double($0), slice: 0)
            }, frameOfReferenceUID: geometry.frameOfReferenceUID)
        var voxels = [Float](repeating: 0, count: turned.count)
        for index in voxels.indices { voxels[index] = upright.pet.value(at: turned.point(at: index)) ?? 0 }
        let coronal = ScanVolumes(
            pet: Volume(geometry: turned, voxels: voxels), ct: nil, tracer: upright.tracer)
        let (a, b) = (ByteGrid(upright, spacing: 5), ByteGrid(coronal, spacing: 5))
        #expect(a.size == b.size)
        #expect(zip(a.pet, b.pet).allSatisfy { abs(Int($0) - Int($1)) <= 6 })
    }

    // MARK: Inputs

    private func tensors(_ viewing: Viewing, _ index: Int = 0) -> [Tensor] {
        NetworkInputs(scale: Small.description.scale, codes: Small.description.tracers, seesOrgans: false)
            .tensors([FocusSight(Self.view, index, viewing)])
    }

    /// A channel of a patch as numbers by voxel.
    private func channel(_ tensor: Tensor, _ number: Int) -> [Float] {
        let values = tensor.values
        return stride(from: number, to: values.count, by: tensor.channels).map { values[$0] }
    }

    @Test func theFocusLiesInTheMiddleOfItsPatches() {
        let side = FocusNetwork.side
        for index in Shared.uptake.foci.indices.prefix(10) {
            let near = tensors(Viewing(), index)[0]
            let uptake = channel(near, 1)
            let mask = channel(near, 5)
            let middle = (side / 2 * side + side / 2) * side + side / 2
            let around = [0, 1, side, side + 1].flatMap { [middle - $0, middle - $0 - side * side] }
            // The hottest voxel of the focus is among the eight voxels about the middle.
            let highest = around.map { uptake[$0] }.max()!
            let expected = log2(1 + Float(Shared.uptake.foci[index].suvMax)) / 4
            #expect(highest > 0.6 * expected && highest < expected + 0.02)
            #expect(around.contains { mask[$0] > 0 })
        }
    }

    @Test func mirroringExchangesLeftAndRight() {
        var viewing = Viewing()
        viewing.geometry.isMirrored = true
        let (plain, mirrored) = (tensors(Viewing()), tensors(viewing))
        let side = FocusNetwork.side
        for number in [0, 1, 3] {
            let (a, b) = (channel(plain[0], number), channel(mirrored[0], number))
            var worst: Float = 0
            for row in 0..<side * side {
                // Nearest neighbours may round to the other side of a voxel; uptake is interpolated and may not.
                for x in 0..<side where number < 2 {
                    worst = max(worst, abs(a[row * side + x] - b[row * side + side - 1 - x]))
                }
            }
            #expect(worst < 0.02, "channel \(number)")
        }
        let (a, b) = (channel(plain[2], 1), channel(mirrored[2], 1))
        let width = ScanView.overviewSize.x
        #expect(
            (0..<a.count / width).allSatisfy { row in
                (0..<width).allSatisfy { a[row * width + $0] == b[row * width + width - 1 - $0] }
            })
        let lateral = FocusFeatures.names.firstIndex(of: "lateral")!
        #expect(plain[3].values[lateral] == -mirrored[3].values[lateral])
    }

    /// Each voxel of a patch that is turned or moved is another of the straight one.
    @Test func turningAndMovingArePermutations() {
        let side = FocusNetwork.side
        func voxel(_ x: Int, _ y: Int, _ z: Int) -> Int { (z * side + y) * side + x }
        func expect(
            _ patch: Int, _ viewing: Viewing, sourceLocation: SourceLocation = #_sourceLocation,
            _ origin: (Int, Int, Int) -> (Int, Int, Int)
        ) {
            for number in [0, 3] {
                let straight = channel(tensors(Viewing())[patch], number)
                let seen = channel(tensors(viewing)[patch], number)
                var wrong = 0
                for (z, y, x) in (0..<side * side * side).map({ ($0 / side / side, $0 / side % side, $0 % side) }) {
                    let (u, v, w) = origin(x, y, z)
                    guard [u, v, w].allSatisfy((0..<side).contains) else { continue }
                    // What lies between two bytes, or just between two voxels of the CT, may go either way.
                    if abs(seen[voxel(x, y, z)] - straight[voxel(u, v, w)]) > 0.02 { wrong += 1 }
                }
                #expect(wrong < side * side * side / 100, "channel \(number)", sourceLocation: sourceLocation)
            }
        }
        var turned = Viewing()
        turned.geometry.turn = .pi / 2
        var nodding = Viewing()
        nodding.geometry.nod = .pi / 2
        for patch in [0, 1] {
            expect(patch, turned) { (side - 1 - $1, $0, $2) }
            expect(patch, nodding) { ($0, side - 1 - $2, $1) }
            var moved = Viewing()
            moved.geometry.shift = PatientPoint(ScanView.spacings[patch], 0, -2 * ScanView.spacings[patch])
            expect(patch, moved) { ($0 + 1, $1, $2 - 2) }
        }
    }

    @Test func aHiddenCTLeavesNoTrace() {
        var viewing = Viewing()
        viewing.hidesCT = true
        for tensor in tensors(viewing).prefix(2) {
            for number in 2...4 { #expect(channel(tensor, number).allSatisfy { $0 == 0 }) }
        }
        let hidden = tensors(viewing)[3].values
        let without = FocusFeatures.of(Shared.uptake, in: Shared.withoutCT)[0].values
        for (index, name) in FocusFeatures.names.enumerated() where name.contains("CT") || name.contains("share") {
            #expect(hidden[index] == Float(without[index]), "\(name)")
        }
    }

    @Test func calibrationChangesUptakeButNotItsRatio() {
        var viewing = Viewing()
        viewing.calibration = 1.3
        let (plain, changed) = (tensors(viewing)[0], tensors(Viewing())[0])
        let ratios = zip(channel(plain, 0), channel(changed, 0)).map { abs($0 - $1) }.max()!
        #expect(ratios < 1e-5)
        #expect(zip(channel(plain, 1), channel(changed, 1)).contains { $0 > $1 + 0.02 })
    }

    @Test func theNoiseIsThatOfTheScanWhateverIsAddedToAPatch() {
        var viewing = Viewing()
        viewing.noise = 6
        let noise = FocusFeatures.names.firstIndex(of: "noise")!
        #expect(tensors(viewing)[3].values[noise] == Float(Shared.uptake.noise) && Shared.uptake.noise > 0)
    }

    @Test func noiseComesFromTheSeed() {
        var viewing = Viewing()
        viewing.noise = 6
        viewing.seed = 1
        let first = tensors(viewing)[0]
        #expect(first == tensors(viewing)[0])
        viewing.seed = 2
        #expect(first != tensors(viewing)[0])
    }
}
