import Foundation
import Reading
import Testing

extension FoundObjects {
    /// Expects what the reading says, in all objects alike.
    func expect(_ written: WrittenStudy) throws {
        let study = written.study
        let lesions = study.reading.lesions
        #expect(groups.count == lesions.count, "\(study)")
        #expect(segments.count == lesions.count, "\(study)")
        #expect(regions.count == lesions.count, "\(study)")
        #expect(patientName == study.identity.readable, "\(study)")
        for (index, (group, lesion)) in zip(groups, lesions).enumerated() {
            let number = String(index + 1)
            let segment = try #require(segments[number])
            let region = try #require(regions[number])
            let segmentation = written.report.segmentation?.uid(.sopInstanceUID)?.description
            #expect(group.segment == index + 1 && region.segment == index + 1)
            #expect(group.segmentation == segmentation && region.segmentation == segmentation)
            #expect(group.uid == segment.trackingUID, "\(study)")
            #expect(region.name == segment.label && region.name.hasPrefix(group.identifier))
            #expect(group.site == lesion.verdict.location.code.value)
            #expect(group.laterality == lesion.verdict.laterality.code?.value)
            // One mask in all three, voxel for voxel.
            #expect(written.places(segment.slices) == lesion.focus.voxels, "\(study), segment \(number)")
            #expect(written.places(region.slices) == lesion.focus.voxels, "\(study), region \(number)")
            try expectFigures(
                of: lesion, in: group, region: region, recomputed: #require(recomputed[number]), study: study)
        }
        #expect(regionsOnCT.allSatisfy { regions[$0]?.name == $1.name }, "\(study)")
        #expect(findingsOnCT.isEmpty, "\(study), on the CT: \(findingsOnCT)")
        #expect(Set(segments.values.map(\.trackingUID)).count == lesions.count, "\(study)")
        expectTotals(of: lesions, isFDG: study.isFDG)
    }

    private func expectFigures(
        of lesion: ReadFocus, in group: Group, region: Region, recomputed: Recomputed, study: SyntheticStudy
    ) throws {
        let focus = lesion.focus
        let numbers = group.numbers
        let volume = numbers.value(study.isFDG ? "126032" : "118565006")
        let uptake = study.isFDG ? "126033" : "total-uptake"
        let totalUptake = numbers.value(uptake) ?? numbers.value(uptake, "255619001")
        let suv = ["56851009", "373098007", "126031"].map { numbers.value("126401", $0) }
        // What was written is what was measured.
        let written = suv + [volume, totalUptake, region.volume, numbers.value("111047")]
        let measured = [
            focus.suvMax, focus.suvMean, focus.suvPeak, focus.volumeMl, focus.totalUptake, focus.volumeMl,
            lesion.verdict.suspiciousProbability * 100,
        ]
        for (a, b) in zip(written, measured) { #expect(agree(a, b, within: 1e-6), "\(study), \(group.identifier)") }
        #expect(numbers.allSatisfy { ["g/ml{SUVbw}", "cm3", "g", "%"].contains($0.unit) })
        // And is what the stored values under the segment give, to four digits.
        let again = [
            recomputed.max, recomputed.mean, recomputed.peak, recomputed.volume, recomputed.totalUptake,
            recomputed.volume,
        ]
        for (a, b) in zip(written, again) { #expect(agree(a, b, within: 5e-5), "\(study), \(group.identifier)") }
    }

    /// Expects the totals of the report to be those of the segments.
    private func expectTotals(of lesions: [ReadFocus], isFDG: Bool) {
        #expect(totals.first { $0.unit == "1" || $0.unit == "{lesions}" }?.value ?? -1 == Double(lesions.count))
        let volume = totals.value(isFDG ? "126032" : "118565006", "255619001")
        let uptake = totals.value(isFDG ? "126033" : "total-uptake", "255619001")
        #expect(agree(volume, recomputed.values.reduce(0) { $0 + $1.volume }, within: 5e-5))
        #expect(agree(uptake, recomputed.values.reduce(0) { $0 + $1.totalUptake }, within: 5e-5))
    }

    private func agree(_ a: Double?, _ b: Double, within share: Double) -> Bool {
        a.map { abs($0 - b) <= share * abs(b) } ?? false
    }
}
