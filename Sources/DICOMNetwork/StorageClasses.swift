import CDCMTK
import DICOM

/// The storage SOP classes of PS3.4 annex B and C that DCMTK 3.6.7 does not list; all that it lists are taken besides.
public enum StorageClasses {
    /// Unique identifiers with the standard's names, ascending.
    public static let newerThanDCMTK: [(uid: UID, name: String)] = [
        (UID(constant: "1.2.840.10008.5.1.4.1.1.6.3"), "Photoacoustic Image Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.9.1.4"), "General 32-bit ECG Waveform Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.9.100.1"), "Waveform Presentation State Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.9.100.2"), "Waveform Acquisition Presentation State Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.11.12"), "Variable Modality LUT Softcopy Presentation State Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.66.7"), "Label Map Segmentation Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.66.8"), "Height Map Segmentation Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.77.1.8"), "Confocal Microscopy Image Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.77.1.9"), "Confocal Microscopy Tiled Pyramidal Image Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.88.77"), "Waveform Annotation SR Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.201.1"), "Inventory Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.481.23"), "Enhanced RT Image Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.481.24"), "Enhanced Continuous RT Image Storage"),
        (UID(constant: "1.2.840.10008.5.1.4.1.1.481.25"), "RT Patient Position Acquisition Instruction Storage"),
    ]

    /// Every storage class that a listener takes, ascending: those that DCMTK lists, under its names, and the newer ones.
    public static var all: [(uid: UID, name: String)] {
        let listed = (0...).lazy.map { cd_storage_class($0) }.prefix { $0 != nil }.compactMap { text in
            UID(String(cString: text!)).map { ($0, $0.registeredName ?? "") }
        }
        return (listed + newerThanDCMTK).sorted { $0.0 < $1.0 }
    }
}
