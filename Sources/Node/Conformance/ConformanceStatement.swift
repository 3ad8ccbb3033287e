import DICOM
import DICOMNetwork

/// The DICOM conformance statement of a node (PS3.2), made from its configuration and from the tables that the code itself
/// works with, so that it says what the node does and not what it once did.
public struct ConformanceStatement {
    let configuration: NodeConfiguration
    let services: [DescribedService]
    let version: String

    /// Describes the node of a configuration.
    /// - Parameter version: the product's.
    public init(_ configuration: NodeConfiguration, version: String) {
        (self.configuration, self.version) = (configuration, version)
        services = DescribedService.all(configuration)
    }

    /// The statement as Markdown, in the order of PS3.2 annex F.
    public var markdown: String {
        var page = Markdown()
        page.heading(1, "DICOM Conformance Statement of Uptake \(version)")
        page.paragraph(
            "Made by `uptake conformance` from a configuration and the program's own tables; do not edit.",
            "Research use only: not a medical device.")
        overview(&page)
        contents(&page)
        introduction(&page)
        page.heading(2, "4 Networking")
        implementationModel(&page)
        applicationEntity(&page)
        networkInterfaces(&page)
        siteConfiguration(&page)
        page.heading(2, "5 Media interchange")
        page.paragraph("Not supported.")
        characterSets(&page)
        security(&page)
        annexes(&page)
        return page.text
    }

    private func overview(_ page: inout Markdown) {
        page.heading(2, "1 Overview")
        page.paragraph(
            "Uptake receives PET and CT by C-STORE, reads each complete study, and sends a Structured Report, a",
            "Segmentation and an RT Structure Set to the configured destinations. What it holds can be queried and",
            "retrieved, and it commits to it.")
        page.table(
            ["Service", "Role", "SOP classes"],
            services.map {
                [$0.name, $0.role.rawValue, $0.hasFewSOPClasses ? uids($0) : "\($0.sopClasses.count), section 8.2"]
            })
    }

    private func contents(_ page: inout Markdown) {
        page.heading(2, "2 Table of contents")
        page.list([
            "1 Overview", "3 Introduction", "4 Networking", "5 Media interchange", "6 Character sets", "7 Security",
            "8 Annexes",
        ])
    }

    private func uids(_ service: DescribedService) -> String {
        service.sopClasses.map(\.uid.description).joined(separator: ", ")
    }

    private func introduction(_ page: inout Markdown) {
        page.heading(2, "3 Introduction")
        page.paragraph(
            "For those who connect Uptake to scanners, archives and workstations.",
            "That two statements fit together does not replace a test of the connection.",
            "SOP class, SCU, SCP, association and the other terms are those of DICOM; AE is Application Entity.")
    }
}
