import DICOM

/// The installation that makes the objects: General Equipment, Contributing Equipment and the report's observer, with
/// equal values in all of them (IHE AI Results section 6.5.3).
public struct Device: Sendable, Equatable {
    /// What installations of Uptake say of their manufacturer.
    public static let manufacturer = "Uptake"

    /// Manufacturer (0008,0070).
    public let manufacturer: String
    /// Manufacturer's Model Name (0008,1090).
    public let modelName: String
    /// Software Versions (0018,1020).
    public let softwareVersion: String
    /// Device Serial Number (0018,1000).
    public let serialNumber: String
    /// Device UID (0018,1002): one per installation and model, so that a new model is a new observer.
    public let uid: UID
    /// Name of the device in the report: the name by which the site knows it, such as its AE title.
    public let name: String

    /// Describes an installation; all text is ASCII, at most 64 characters.
    public init(
        softwareVersion: String, serialNumber: String, uid: UID, name: String = "UPTAKE",
        manufacturer: String = Device.manufacturer, modelName: String = "Uptake"
    ) {
        self.softwareVersion = softwareVersion
        self.serialNumber = serialNumber
        self.uid = uid
        self.name = name
        self.manufacturer = manufacturer
        self.modelName = modelName
    }
}
