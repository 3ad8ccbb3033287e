import Foundation
import OtherPrograms
import Reporting
import Testing

/// How long the objects of a whole-body patient with a hundred lesions take; `make bench-report` prints it.
@Suite struct ReportBenchmarkTests {
    /// What a lesion costs must not grow with their number. Both are measured in one run, each at its best of five.
    @Test func aHundredLesionsCostLessThanFourTimesTwentyFive() throws {
        let folder = try TemporaryFolder()
        let studies = [25, 100].map { SyntheticStudy.wholeBody(lesions: $0) }
        var seconds: [[Double]] = [[], []]
        for _ in 0..<5 {
            for (index, study) in studies.enumerated() {
                let before = Self.processorSeconds()
                try Self.write(study, to: folder.path)
                seconds[index].append(Self.processorSeconds() - before)
            }
        }
        let voxels = studies[1].reading.lesions.reduce(0) { $0 + $1.focus.voxels.count }
        print("PET and CT of 260 slices each; Structured Report, Segmentation, Structure Set")
        for (study, seconds) in zip(studies, seconds) {
            let milliseconds = seconds.map { Int(($0 * 1000).rounded()) }
            print("\(study.reading.lesions.count) lesions: processor time \(milliseconds) ms")
        }
        print("100 lesions have \(voxels) voxels")
        let ratio = seconds[1].min()! / seconds[0].min()!
        // What does not depend on their number makes it less than four; only what grows faster than they do makes it more.
        #expect(ratio < 4, "\(seconds)")
    }

    private static func write(_ study: SyntheticStudy, to folder: String) throws {
        let report = try Report(of: study.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        for object in [report.structuredReport, report.segmentation, report.structureSet].compactMap({ $0 }) {
            try object.write(
                to: "\(folder)/\(object.string(.modality)!).dcm", transferSyntax: Report.transferSyntax(of: object))
        }
    }

    /// What this thread has used of a processor, in seconds.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
