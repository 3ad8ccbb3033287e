import DICOM

/// What `uptake measure` writes: how a PET becomes SUVbw, and its figures in the regions of a structure set.
public struct SUVMeasurement: Sendable, Equatable, Codable {
    /// The conversion.
    public struct SUV: Sendable, Equatable, Codable {
        /// SUVbw per rescaled value; nil where slices differ.
        public let factor: Double?
        /// The factor of every slice, ascending along the normal.
        public let sliceFactors: [Double]
        /// The moment of decay correction as a DICOM DT value; nil where none is needed or slices differ.
        public let referenceTime: String?
        /// How it is known.
        public let referenceTimeSource: SUVConversion.ReferenceTimeSource
        /// What went into the factor, by DICOM keyword.
        public let inputs: [Input]
    }

    /// One input of the conversion.
    public struct Input: Sendable, Equatable, Codable {
        /// DICOM keyword, or the name of a private attribute.
        public let name: String
        /// Value with its unit.
        public let value: String
    }

    /// The range of the whole image (SUVbw).
    public struct Image: Sendable, Equatable, Codable {
        /// Lowest voxel.
        public let min: Double
        /// Highest voxel.
        public let max: Double
        /// Mean of all voxels.
        public let mean: Double
    }

    /// A region (SUVbw); the figures are nil where it holds no voxel of the image.
    public struct ROI: Sendable, Equatable, Codable {
        /// ROI Name.
        public let name: String
        /// Lowest voxel.
        public let min: Double?
        /// Middle voxel.
        public let median: Double?
        /// Mean voxel.
        public let mean: Double?
        /// Highest voxel.
        public let max: Double?
        /// Highest mean of a sphere of 1 cm³ centred in the region.
        public let peak: Double?
        /// Volume in millilitres.
        public let volumeMl: Double
    }

    /// The PET measured; nil where declined.
    public let petSeriesInstanceUID: UID?
    /// The conversion; nil where declined.
    public let suv: SUV?
    /// Why nothing was measured; nil where something was.
    public let declined: Refusal?
    /// The whole image; nil where declined.
    public let image: Image?
    /// The regions in the order of the structure set.
    public let rois: [ROI]
    /// What a reader must know, in plain sentences.
    public let warnings: [String]
}

extension SUVMeasurement {
    /// Measures the PET of a study.
    /// - Parameters:
    ///   - instances: the study's instances; other modalities are passed over.
    ///   - structureSet: an RT Structure Set whose regions are measured; nil for those among the instances.
    public static func measure(_ instances: [StudyInstance], structureSet: DataSet? = nil) -> SUVMeasurement {
        do throws(Refusal) {
            let pets = instances.filter { $0.header.string(.modality) == "PT" }
            let study = try StudyContent.single(of: pets)
            let selection = try SeriesSelection(study)
            let assembled = try AssembledSeries(instances: selection.pet.content.instances)
            let beside = StudyContent.studies(of: instances).first { $0.studyInstanceUID == study.studyInstanceUID }
            var regions: [StructureSet.Region] = []
            for set in structureSet.map({ [$0] }) ?? beside!.structureSets.map(\.header) {
                regions += try StructureSet(set).regions
            }
            return SUVMeasurement(assembled: assembled, suv: selection.pet.suv, regions: regions)
        } catch {
            return SUVMeasurement(
                petSeriesInstanceUID: nil, suv: nil, declined: error, image: nil, rois: [], warnings: [])
        }
    }

    /// Measures the PET among data sets with pixel data.
    public static func measure(dataSets: [DataSet], structureSet: DataSet? = nil) -> SUVMeasurement {
        measure(dataSets.map(StudyInstance.init(dataSet:)), structureSet: structureSet)
    }

    private init(assembled: AssembledSeries, suv: SUVConversion, regions: [StructureSet.Region]) {
        let volume = assembled.suvVolume(suv)
        var warnings = suv.warnings + assembled.warnings
        let kernel = SphereKernel(geometry: volume.geometry)
        rois = regions.map { region in
            do throws(Refusal) {
                return ROI(
                    region.name,
                    RegionStatistics(of: volume, over: try region.voxels(on: volume.geometry), kernel: kernel))
            } catch {
                warnings.append(error.reason)
                return ROI(region.name, nil)
            }
        }
        image = Image(
            min: Double(volume.voxels.min()!), max: Double(volume.voxels.max()!),
            mean: volume.voxels.reduce(0) { $0 + Double($1) } / Double(volume.voxels.count))
        self.suv = SUV(
            factor: suv.factor, sliceFactors: suv.sliceFactors, referenceTime: suv.referenceTime?.description,
            referenceTimeSource: suv.referenceTimeSource,
            inputs: suv.inputs.map { Input(name: $0.name, value: $0.value) })
        petSeriesInstanceUID = assembled.series.seriesInstanceUID
        declined = nil
        self.warnings = warnings
    }
}

extension SUVMeasurement.ROI {
    init(_ name: String, _ statistics: RegionStatistics?) {
        self.init(
            name: name, min: statistics?.min, median: statistics?.median, mean: statistics?.mean, max: statistics?.max,
            peak: statistics?.peak, volumeMl: statistics?.volumeMl ?? 0)
    }
}
