import Anatomy
import Classification
import Detection
import Foundation
import Imaging

extension TrainingPatient {
    /// The edition of what is kept in a file: raised whenever views or labels change, so that older files are made again.
    static let edition = "8"

    /// What a file holds: a binary property list, bytes as data.
    private struct Record: Codable {
        struct Grid: Codable {
            var size: ByteGrid.Size
            var spacing: Double
            var origin: [Double]
            var pet: Data
            var ct: Data
        }

        struct Focus: Codable {
            var middle: [Double]
            /// Place of each cell (Int32, little-endian) and its share.
            var cells: Data
            var shares: Data
            var features: [Double]
            var organs: Data?
            var organsWithoutCT: Data?
            var peakVoxel: Int
            var centroid: [Double]
            /// SUVmax, SUVmean, SUVpeak, volume in ml, total uptake.
            var figures: [Double]
            var label: FocusLabel
        }

        var edition: String
        var name: String
        var near: Grid
        var wide: Grid
        var overview: Grid
        var reference: Float
        var tracer: Tracer
        var foci: [Focus]
        var midline: Double
        var truth: Truth
    }

    /// Writes the patient, whole or not at all.
    /// - Parameter key: what else the file depends on.
    func write(to path: String, key: String) throws(CohortError) {
        func point(_ point: PatientPoint) -> [Double] { point.coordinates }
        func grid(_ grid: ByteGrid) -> Record.Grid {
            Record.Grid(
                size: grid.size, spacing: grid.spacing, origin: point(grid.origin), pet: Data(grid.pet),
                ct: Data(grid.ct))
        }
        let records = zip(zip(foci, view.foci), labels).map { pair, label in
            let (focus, view) = pair
            return Record.Focus(
                middle: point(view.middle),
                cells: view.cells.map(\.index.littleEndian).withUnsafeBytes { Data($0) },
                shares: Data(view.cells.map(\.share)), features: view.features.values,
                organs: view.organs.map { Data($0.all) }, organsWithoutCT: view.organs?.withoutCT.map { Data($0) },
                peakVoxel: focus.peakVoxel,
                centroid: point(focus.centroid),
                figures: [focus.suvMax, focus.suvMean, focus.suvPeak, focus.volumeMl, focus.totalUptake], label: label)
        }
        let record = Record(
            edition: Self.edition + key, name: name, near: grid(view.near), wide: grid(view.wide),
            overview: grid(view.overview), reference: view.reference, tracer: view.tracer, foci: records,
            midline: midline, truth: truth)
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        do {
            try encoder.encode(record).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
    }

    /// Reads a patient that `write` wrote with the same key; nil where there is none, or one of another edition.
    init?(contentsOf path: String, key: String) {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
            let record = try? PropertyListDecoder().decode(Record.self, from: data),
            record.edition == Self.edition + key
        else { return nil }
        func point(_ numbers: [Double]) -> PatientPoint { PatientPoint(numbers[0], numbers[1], numbers[2]) }
        func grid(_ grid: Record.Grid) -> ByteGrid {
            ByteGrid(
                size: grid.size, spacing: grid.spacing, origin: point(grid.origin), pet: Array(grid.pet),
                ct: Array(grid.ct))
        }
        func cells(_ focus: Record.Focus) -> [FocusView.Cell] {
            let places = focus.cells.withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map {
                    Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))
                }
            }
            return zip(places, focus.shares).map { FocusView.Cell(index: $0, share: $1) }
        }
        let view = ScanView(
            near: grid(record.near), wide: grid(record.wide), overview: grid(record.overview),
            reference: record.reference, tracer: record.tracer,
            foci: record.foci.map { focus in
                FocusView(
                    middle: point(focus.middle), cells: cells(focus), features: FocusFeatures(values: focus.features),
                    organs: focus.organs.map {
                        OrganShares(all: Array($0), withoutCT: focus.organsWithoutCT.map { Array($0) })
                    })
            })
        let foci = record.foci.enumerated().map { index, focus in
            CandidateFocus(
                id: index + 1, voxels: [], peakVoxel: focus.peakVoxel, centroid: point(focus.centroid),
                suvMax: focus.figures[0], suvMean: focus.figures[1], suvPeak: focus.figures[2],
                volumeMl: focus.figures[3], totalUptake: focus.figures[4])
        }
        self.init(
            name: record.name, view: view, foci: foci, labels: record.foci.map(\.label), midline: record.midline,
            truth: record.truth)
    }
}
