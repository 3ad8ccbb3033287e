import Foundation
import Imaging
import Phantom
import Synchronization
import Testing
import Training

@Suite struct CohortTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cohort-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func aCohortIsDrawnOnceAndGoesOnWhereItStopped() throws {
        try withFolder { folder in
            let cohort = Cohort(count: 2, seed: 60, tracers: [.f18FDG])
            let seen = Mutex<[Int]>([])
            let drawing = CohortDrawing(cohort, folder: folder)
            #expect(try drawing.run(threads: 2) { done, _ in seen.withLock { $0.append(done) } } == 2)
            #expect(seen.withLock { $0 } == [1, 2])
            #expect(try drawing.run(threads: 1) { _, _ in } == 0)
            let second = CohortDrawing.folder(of: cohort.members[1], in: folder)
            try FileManager.default.removeItem(atPath: second + "/patient.json")
            #expect(!CohortStudy.isComplete(second))
            #expect(try drawing.run(threads: 2) { _, _ in } == 1)

            let drawn = CohortStudy(cohort.members[1].study)
            let read = try CohortStudy(contentsOf: second)
            #expect(read.pet.geometry == drawn.pet.geometry && read.ct.voxels == drawn.ct.voxels)
            #expect(read.truth == drawn.truth && read.acquisition == drawn.acquisition)
            let step = drawn.pet.voxels.max()! / 65_535
            #expect(zip(read.pet.voxels, drawn.pet.voxels).allSatisfy { abs($0 - $1) <= step })

            var montage = Montage(scale: 0.2)
            montage.add(read.pet, title: "60", maximum: 7)
            try montage.writePNG(to: folder + "/montage.png", columns: 4)
            let png = try Data(contentsOf: URL(fileURLWithPath: folder + "/montage.png"))
            #expect(png.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
        }
    }

    /// Half a cohort is no cohort, and a folder holds one.
    @Test func aFolderHoldsOneCohortAndAllOfIt() throws {
        try withFolder { folder in
            func draw(_ count: Int, seed: UInt64 = 60, _ tracer: Tracer = .f18FDG, _ shift: Cohort.Shift? = nil) throws
            {
                let cohort = Cohort(count: count, seed: seed, tracers: [tracer], shift: shift)
                _ = try CohortDrawing(cohort, folder: folder).run(threads: 2) { _, _ in }
            }
            try draw(1)
            for other in [
                { try draw(1, seed: 61) }, { try draw(1, seed: 60, .ga68PSMA11) },
                { try draw(1, seed: 60, .f18FDG, .noise) },
            ] {
                #expect {
                    try other()
                } throws: { "\($0)".contains("holds another cohort (1 patients, 18F-FDG, from seed 60 on)") }
            }
            // It may become larger.
            try draw(2)
            try draw(1)
            #expect(try PatientFolder(folder).people() == ["phantom 60", "phantom 61"])
            try FileManager.default.removeItem(atPath: folder + "/18F-FDG-61/patient.json")
            #expect(throws: CohortError.unfinished(path: folder, whole: 1, of: 2)) { try PatientFolder(folder) }
            try FileManager.default.removeItem(atPath: folder + "/18F-FDG-60/patient.json")
            #expect {
                try PatientFolder(folder)
            } throws: { "\($0)".contains("0 whole patients of 2") && "\($0)".contains("uptake-lab cohort, again") }
        }
    }

    @Test func shiftedCohortsDifferInOneThing() throws {
        func member(_ shift: Cohort.Shift?) throws -> Cohort.Member {
            try #require(Cohort(count: 1, seed: 62, tracers: [.ga68PSMA11], shift: shift).members.first)
        }
        let usual = try member(nil)
        for shift in Cohort.Shift.allCases {
            let member = try member(shift)
            let changesScanner = shift == .coarseGrid || shift == .noise
            #expect((member.acquisition != usual.acquisition) == changesScanner)
            #expect((member.patient.weightKg > 125) == (shift == .veryLarge), "\(member.patient.weightKg) kg")
        }
        #expect(try member(.noise).acquisition.noise == 2 * usual.acquisition.noise)
        #expect(try member(.coarseGrid).acquisition.spacing == 6.5)
        #expect(usual.patient.weightKg < 125)
    }

    @Test func aBrokenFileIsNamed() throws {
        try withFolder { folder in
            #expect(throws: CohortError.self) { try CohortStudy(contentsOf: folder) }
            let cohort = Cohort(count: 1, seed: 61, tracers: [.ga68PSMA11])
            _ = try CohortDrawing(cohort, folder: folder).run(threads: 1) { _, _ in }
            let patient = CohortDrawing.folder(of: cohort.members[0], in: folder)
            let ct = URL(fileURLWithPath: patient + "/ct.nrrd")
            try Data(contentsOf: ct).prefix(4000).write(to: ct)
            #expect {
                try CohortStudy(contentsOf: patient)
            } throws: { "\($0)".contains("ct.nrrd") }
        }
        #expect(throws: CohortError.self) {
            try CohortDrawing(Cohort(count: 1, seed: 1, tracers: [.f18FDG]), folder: "/proc/nowhere")
                .run(threads: 1) { _, _ in }
        }
    }
}
