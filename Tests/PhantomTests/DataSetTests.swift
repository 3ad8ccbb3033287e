import DICOM
import Foundation
import Imaging
import OtherPrograms
import Phantom
import Testing

@Suite struct DataSetTests {
    /// SUVbw by the rules for DecayCorrection START, from nothing but the data set.
    private func suv(_ data: DataSet) throws -> [Float] {
        let item = try #require(data.items(.radiopharmaceuticalInformationSequence).first)
        let administered = try #require(item.dateTime(.radiopharmaceuticalStartDateTime))
        let start = try #require(data.dateTime(.seriesDate, .seriesTime))
        let acquired = try #require(data.dateTime(.acquisitionDate, .acquisitionTime))
        #expect(start <= acquired)
        let dose = try #require(item.number(.radionuclideTotalDose))
        let halfLife = try #require(item.number(.radionuclideHalfLife))
        let left = dose * exp2(-(start - administered) / halfLife)
        let slope = try #require(data.number(.rescaleSlope))
        let factor = try #require(data.number(.patientWeight)) * 1000 / left
        let bytes = try #require(data.bytes(.pixelData))
        return stride(from: 0, to: bytes.count, by: 2).map { index in
            let stored = Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
            return Float(Double(stored) * slope * factor)
        }
    }

    @Test func activityGivesTheSUVBack() throws {
        for study in [Shared.psma, Shared.fdg] {
            let count = study.pet.geometry.columns * study.pet.geometry.rows
            for slice in stride(from: 0, to: study.pet.geometry.slices, by: 40) {
                let drawn = study.pet.voxels[slice * count..<(slice + 1) * count]
                let read = try suv(study.petDataSet(slice: slice))
                // Half a step of the slice's own quantisation.
                let tolerance = drawn.max()! / 32_767 * 0.51 + 1e-6
                let worst = zip(drawn, read).map { abs($0 - $1) }.max()!
                #expect(worst <= tolerance, "slice \(slice): \(worst)")
            }
        }
    }

    @Test func slicesKeepTheirOwnSlope() throws {
        let slopes = try stride(from: 0, to: 300, by: 30).map {
            try #require(Shared.psma.petDataSet(slice: $0).number(.rescaleSlope))
        }
        #expect(Set(slopes).count == slopes.count)
    }

    @Test func tracerIsCoded() throws {
        let item = try #require(Shared.psma.petDataSet(slice: 0).items(.radiopharmaceuticalInformationSequence).first)
        #expect(item.code(.radionuclideCodeSequence)?.isSame(as: Radionuclide.ga68.code) == true)
        #expect(item.code(.radiopharmaceuticalCodeSequence)?.isSame(as: Tracer.ga68PSMA11.code!) == true)
        let glucose = try #require(Shared.fdg.petDataSet(slice: 0).items(.radiopharmaceuticalInformationSequence).first)
        #expect(glucose.code(.radionuclideCodeSequence)?.isSame(as: Radionuclide.f18.code) == true)
        #expect(glucose.code(.radiopharmaceuticalCodeSequence)?.isSame(as: Tracer.f18FDG.code!) == true)
    }

    @Test func seriesAreWhole() {
        let (pet, ct) = Shared.psma.dataSets()
        #expect(pet.count == Shared.psma.pet.geometry.slices && ct.count == Shared.psma.ct.geometry.slices)
        #expect(pet.allSatisfy { $0.integer(.numberOfSlices) == pet.count })
        let instances = Set((pet + ct).compactMap { $0.uid(.sopInstanceUID) })
        #expect(instances.count == pet.count + ct.count)
        #expect(Set((pet + ct).compactMap { $0.uid(.frameOfReferenceUID) }).count == 1)
        #expect(Set((pet + ct).compactMap { $0.uid(.seriesInstanceUID) }).count == 2)
        let positions = pet.compactMap { $0.numbers(.imagePositionPatient).last }
        #expect(positions == Shared.psma.pet.geometry.sliceOrigins.map { ($0.z * 1000).rounded() / 1000 })
    }

    @Test func validatorsFindNoFault() throws {
        let folder = try TemporaryFolder()
        var paths: [String] = []
        for slice in [0, 60, 150, 300] {
            paths += [folder.file("pt\(slice).dcm"), folder.file("ct\(slice).dcm")]
            try Shared.psma.petDataSet(slice: slice).write(to: paths[paths.count - 2])
            try Shared.psma.ctDataSet(slice: slice).write(to: paths[paths.count - 1])
        }
        for path in paths {
            let report = try Program("dciodvfy", ["-new", path]).output
            #expect(report == (path.contains("/pt") ? "PETImage\n" : "CTImage\n"), "\(path)")
        }
        #expect(try Program("dcentvfy", paths).output.isEmpty)
    }

    @Test func studyIsWrittenWithItsTruth() throws {
        let folder = try TemporaryFolder()
        var last = (done: 0, total: 0)
        try Shared.psma.write(to: folder.file("study")) { last = ($0, $1) }
        let manager = FileManager.default
        let pet = try manager.contentsOfDirectory(atPath: folder.file("study/PET"))
        let ct = try manager.contentsOfDirectory(atPath: folder.file("study/CT"))
        #expect(pet.count == Shared.psma.pet.geometry.slices && ct.count == Shared.psma.ct.geometry.slices)
        #expect(last.done == last.total && last.total == pet.count + ct.count)
        let text = try Data(contentsOf: URL(fileURLWithPath: folder.file("study/truth.json")))
        var truth = try JSONDecoder().decode(PhantomTruth.self, from: text)
        (truth.labels, truth.structures) = (Shared.psma.truth.labels, Shared.psma.truth.structures)
        #expect(truth == Shared.psma.truth)
    }

    /// Slices of another study would come to lie among these.
    @Test func aFolderWithAnotherStudysSlicesIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("used-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/CT", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: folder + "/CT/CT9999.dcm"))
        #expect(throws: PhantomError.used(path: folder, file: "CT/CT9999.dcm")) { try Shared.psma.write(to: folder) }
    }

    @Test func folderThatCannotBeMadeIsNamed() {
        #expect(throws: PhantomError.self) { try Shared.psma.write(to: "/proc/nowhere") }
    }
}
