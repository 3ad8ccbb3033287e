import CCairo
import DICOM

/// The summary page as a document (Encapsulated PDF IOD, PS3.3 section A.45.1), its text as text.
/// - Throws: `ReportingError.unwritable`.
func encapsulatedPDFDataSet(of study: ReportedStudy, page: SummaryPage) throws(ReportingError) -> DataSet {
    let document = try page.pdf()
    var dataSet = DataSet()
    study.stamp(&dataSet, as: .encapsulatedPDF)
    setCapture(of: &dataSet, study)
    dataSet.set(.modality, "DOC")
    dataSet.copy([.acquisitionDateTime], from: acquisition(of: study))
    dataSet.set(.documentTitle, SummaryPage.documentTitle)
    dataSet.setEmpty(.conceptNameCodeSequence)
    dataSet.set(
        .sourceInstanceSequence, study.inputs.flatMap { series in series.headers.indices.map(series.reference) })
    dataSet.set(.mimeTypeOfEncapsulatedDocument, "application/pdf")
    dataSet.setBytes(.encapsulatedDocument, document)
    dataSet.set(.encapsulatedDocumentLength, document.count)
    return dataSet
}

/// Acquisition DateTime (0008,002A) of the PET; type 2, so empty where the PET does not tell.
private func acquisition(of study: ReportedStudy) -> DataSet {
    var dataSet = DataSet()
    dataSet.setEmpty(.acquisitionDateTime)
    if let moment = study.reading.pet.headers[0].dateTime(.acquisitionDate, .acquisitionTime) {
        dataSet.set(.acquisitionDateTime, moment.description)
    }
    return dataSet
}

extension SummaryPage {
    static let documentTitle = "Uptake PET/CT summary (research use only)"

    /// The page as PDF on A4 across.
    /// - Throws: `ReportingError.unwritable`.
    func pdf() throws(ReportingError) -> [UInt8] {
        let (width, height) = (841.89, 595.28)
        let sink = ByteSink()
        let surface = cairo_pdf_surface_create_for_stream(
            { sink, bytes, count in
                let sink = Unmanaged<ByteSink>.fromOpaque(sink!).takeUnretainedValue()
                sink.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque(), width, height)
        defer { cairo_surface_destroy(surface) }
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, Self.documentTitle)
        // No date of its own, which would be the clock's: the same reading makes the same document, and the object that
        // holds it is dated.
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "")
        let scale = min(width / Double(Self.width), height / Double(Self.height))
        draw(
            on: Canvas(
                surface, scale: scale, left: (width - scale * Double(Self.width)) / 2,
                top: (height - scale * Double(Self.height)) / 2))
        cairo_surface_finish(surface)
        let status = withExtendedLifetime(sink) { cairo_surface_status(surface) }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw .unwritable(path: "the PDF", reason: String(cString: cairo_status_to_string(status)))
        }
        return sink.bytes
    }
}

/// What a document has grown to.
private final class ByteSink {
    var bytes: [UInt8] = []
}
