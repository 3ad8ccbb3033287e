import DICOM
import Foundation
import Imaging

/// Folders of DICOM files as archives hand them out (patient/study/series, as of TCIA), or a study in one folder.
struct DICOMLayout {
    let path: String

    /// The folders, relative to the path, that hold a study: those above folders of DICOM files, or folders of such files that
    /// stand alone, as those do beside which other folders go deeper. Whether there is a PET is seen when the study is read.
    var names: [String] {
        var studies: Set<String> = []
        var folders = [""]
        while let folder = folders.popLast() {
            let here = path + "/" + folder
            let inner = contents(of: here).filter { isFolder(here + "/" + $0) }
            func inFolder(_ name: String) -> String { folder.isEmpty ? name : folder + "/" + name }
            let series = inner.filter { holdsObjects(here + "/" + $0) }
            let deeper = inner.filter { name in
                !series.contains(name) && contents(of: here + "/" + name).contains { isFolder("\(here)/\(name)/\($0)") }
            }
            switch (series.isEmpty, deeper.isEmpty) {
            case (false, true): studies.insert(folder.isEmpty ? "." : folder)
            case (false, false): studies.formUnion(series.map(inFolder))
            case (true, true) where holdsObjects(here): studies.insert(folder.isEmpty ? "." : folder)
            case (true, _): break
            }
            folders += deeper.isEmpty ? [] : deeper.map(inFolder)
        }
        return studies.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }

    /// The patient's folder of a study: the first below what all studies have in common, so that neither a folder about the
    /// collection nor those of a patient's visits stand for patients; nil where studies lie in one folder.
    private static func person(of name: String, among names: [String]) -> String? {
        let paths = names.map { $0.split(separator: "/").dropLast() }
        guard let first = paths.first, let shortest = paths.map(\.count).min(), shortest > 0 else { return nil }
        let shared = (0..<shortest - 1).prefix { level in paths.allSatisfy { $0[level] == first[level] } }.count
        return name.split(separator: "/").prefix(shared + 1).joined(separator: "/")
    }

    /// Whether DICOM objects lie in a folder itself; a directory of a medium (DICOMDIR) and texts are none.
    private func holdsObjects(_ folder: String) -> Bool {
        contents(of: folder).contains { name in
            name.uppercased() != "DICOMDIR" && !isFolder(folder + "/" + name)
                && DICOMFolder.mayBeDICOM(folder + "/" + name)
        }
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    func study(
        _ name: String, among names: [String], _ tracers: StudyTracers, lesionName: String?, _ met: RegionNames,
        _ places: [KnownPlace]
    ) throws(ImportError) -> LabelledStudy {
        do {
            let instances = try DICOMFolder.read(path + "/" + name).map(StudyInstance.init)
            let study = try StudyContent.single(of: instances)
            let images = try StudyImages(study)
            let tracer = try tracers.tracer(
                of: name,
                told: .init(
                    tracer: images.tracer.tracer, radionuclide: images.tracer.radionuclide,
                    explanation: images.tracer.explanation))
            let scan = ScanVolumes(pet: images.petVolume, ct: images.ctOnPET, tracer: tracer)
            let mask = try mask(of: instances, on: scan.pet.geometry, study: name, lesionName, met)
            // Archives give each patient a folder. Patient ID comes second: who makes studies anonymous may give all the same.
            let folder = Self.person(of: name, among: names)
            let patientID = instances.lazy.compactMap { $0.header.string(.patientID) }.first { !$0.isEmpty }
            return LabelledStudy(
                name: name, person: folder ?? patientID, scan: scan, isLesion: mask, places: places)
        } catch let error as ImportError {
            throw error
        } catch let error as Refusal {
            throw .incomplete(study: name, reason: error.reason)
        } catch {
            throw .incomplete(study: name, reason: "\(error)")
        }
    }

    /// What segmentations and structure sets of the PET's frame of reference mark.
    private func mask(
        of instances: [StudyInstance], on geometry: VolumeGeometry, study: String, _ lesionName: String?,
        _ met: RegionNames
    ) throws -> [Bool] {
        var mask = [Bool](repeating: false, count: geometry.count)
        var objects = 0
        for instance in instances where isOfFrame(instance, geometry) {
            switch instance.header.uid(.sopClassUID) {
            case .segmentationStorage?:
                let segmentation = try SegmentationMask(try instance.load(), path: study)
                let segments = segmentation.segments(named: lesionName)
                segmentation.mark(&mask, on: geometry, segments: segments)
                met.meet(segmentation.labels, isMatched: !segments.isEmpty)
                objects += 1
            case .rtStructureSetStorage?:
                let regions = try StructureSet(try instance.load()).regions
                let lesions = regions.filter { region in
                    lesionName.map { region.name.localizedCaseInsensitiveContains($0) } ?? true
                }
                for region in lesions {
                    for voxel in try region.voxels(on: geometry) { mask[voxel] = true }
                }
                met.meet(regions.map(\.name), isMatched: !lesions.isEmpty)
                objects += 1
            default: break
            }
        }
        guard objects > 0 else {
            throw ImportError.incomplete(
                study: study, reason: "it has no segmentation or structure set on the PET's frame of reference")
        }
        return mask
    }

    /// A structure set names its frame with each region, which is looked at there.
    private func isOfFrame(_ instance: StudyInstance, _ geometry: VolumeGeometry) -> Bool {
        instance.header.uid(.frameOfReferenceUID).map { $0 == geometry.frameOfReferenceUID } ?? true
    }
}
