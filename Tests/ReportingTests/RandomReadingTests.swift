import Foundation
import Testing

/// Readings drawn from seeds, judged by programs that nobody here wrote: sixteen among the tests, hundreds in `make soak`.
///
/// `UPTAKE_READINGS` says how many, `UPTAKE_READINGS_SEED` from which seed. What fails names its seed.
@Suite struct RandomReadingTests {
    /// Seeds, some at a time: Python, Java and Orthanc take longer to start than to judge.
    static let batches: [[Int]] = {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["UPTAKE_READINGS"].flatMap(Int.init) ?? 16
        let first = environment["UPTAKE_READINGS_SEED"].flatMap(Int.init) ?? 1
        let seeds = Array(first..<first + count)
        return stride(from: 0, to: count, by: 8).map { Array(seeds[$0..<min($0 + 8, count)]) }
    }()

    @Test(arguments: batches)
    func everyJudgeIsSatisfied(seeds: [Int]) throws {
        let written = try seeds.map { try WrittenStudy(.random(seed: $0)) }
        for written in written {
            let findings = try written.findings()
            #expect(findings.isEmpty, "\(written.study): \(findings.joined(separator: "\n"))")
        }
        let found = try FoundObjects.read(written)
        for (written, found) in zip(written, found) { try found.expect(written) }
        let findings = try WrittenStudy.orthancFindings(written)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
        let withLesions = written.filter { !$0.study.reading.lesions.isEmpty }
        try expectMasksOnCT(of: zip(written, found).filter { !$0.1.regionsOnCT.isEmpty })
        let straight = withLesions.filter(\.study.geometry.isStraight)
        try expectMasks(of: straight, by: "rt-utils", WrittenStudy.rtUtilsMasks)
        try expectMasks(of: straight.filter(\.study.geometry.isPlain), by: "plastimatch", WrittenStudy.plastimatchMasks)
    }

    @Test(arguments: batches)
    func pixelMedFindsNothing(seeds: [Int]) throws {
        let written = try seeds.map { try WrittenStudy(.random(seed: $0)) }
        let findings = try WrittenStudy.pixelMedFindings(written, by: .saxon)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    /// Expects rt-utils to fill the contours on the CT to the voxels that they were drawn around.
    private func expectMasksOnCT(of readings: [(written: WrittenStudy, found: FoundObjects)]) throws {
        guard !readings.isEmpty else { return }
        for (reading, masks) in zip(readings, try WrittenStudy.rtUtilsMasksOnCT(readings.map(\.written))) {
            for region in reading.found.regionsOnCT.values {
                #expect(
                    masks[region.name] ?? [:] == region.slices, "\(reading.written.study), \(region.name) on the CT")
            }
        }
    }

    /// Expects a rasteriser to fill every contour to the voxels that the lesion has.
    private func expectMasks(
        of written: [WrittenStudy], by name: String, _ rasterise: ([WrittenStudy]) throws -> [WrittenStudy.Masks]
    ) throws {
        guard !written.isEmpty else { return }
        for (written, masks) in zip(written, try rasterise(written)) {
            for (lesion, mask) in zip(written.study.reading.lesions, masks) {
                let voxels = lesion.focus.voxels
                #expect(mask == voxels, "\(written.study), focus \(lesion.focus.id), by \(name)")
            }
        }
    }
}
