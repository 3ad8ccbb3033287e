import CCairo
import Imaging
import Reading

/// One page for human eyes: the PET in two projections with its lesions, a table of them, the totals, the stage and the
/// warnings. Its smallest letters are legible where it is shown 1024 pixels wide.
///
/// The page bears the study date and the tracer, and no name or number of the patient.
public struct SummaryPage: Sendable {
    /// Width of the page; one unit is a pixel of the picture.
    public static let width = 1280
    /// Height of the page, likewise.
    public static let height = 1024

    let reading: StudyReading
    let lesions: [ReportedLesion]
    let views: [ProjectedView]

    /// Prepares the page of a reading.
    /// - Parameter pet: The PET of the reading in SUVbw.
    /// - Precondition: `pet` is on the grid of the reading's PET, and so are the voxels of its lesions.
    public init(reading: StudyReading, pet: Volume<SUVbw>) {
        precondition(pet.geometry == reading.pet.geometry, "the page needs the PET that was read")
        self.reading = reading
        lesions = ReportedLesion.all(of: reading)
        views = [.coronal, .sagittal].map { ProjectedView($0, of: pet, lesions: reading.lesions.map(\.focus.voxels)) }
    }

    /// SUVbw shown as black; 0 is white. Fixed for each target, so that pages of one patient compare.
    var windowMaximum: Double { isFDG ? 7 : 15 }

    var isFDG: Bool { reading.tracer.target == .glucose }

    /// Draws the page as a PNG picture of `width` × `height` pixels.
    /// - Throws: `ReportingError.unwritable`.
    public func writePNG(to path: String) throws(ReportingError) {
        try Canvas.writePNG(to: path, Self.width, Self.height, draw: draw)
    }

    /// The page as pixels: red, green, blue of each, left to right, then top to bottom.
    public func pixels() -> [UInt8] {
        Canvas.withPicture(Self.width, Self.height, draw: draw) { surface in
            cairo_surface_flush(surface)
            let stride = Int(cairo_image_surface_get_stride(surface))
            let data = cairo_image_surface_get_data(surface)!
            return [UInt8](unsafeUninitializedCapacity: Self.width * Self.height * 3) { pixels, count in
                for row in 0..<Self.height {
                    for column in 0..<Self.width {
                        // Each pixel is a native-endian 32-bit number 0x00RRGGBB.
                        let pixel = data + row * stride + column * 4
                        for part in 0..<3 { pixels[count + part] = pixel[2 - part] }
                        count += 3
                    }
                }
            }
        }
    }
}
