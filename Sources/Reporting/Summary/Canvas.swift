import CCairo

/// A colour in sRGB, 0 to 1.
package struct Color: Sendable, Equatable {
    let red, green, blue: Double

    package init(_ red: Double, _ green: Double, _ blue: Double) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    init(_ region: LesionRegion) {
        let (red, green, blue) = region.color
        self.init(Double(red) / 255, Double(green) / 255, Double(blue) / 255)
    }

    package static let white = Color(1, 1, 1)
    package static let black = Color(0, 0, 0)
    package static let ink = Color(0.13, 0.15, 0.18)
    package static let faint = Color(0.42, 0.45, 0.49)
    package static let rule = Color(0.82, 0.84, 0.86)
    package static let band = Color(0.955, 0.96, 0.967)
    package static let alert = Color(0.72, 0.11, 0.11)
}

/// Drawing in page units on any Cairo surface: a picture, or the page of a document.
package final class Canvas {
    private let context: OpaquePointer

    /// Where text stands in relation to its point.
    package enum Alignment { case left, centre, right }

    /// - Parameters:
    ///   - scale: how long a page unit is on the surface.
    ///   - left, top: where on the surface the page begins.
    package init(_ surface: OpaquePointer?, scale: Double = 1, left: Double = 0, top: Double = 0) {
        context = cairo_create(surface)
        cairo_translate(context, left, top)
        cairo_scale(context, scale, scale)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    }

    deinit { cairo_destroy(context) }

    private func use(_ color: Color) { cairo_set_source_rgb(context, color.red, color.green, color.blue) }

    package func fill(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ color: Color) {
        use(color)
        cairo_rectangle(context, x, y, width, height)
        cairo_fill(context)
    }

    package func frame(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ color: Color) {
        use(color)
        cairo_set_line_width(context, 1)
        cairo_rectangle(context, x + 0.5, y + 0.5, width - 1, height - 1)
        cairo_stroke(context)
    }

    package func disc(_ x: Double, _ y: Double, radius: Double, _ color: Color) {
        use(color)
        cairo_new_path(context)
        cairo_arc(context, x, y, radius, 0, 2 * Double.pi)
        cairo_fill(context)
    }

    package func line(_ points: [(x: Double, y: Double)], _ color: Color, width: Double = 1, closed: Bool = false) {
        guard let first = points.first else { return }
        use(color)
        cairo_set_line_width(context, width)
        cairo_move_to(context, first.x, first.y)
        for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
        if closed { cairo_close_path(context) }
        cairo_stroke(context)
    }

    /// Text with its baseline at `y`; with a halo it stays legible on a picture.
    package func text(
        _ text: String, _ x: Double, _ y: Double, size: Double = 15, bold: Bool = false, color: Color = .ink,
        _ alignment: Alignment = .left, halo: Color? = nil
    ) {
        let width = self.width(of: text, size: size, bold: bold)
        let start = x - [Alignment.left: 0, .centre: width / 2, .right: width][alignment]!
        if let halo {
            use(halo)
            cairo_move_to(context, start, y)
            cairo_text_path(context, text)
            cairo_set_line_width(context, 4)
            cairo_stroke(context)
        }
        use(color)
        cairo_move_to(context, start, y)
        cairo_show_text(context, text)
    }

    /// How wide text is.
    package func width(of text: String, size: Double, bold: Bool = false) -> Double {
        cairo_select_font_face(
            context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, size)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    /// The largest size from `largest` to `smallest` in which text is no wider than `room`.
    package func size(
        of text: String, within room: Double, from largest: Double, to smallest: Double, bold: Bool = false
    ) -> Double {
        var size = largest
        while size > smallest, width(of: text, size: size, bold: bold) > room { size -= 1 }
        return size
    }

    /// Text broken between words into lines no wider than `width`.
    package func lines(of text: String, width: Double, size: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, self.width(of: last + " " + word, size: size) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// Paints grey values, 0 black to 255 white, one per unit of the page, row by row.
    package func image(_ grey: [UInt8], width: Int, height: Int, at x: Double, _ y: Double) {
        let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        defer { cairo_surface_destroy(surface) }
        cairo_surface_flush(surface)
        let stride = Int(cairo_image_surface_get_stride(surface)) / 4
        cairo_image_surface_get_data(surface).withMemoryRebound(to: UInt32.self, capacity: stride * height) { pixels in
            for row in 0..<height {
                for column in 0..<width {
                    pixels[row * stride + column] = UInt32(grey[row * width + column]) * 0x010101
                }
            }
        }
        cairo_surface_mark_dirty(surface)
        cairo_set_source_surface(context, surface, x, y)
        cairo_paint(context)
    }
}

// MARK: - Pictures

extension Canvas {
    /// Draws a picture in memory, for as long as `body` looks at it.
    package static func withPicture<Result>(
        _ width: Int, _ height: Int, draw: (Canvas) -> Void, _ body: (OpaquePointer?) -> Result
    ) -> Result {
        let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        defer { cairo_surface_destroy(surface) }
        draw(Canvas(surface))
        return body(surface)
    }

    /// Draws a picture on white and writes it as PNG.
    /// - Parameters:
    ///   - width: pixels from left to right.
    ///   - height: pixels from top to bottom.
    /// - Throws: `ReportingError.unwritable`.
    package static func writePNG(
        to path: String, _ width: Int, _ height: Int, draw: (Canvas) -> Void
    ) throws(ReportingError) {
        let status = withPicture(width, height) { canvas in
            canvas.fill(0, 0, Double(width), Double(height), .white)
            draw(canvas)
        } _: {
            cairo_surface_write_to_png($0, path)
        }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw .unwritable(path: path, reason: String(cString: cairo_status_to_string(status)))
        }
    }
}
