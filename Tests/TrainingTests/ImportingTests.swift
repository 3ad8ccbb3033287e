import Anatomy
import Detection
import Foundation
import Imaging
import OtherPrograms
import Testing
import Training

/// Studies in the layouts of public collections, made by nibabel, pydicom and highdicom.
@Suite struct ImportingTests {
    /// The collections, made once for all tests (Tests/Judges/labelled_collections.py).
    private static let collections = Result { try make() }
    private static let lesion = PatientPoint(24, -16, 20)
    private static let bladder = PatientPoint(-24, 12, 8)

    private static func make() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("collections-\(UUID().uuidString)")
            .path
        let script = try Program.judge("labelled_collections.py", [path])
        try #require(script.status == 0, "\(script.output)")
        folder = path
        atexit { try? FileManager.default.removeItem(atPath: ImportingTests.folder) }
        return path
    }

    nonisolated(unsafe) private static var folder = ""

    private func source(
        _ collection: String, ligands: [Tracer] = [.f18PSMA1007], lesionName: String? = nil
    ) throws -> StudySource {
        try StudySource(
            try Self.collections.get() + "/" + collection,
            assuming: StudySource.Assumptions(ligands: ligands, lesionName: lesionName))
    }

    /// What every study must show: values at places, the lesion's ball as label, and the candidates judged by it.
    private func check(_ study: LabelledStudy, _ tracer: Tracer) throws {
        let (pet, scan) = (study.scan.pet, study.scan)
        #expect(scan.tracer == tracer)
        for index in pet.voxels.indices {
            let point = pet.geometry.point(at: index)
            let (toLesion, toBladder) = (point.distance(to: Self.lesion), point.distance(to: Self.bladder))
            // The surface may go either way.
            if toLesion < 9.5 {
                #expect(abs(pet.voxels[index] - 8) < 0.01 && study.lesions[index] == 1)
            } else if toLesion > 10.5 {
                #expect(study.lesions[index] == 0)
            }
            if toBladder < 13.5 { #expect(abs(pet.voxels[index] - 30) < 0.01) }
        }
        #expect(study.lesionCount == 1)
        let ct = try #require(scan.ct)
        let middle = pet.geometry.index(pet.geometry.columns / 2, pet.geometry.rows / 2, pet.geometry.slices / 2)
        #expect(abs(ct.voxels[middle] - 40) < 0.5 && ct.voxels[0] < -900)
        let foci = FocusDetection().detect(in: scan).foci
        #expect(foci.map(study.isSuspicious) == [false, true], "the bladder, then the lesion")
        #expect(study.hits(by: foci) == 1)
        #expect(study.hits(by: [foci[0]]) == 0)
    }

    // MARK: NIfTI

    @Test func autoPET() throws {
        let source = try source("autopet")
        #expect(source.layout == .autoPET)
        #expect(source.names == ["fdg_a1_2020", "psma_b2_2021", "psma_c3_2021"])
        for name in source.names {
            try check(try source.study(name), name.hasPrefix("fdg") ? .f18FDG : .f18PSMA1007)
        }
    }

    @Test func deepPSMA() throws {
        let source = try source("deep")
        #expect(source.layout == .deepPSMA)
        #expect(source.names == ["train_0001/PSMA", "train_0001/FDG"])
        try check(try source.study("train_0001/PSMA"), .f18PSMA1007)
        try check(try source.study("train_0001/FDG"), .f18FDG)
    }

    @Test func aLigandIsNotGuessed() throws {
        let source = try source("autopet", ligands: [])
        #expect {
            try source.study("psma_b2_2021")
        } throws: { "\($0)".contains("--ligand") }
        #expect(try source.study("fdg_a1_2020").scan.tracer == .f18FDG)
    }

    /// A collection's copy with a table beside it.
    private func collection(_ name: String, with table: String, _ lines: [String]) throws -> String {
        let folder = try Self.collections.get() + "/told-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: try Self.collections.get() + "/" + name, toPath: folder)
        try Data(lines.joined(separator: "\r\n").utf8).write(to: URL(fileURLWithPath: folder + "/" + table))
        return folder
    }

    /// The table that comes with the PSMA studies of autoPET.
    @Test func theRadionuclideChoosesAmongLigands() throws {
        let folder = try collection(
            "autopet", with: "psma_metadata.csv",
            [
                "\u{FEFF}Subject ID,Study Date,age,manufacturer_model_name,pet_radionuclide,ct_contrast_agent",
                "PSMA_b2,2021,70,\"scanner, old\",18F,yes", "PSMA_c3,2021,66,scanner,68Ga,no", "",
            ])
        func tracers(_ ligands: [Tracer]) throws -> [Tracer] {
            let source = try StudySource(folder, assuming: StudySource.Assumptions(ligands: ligands))
            return try source.names.map { try source.study($0).scan.tracer }
        }
        #expect(try tracers([.ga68PSMA11, .f18PSMA1007]) == [.f18FDG, .f18PSMA1007, .ga68PSMA11])
        #expect {
            try tracers([.f18PSMA1007])
        } throws: { "\($0)".contains("psma_c3_2021") && "\($0)".contains("with 68Ga") }
        #expect {
            try tracers([.f18DCFPyL, .f18PSMA1007])
        } throws: { "\($0)".contains("tracers.csv") && "\($0)".contains("18F-DCFPyL or 18F-PSMA-1007") }
    }

    /// What is written otherwise must not count as not told, lest the only ligand named be taken for all.
    @Test func aRadionuclideThatIsNotUnderstoodIsRefused() throws {
        let folder = try collection(
            "autopet", with: "psma_metadata.csv", ["Subject ID,Study Date,pet_radionuclide", "PSMA_b2,2021,Ga-68"])
        #expect {
            try StudySource(folder)
        } throws: { "\($0)".contains("line 2: Ga-68") }
    }

    @Test func aTableOfTracersIsBelieved() throws {
        let folder = try collection(
            "deep", with: "tracers.csv", ["note,study,tracer", ",train_0001/PSMA,18F-DCFPyL", ",,"])
        #expect(try StudySource(folder).study("train_0001/PSMA").scan.tracer == .f18DCFPyL)
        #expect(try StudySource(folder).study("train_0001/FDG").scan.tracer == .f18FDG)
        for (lines, reason) in [
            (["study,tracer", "train_0001/PSMA,Ga"], "line 2"), (["study", "train_0001/PSMA"], "study,tracer"),
            (["study,tracer", "train_0001,68Ga-PSMA-11"], "no study is called so"),
        ] {
            let broken = try collection("deep", with: "tracers.csv", lines)
            #expect {
                try StudySource(broken)
            } throws: { "\($0)".contains(broken + "/tracers.csv") && "\($0)".contains(reason) }
        }
    }

    @Test func brokenFilesAreNamed() throws {
        let folder = try Self.collections.get() + "/broken-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: try Self.collections.get() + "/autopet", toPath: folder)
        let source = try StudySource(folder)
        let pet = folder + "/imagesTr/fdg_a1_2020_0001.nii.gz"
        let whole = try Data(contentsOf: URL(fileURLWithPath: pet))
        for (broken, reason) in [
            (whole.prefix(whole.count / 2), "ends before"), (Data("no header".utf8), "ends before"),
            (Data(repeating: 0, count: 2000), "no NIfTI-1"),
        ] {
            try broken.write(to: URL(fileURLWithPath: pet))
            #expect {
                try source.study("fdg_a1_2020")
            } throws: { "\($0)".contains(pet) && "\($0)".contains(reason) }
        }
    }

    // MARK: DICOM

    @Test func segmentations() throws {
        let source = try source("dicom/segmented", lesionName: "lesion")
        #expect(source.layout == .dicom)
        #expect(source.names == ["patient-1/study-1"])
        try check(try source.study(source.names[0]), .f18FDG)
        // Without a name the bladder's segment counts too.
        #expect(try self.source("dicom/segmented").study(source.names[0]).lesionCount == 2)
    }

    @Test func probabilitiesCountFromOneHalf() throws {
        let source = try source("dicom/fractional")
        try check(try source.study(source.names[0]), .f18FDG)
    }

    @Test func structureSets() throws {
        let source = try source("dicom/contoured")
        #expect(source.names == ["patient-2/study-2"])
        try check(try source.study(source.names[0]), .f18FDG)
        #expect(try self.source("dicom/contoured", lesionName: "GTV").study("patient-2/study-2").lesionCount == 0)
    }

    /// A slip in --lesion-name would have every tumour learnt to be none.
    @Test func aNameThatNoLesionHasIsRefused() throws {
        let path = try Self.collections.get() + "/dicom/segmented"
        func patients(_ lesionName: String) throws -> [TrainingPatient] {
            try PatientFolder(path, assuming: StudySource.Assumptions(lesionName: lesionName)).patients { _, _ in }
        }
        #expect(try patients("lesion").count == 1)
        #expect {
            try patients("tumour")
        } throws: { "\($0)".contains("--lesion-name") && "\($0)".lowercased().contains("bladder") }
    }

    /// A medium's directory and a licence are no studies, and studies may lie at different depths.
    @Test func whatLiesAboutStudiesIsNoStudy() throws {
        let path = try Self.collections.get() + "/medium-\(UUID().uuidString)"
        let original = try Self.collections.get() + "/dicom/segmented/patient-1/study-1"
        let manager = FileManager.default
        let series = try #require(manager.contentsOfDirectory(atPath: original).first)
        for (from, to) in [(original, "p1/s1"), (original, "p2/s1"), (original + "/" + series, "p3")] {
            let place = URL(fileURLWithPath: "\(path)/\(to)")
            try manager.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try manager.copyItem(atPath: from, toPath: place.path)
        }
        var directory = Data(count: 128)
        directory += Data("DICM".utf8)
        try directory.write(to: URL(fileURLWithPath: path + "/p1/DICOMDIR"))
        try Data("A licence, of more than twelve letters.".utf8).write(to: URL(fileURLWithPath: path + "/p2/LICENSE"))
        #expect(try StudySource(path).names == ["p1/s1", "p2/s1", "p3"])
    }

    @Test func aFolderThatIsNotThereIsNamed() throws {
        #expect {
            try PatientFolder("/nowhere/at/all")
        } throws: { "\($0)".contains("/nowhere/at/all") && "\($0)".contains("no such folder") }
    }

    @Test func aVolumeThatDoesNotSayHowItLiesIsRefused() throws {
        let folder = try Self.collections.get() + "/lying-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: try Self.collections.get() + "/deep", toPath: folder)
        let file = folder + "/train_0001/FDG/TTB.nii.gz"
        let script = try Program(
            Place.python,
            [
                "-c",
                "import nibabel,sys; i=nibabel.load(sys.argv[1]); d=i.get_fdata(); a=i.affine; "
                    + "o=nibabel.Nifti1Image(d.astype('f4'), a); o.set_sform(a, code=0); o.set_qform(a, code=0); "
                    + "nibabel.save(o, sys.argv[1])", file,
            ])
        try #require(script.status == 0, "\(script.output)")
        #expect {
            try StudySource(folder).study("train_0001/FDG")
        } throws: { "\($0)".contains(file) && "\($0)".contains("how it lies") }
    }

    @Test func nothingIsNoCollection() throws {
        let folder = try Self.collections.get() + "/empty"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(throws: ImportError.noStudies(path: folder)) { try StudySource(folder) }
    }

    // MARK: To learn from, and to measure on

    @Test func aCollectionIsAFolderOfPatientsLikeACohort() throws {
        let path = try Self.collections.get() + "/autopet"
        let folder = try PatientFolder(path, assuming: StudySource.Assumptions(ligands: [.ga68PSMA11]))
        #expect(folder.count == 3 && !folder.isDigital)
        var changes = ScanChanges()
        changes.hidesCT = true
        for patients in [try folder.patients { _, _ in }, try folder.patients(changes: changes) { _, _ in }] {
            #expect(patients.map(\.name) == ["fdg_a1_2020", "psma_b2_2021", "psma_c3_2021"])
            for patient in patients {
                #expect(patient.labels.map(\.suspicious) == [false, true])
                #expect(patient.labels.allSatisfy { $0.location == nil && $0.laterality == nil })
                #expect(patient.truth == TrainingPatient.Truth(detectable: 1, found: 1))
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["imagesTr", "labelsTr"])
        #expect {
            try PatientFolder(path).patients { _, _ in }
        } throws: { "\($0)".contains("--ligand") }
        #expect {
            try folder.organPatients { _, _ in }
        } throws: { "\($0)".contains("organs") }
    }

    /// One broken study of hundreds is no reason to measure nothing.
    @Test func aBrokenStudyIsLeftOut() throws {
        let path = try Self.collections.get() + "/partly-broken-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: try Self.collections.get() + "/autopet", toPath: path)
        let folder = try PatientFolder(path, assuming: StudySource.Assumptions(ligands: [.ga68PSMA11]))
        func damage(_ name: String) throws {
            try Data("no header".utf8).write(to: URL(fileURLWithPath: "\(path)/labelsTr/\(name).nii.gz"))
        }
        try damage("psma_b2_2021")
        var leftOut: [String] = []
        let patients = try folder.patients(leftOut: { leftOut.append("\($0)") }) { _, _ in }
        #expect(patients.map(\.name) == ["fdg_a1_2020", "psma_c3_2021"])
        #expect(leftOut.count == 1 && leftOut[0].contains("labelsTr/psma_b2_2021"))
        try damage("fdg_a1_2020")
        try damage("psma_c3_2021")
        #expect(throws: CohortError.self) { try folder.patients { _, _ in } }
    }

    /// Who was learnt from must not be measured on by another of his studies.
    @Test func studiesOfOnePersonAreKnownAsSuch() throws {
        let path = try Self.collections.get() + "/several-\(UUID().uuidString)"
        let original = try Self.collections.get() + "/autopet"
        for name in ["fdg_a1_2020", "fdg_a1_2021", "fdg_a2_2020", "fdg_a3_2020", "fdg_a3_2021"] {
            for (folder, suffix) in [("imagesTr", "_0000"), ("imagesTr", "_0001"), ("labelsTr", "")] {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
                try FileManager.default.copyItem(
                    atPath: "\(original)/\(folder)/fdg_a1_2020\(suffix).nii.gz",
                    toPath: "\(path)/\(folder)/\(name)\(suffix).nii.gz")
            }
        }
        let patients = try PatientFolder(path).patients { _, _ in }
        #expect(patients.map(\.person) == ["fdg_a1", "fdg_a1", "fdg_a2", "fdg_a3", "fdg_a3"])
        #expect(patients.people == [0, 0, 1, 2, 2])
        #expect(try source("deep").study("train_0001/PSMA").person == "train_0001")
        let segmented = try source("dicom/segmented", lesionName: "lesion")
        #expect(try segmented.study(segmented.names[0]).person == "patient-1")
    }

    /// Whatever lies about patients and within them.
    @Test(arguments: [
        (["p1/s1", "p1/s2", "p2/s1"], ["p1", "p1", "p2"]),
        (["all/p1/s1", "all/p2/s1"], ["all/p1", "all/p2"]),
        (["p1/v1/s1", "p1/v2/s1", "p2/v1/s1"], ["p1", "p1", "p2"]),
        (["p1/s1"], ["p1"]),
    ])
    func aPatientIsHisFolder(studies: [String], people: [String]) throws {
        let path = try Self.collections.get() + "/folders-\(UUID().uuidString)"
        let original = try Self.collections.get() + "/dicom/segmented/patient-1/study-1"
        for study in studies {
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: "\(path)/\(study)").deletingLastPathComponent().path,
                withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: original, toPath: "\(path)/\(study)")
        }
        let source = try StudySource(path, assuming: StudySource.Assumptions(lesionName: "lesion"))
        #expect(source.names == studies)
        #expect(try source.names.map { try source.study($0).person } == people)
    }

    // MARK: Locations

    @Test func aTableOfLocationsNamesPlaces() throws {
        let folder = try Self.collections.get() + "/located-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: try Self.collections.get() + "/autopet", toPath: folder)
        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/locations.csv"))
        }
        try write("study,x,y,z,location,side\nfdg_a1_2020,26,-14,20,bone.rib,left\n")
        let study = try StudySource(folder).study("fdg_a1_2020")
        let foci = FocusDetection().detect(in: study.scan).foci
        #expect(study.place(of: foci[1])?.location == .rib)
        #expect(study.place(of: foci[1])?.laterality == .left)
        #expect(study.place(of: foci[0]) == nil)
        try write("study,x,y,z,location,side\nfdg_a1_2020,26,-14,20,elbow,left\n")
        #expect {
            try StudySource(folder)
        } throws: { "\($0)".contains("line 2") }
        try write("study,x,y,z,location,side\nfdg_al_2020,26,-14,20,bone.rib,left\n")
        #expect {
            try StudySource(folder)
        } throws: { "\($0)".contains("names fdg_al_2020, and no study is called so") }
        try write("name;x\n")
        #expect(throws: ImportError.self) { try StudySource(folder) }
    }
}
