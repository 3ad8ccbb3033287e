import DICOM
import DICOMNetwork
import Imaging
import Reporting

extension ConformanceStatement {
    // MARK: - 6, 7

    func characterSets(_ page: inout Markdown) {
        page.heading(2, "6 Character sets")
        page.paragraph(
            "Data sets are kept and sent on in their own. For the index, text is decoded from the default repertoire and from:"
        )
        page.paragraph(CharacterSets.decoded.joined(separator: ", ") + ".")
        if !CharacterSets.undecoded.isEmpty {
            page.paragraph(
                "Not decoded, and shown with replacement characters:",
                CharacterSets.undecoded.joined(separator: ", ") + ".")
        }
        page.paragraph("Results bear the character set and the identifying attributes of their study, byte for byte.")
    }

    func security(_ page: inout Markdown) {
        page.heading(2, "7 Security")
        page.paragraph(
            "Audit messages follow the schema of PS3.15 section A.5.1 (Application Activity, Begin Transferring, Instances",
            "Transferred, Instances Accessed, Study Deleted, Query, Security Alert), as the Syslog TLS profile of section A.6 has it.",
            configuration.auditing.collector.map { "They go to a file and to \($0.host):\($0.port)." }
                ?? "They go to a file.")
        guard let tls = configuration.tls else {
            page.paragraph("By this configuration associations are not encrypted: there is no section `[tls]`.")
            return
        }
        page.list([
            "BCP 195 TLS Secure Transport Connection Profile (PS3.15 section B.10): TLS 1.2 and 1.3.",
            tls.port == nil
                ? "The node calls under TLS where it is told to, and does not listen under TLS."
                : "The node listens under TLS\(tls.isExclusive ? ", and not without" : " beside the plain port").",
            tls.files.requiresClientCertificate
                ? "Who calls has to present a certificate that is trusted."
                : "Who calls need not present a certificate.",
            tls.files.revocationList == nil
                ? "Certificates are not checked for revocation."
                : "Certificates are checked against a revocation list.",
        ])
    }

    // MARK: - 8

    func annexes(_ page: inout Markdown) {
        page.heading(2, "8 Annexes")
        page.heading(3, "8.1 Objects")
        objectsRead(&page)
        objectsMade(&page)
        page.heading(3, "8.2 Storage SOP classes")
        page.table(["SOP class", "UID"], StorageClasses.all.map { [$0.name, $0.uid.description] })
        page.heading(3, "8.3 Transfer syntaxes")
        page.paragraph(
            "To be *read*, pixel data must be uncompressed, deflated, RLE, JPEG, JPEG-LS or JPEG 2000; the others are stored and sent on."
        )
        page.table(["Transfer syntax", "UID"], TransferSyntaxes.carried.map { [$0.name, $0.uid.description] })
    }

    private func objectsRead(_ page: inout Markdown) {
        page.heading(4, "What is read")
        page.paragraph(
            "One static or whole-body, attenuation-corrected PET series of single-frame PET Image Storage and, if there is",
            "one in the same frame of reference, an original axial CT of single-frame CT Image Storage. Declined among",
            "others: multi-frame (Enhanced, Legacy Converted) PET, dynamic or gated series, gaps, unknown units, missing",
            "weight, dose or injection time, and unknown tracers. Tracers:",
            Tracer.names + ".")
    }

    private static func words(for object: ReportObject) -> String {
        switch object {
        case .structuredReport: "Comprehensive 3D SR, TID 1500"
        case .segmentation: "Segmentation, binary, on the PET grid"
        case .structureSet: "RT Structure Set, on the PET slices"
        case .secondaryCapture: "Secondary Capture, colour: the summary page"
        case .encapsulatedPDF: "Encapsulated PDF: the summary page"
        case .keyObjects: "Key Object Selection: the slices with lesions"
        case .structureSetOnCT: "RT Structure Set, on the CT slices"
        }
    }

    private func objectsMade(_ page: inout Markdown) {
        page.heading(4, "What is made")
        page.table(
            ["Object", "Series number", "Series Description", "Made", "Without lesions"],
            ReportObject.allCases.map { object in
                [
                    Self.words(for: object), "\(configuration.report.seriesNumber(of: object))",
                    object.seriesDescription,
                    ReportObject.standard.contains(object) ? "always" : "for destinations that ask for it",
                    ReportObject.withoutLesions.contains(object) ? "says that none was found" : "not made",
                ]
            } + [
                [
                    "Key Object Selection, rejection note", "\(WithdrawalNote.seriesNumber)",
                    WithdrawalNote.seriesDescription, "where images of results that were sent are rejected", "not made",
                ]
            ])
        page.list([
            "In the source study, with its patient and study attributes copied byte for byte; own text is ASCII.",
            "Content Qualification RESEARCH; SR COMPLETE, UNVERIFIED, PRELIMINARY; Structure Set UNAPPROVED, its ROIs "
                + "AUTOMATIC. Contributing Equipment Sequence names device, software version and model.",
            "Each lesion has one number and, in SR and Segmentation, one Tracking UID; its ROI names its segment.",
            "UIDs are under 2.25 and derive from study, input instances, software, model, options and, of what is staged, "
                + "the site's rules: a repeated reading has the same UIDs.",
            "miTNM, the expression score and PSMA total uptake are coded in the private scheme 99UPTAKE, declared in "
                + "Coding Scheme Identification Sequence; sites are SNOMED CT.",
        ])
    }
}
