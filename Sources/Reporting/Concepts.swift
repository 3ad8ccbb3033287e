import DICOM

/// The coded concepts of the objects (PS3.16), by what they are used for.
enum Concepts {
    // Documents and devices
    static let petMeasurementReport = CodedConcept("126003", "DCM", "PET Measurement Report")
    static let english = CodedConcept("en-US", "RFC5646", "English (United States)")
    static let processingEquipment = CodedConcept("109102", "DCM", "Processing Equipment")
    static let wholeBodyPET = CodedConcept("44139-4", "LN", "PET whole body")
    static let wholeBodyFDG = CodedConcept("443271005", "SCT", "PET/CT FDG imaging of whole body")
    static let imaging = CodedConcept("363679005", "SCT", "Imaging")
    static let artificialIntelligence = CodedConcept("123110", "DCM", "Artificial Intelligence")

    // Observer (TID 1002, 1004) and Key Object Selection (TID 2010)
    static let observerType = CodedConcept("121005", "DCM", "Observer Type")
    static let device = CodedConcept("121007", "DCM", "Device")
    static let deviceObserverUID = CodedConcept("121012", "DCM", "Device Observer UID")
    static let deviceObserverName = CodedConcept("121013", "DCM", "Device Observer Name")
    static let deviceObserverManufacturer = CodedConcept("121014", "DCM", "Device Observer Manufacturer")
    static let deviceObserverModelName = CodedConcept("121015", "DCM", "Device Observer Model Name")
    static let deviceObserverSerialNumber = CodedConcept("121016", "DCM", "Device Observer Serial Number")
    static let ofInterest = CodedConcept("113000", "DCM", "Of Interest")
    static let keyObjectDescription = CodedConcept("113012", "DCM", "Key Object Description")

    // Findings
    static let lesion = CodedConcept("52988006", "SCT", "Lesion")
    static let findingCategory = CodedConcept("276214006", "SCT", "Findings category type")
    static let morphologicallyAbnormal = CodedConcept("49755003", "SCT", "Morphologically Abnormal Structure")
    static let conclusion = CodedConcept("121077", "DCM", "Conclusion")

    // Measurements: names, methods, derivations
    static let suvBodyWeight = CodedConcept("126401", "DCM", "SUVbw")
    static let suvBodyWeightMethod = CodedConcept("126410", "DCM", "SUV body weight calculation method")
    static let volume = CodedConcept("118565006", "SCT", "Volume")
    static let metabolicVolume = CodedConcept("126032", "DCM", "Metabolic Volume")
    static let totalLesionGlycolysis = CodedConcept("126033", "DCM", "Total Lesion Glycolysis")
    static let segmentedVoxelSum = CodedConcept("126030", "DCM", "Sum of segmented voxel method for volume")
    static let probabilityOfCancer = CodedConcept("111047", "DCM", "Probability of cancer")
    static let lesionCount = CodedConcept("246206008", "SCT", "Number of lesions")
    static let maximum = CodedConcept("56851009", "SCT", "Maximum")
    static let mean = CodedConcept("373098007", "SCT", "Mean")
    static let standardDeviation = CodedConcept("386136009", "SCT", "Standard Deviation")
    static let peak = CodedConcept("126031", "DCM", "Peak Value Within ROI")
    static let total = CodedConcept("255619001", "SCT", "Total")

    // Units
    static let suvUnit = CodedConcept("g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight")
    static let cubicCentimetre = CodedConcept("cm3", "UCUM", "cubic centimeter")
    static let gram = CodedConcept("g", "UCUM", "gram")
    static let percent = CodedConcept("%", "UCUM", "percent")
    static let noUnit = CodedConcept("1", "UCUM", "no units")

    // Derivation of a segmentation (CID 7203, 7202)
    static let segmentationDerivation = CodedConcept("113076", "DCM", "Segmentation")
    static let sourceImage = CodedConcept("121322", "DCM", "Source image for image processing operation")

    // Reference organs
    static let aorta = CodedConcept("15825003", "SCT", "Aorta")
}
