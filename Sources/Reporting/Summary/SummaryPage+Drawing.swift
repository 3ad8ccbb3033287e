import Imaging
import Reading
import Staging

/// The page's areas, in page units.
private enum Layout {
    static let margin = 28.0
    static let titleBaseline = 48.0
    static let top = 84.0
    static let viewsTop = 100.0
    static let viewsWidth = 800.0
    static let viewsHeight = 786.0
    static let tableLeft = 868.0
    static let rowHeight = 25.0
    static let footer = 940.0
}

extension SummaryPage {
    /// Draws the whole page.
    func draw(on canvas: Canvas) {
        let (width, height) = (Double(Self.width), Double(Self.height))
        canvas.fill(0, 0, width, height, .white)
        drawTitle(on: canvas)
        drawViews(on: canvas)
        drawLegend(on: canvas)
        drawStage(on: canvas)
        let end = drawTable(on: canvas)
        drawWarnings(on: canvas, from: end)
        drawFooter(on: canvas)
    }

    private func drawTitle(on canvas: Canvas) {
        let modality = reading.ct == nil ? "PET without CT" : "PET/CT"
        canvas.text(
            "\(reading.tracer.rawValue) \(modality)", Layout.margin, Layout.titleBaseline, size: 26, bold: true)
        let date = reading.pet.headers[0].string(.studyDate) ?? ""
        let digits = Array(date)
        let shown =
            digits.count == 8 ? "\(String(digits[0..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))" : date
        canvas.text(
            shown.isEmpty ? "Study date unknown" : "Study of \(shown)", Layout.margin + 800, Layout.titleBaseline,
            size: 17, color: .faint, .right)
    }

    private func drawStage(on canvas: Canvas) {
        let (left, right) = (Layout.tableLeft, Double(Self.width) - Layout.margin)
        guard let stage = reading.stage else {
            canvas.text("No stage: miTNM is for PSMA ligands", left, Layout.titleBaseline, size: 17, color: .faint)
            return
        }
        var size = 26.0
        let room = right - left - 130
        while size > 14, canvas.width(of: stage.line, size: size, bold: true) > room { size -= 1 }
        canvas.text(stage.line, left, Layout.titleBaseline, size: size, bold: true)
        canvas.text(stage.edition.rawValue, right, Layout.titleBaseline, size: 17, color: .faint, .right)
    }

    // MARK: - Pictures

    /// Both projections side by side at one scale.
    private func drawViews(on canvas: Canvas) {
        let gap = 24.0
        let total = views.reduce(0) { $0 + $1.across.extent }
        let tallest = views.map(\.down.extent).max()!
        let scale = min((Layout.viewsWidth - gap) / total, Layout.viewsHeight / tallest)
        var x = Layout.margin + (Layout.viewsWidth - gap - total * scale) / 2
        for view in views {
            let (pixels, width, height) = view.grey(scale: scale, maximum: windowMaximum)
            canvas.image(pixels, width: width, height: height, at: x.rounded(), Layout.viewsTop)
            canvas.frame(x.rounded(), Layout.viewsTop, Double(width), Double(height), .rule)
            drawLesions(of: view, scale: scale, at: x.rounded(), width: Double(width), on: canvas)
            drawCaption(of: view, at: x.rounded(), width: Double(width), on: canvas)
            x += view.across.extent * scale + gap
        }
    }

    /// The plane and the sides, above the picture so that they hide nothing.
    private func drawCaption(of view: ProjectedView, at x: Double, width: Double, on canvas: Canvas) {
        let (left, right) = view.plane == .coronal ? ("R", "L") : ("A", "P")
        let y = Layout.viewsTop - 8
        canvas.text(left, x, y, bold: true, color: .faint)
        canvas.text("\(view.plane.rawValue) maximum", x + width / 2, y, size: 14, color: .faint, .centre)
        canvas.text(right, x + width, y, bold: true, color: .faint, .right)
    }

    private func drawLesions(of view: ProjectedView, scale: Double, at x: Double, width: Double, on canvas: Canvas) {
        func point(_ corner: GridCorner) -> (x: Double, y: Double) {
            (
                x + view.across.offset(ofEdge: corner.column) * scale,
                Layout.viewsTop + view.down.offset(ofEdge: corner.row) * scale
            )
        }
        var labels = LabelPlacement(
            left: x, top: Layout.viewsTop, right: x + width, bottom: Layout.viewsTop + view.down.extent * scale)
        let drawn = zip(lesions, view.outlines).map { lesion, outlines in
            (lesion, Color(LesionRegion(lesion.verdict.location)), outlines.map { $0.map(point) })
        }
        for (_, color, paths) in drawn {
            for path in paths { canvas.line(path, .white, width: 3.5, closed: true) }
            for path in paths { canvas.line(path, color, width: 2, closed: true) }
            labels.avoid(paths)
        }
        for (lesion, color, paths) in drawn {
            let number = String(lesion.number)
            let width = canvas.width(of: number, size: 15, bold: true)
            guard let place = labels.place(beside: paths, width: width) else { continue }
            canvas.text(number, place.x, place.y, size: 15, bold: true, color: color, halo: .white)
        }
    }

    /// What the greys and colours mean.
    private func drawLegend(on canvas: Canvas) {
        let y = Layout.viewsTop + Layout.viewsHeight + 32
        let shades = (0..<120).map { (step: Int) -> UInt8 in UInt8(255 - step * 255 / 119) }
        let ramp = [[UInt8]](repeating: shades, count: 14).flatMap { $0 }
        canvas.text("SUVbw 0", Layout.margin, y, size: 14, color: .faint)
        canvas.image(ramp, width: 120, height: 14, at: Layout.margin + 72, y - 12)
        canvas.frame(Layout.margin + 72, y - 12, 120, 14, .rule)
        canvas.text("\(fixed(windowMaximum, 0)) and above", Layout.margin + 200, y, size: 14, color: .faint)
        var x = Layout.margin + 360
        for region in LesionRegion.allCases {
            canvas.disc(x + 6, y - 5, radius: 6, Color(region))
            canvas.text(region.title, x + 18, y, size: 14)
            x += 44 + canvas.width(of: region.title, size: 14)
        }
    }

    // MARK: - Words

    /// The lesions, one per row.
    /// - Returns: where the table ends.
    private func drawTable(on canvas: Canvas) -> Double {
        let left = Layout.tableLeft
        let right = Double(Self.width) - Layout.margin
        let ends = [right - 330, right - 240, right - 145, right]
        var y = Layout.top + 16
        for (title, end) in zip(["SUVmax", "SUVmean", "Volume ml", "Probability %"], ends) {
            canvas.text(title, end, y, size: 14, color: .faint, .right)
        }
        canvas.text("Lesion", left, y, size: 14, color: .faint)
        y += 8
        canvas.line([(left, y), (right, y)], .rule)
        guard !lesions.isEmpty else {
            canvas.text("No lesions found", left, y + 30, size: 19, bold: true)
            canvas.text(
                sentenceWithoutLesions(fociCount: reading.foci.count), left, y + 56, size: 15)
            return y + 70
        }
        let shown = lesions.count <= Self.rows ? lesions : Array(lesions.prefix(Self.rows - 1))
        for (index, lesion) in shown.enumerated() {
            if index % 2 == 1 { canvas.fill(left - 6, y + 2, right - left + 12, Layout.rowHeight, .band) }
            y += Layout.rowHeight
            drawRow(lesion, at: y - 5, ends: ends, on: canvas)
        }
        guard shown.count < lesions.count else { return y + 12 }
        y += Layout.rowHeight
        canvas.text("and \(lesions.count - shown.count) more, in the report", left + 20, y - 5, color: .faint)
        return y + 12
    }

    /// The rows of the table that leave room for the warnings.
    private static let rows = 26

    private func drawRow(_ lesion: ReportedLesion, at y: Double, ends: [Double], on canvas: Canvas) {
        let left = Layout.tableLeft
        let location = lesion.verdict.location
        let side = lesion.verdict.laterality == .midline ? "" : ", \(lesion.verdict.laterality.rawValue)"
        let color = Color(LesionRegion(location))
        canvas.disc(left + 6, y - 5, radius: 6, color)
        canvas.text(String(lesion.number), left + 46, y, bold: true, color: color, .right)
        canvas.text(location.displayName + side, left + 58, y)
        let focus = lesion.focus
        let figures = [
            fixed(focus.suvMax, 1), fixed(focus.suvMean, 1), fixed(focus.volumeMl, focus.volumeMl < 10 ? 2 : 1),
            percent(lesion.verdict.suspiciousProbability),
        ]
        for (figure, end) in zip(figures, ends) { canvas.text(figure, end, y, .right) }
    }

    private func drawWarnings(on canvas: Canvas, from start: Double) {
        let width = Double(Self.width) - Layout.margin - Layout.tableLeft
        var y = start + 16
        let lines = reading.warnings.flatMap { canvas.lines(of: "Note: \($0)", width: width, size: 14) }
        let room = max(Int((Layout.footer - 24 - y) / 19), 1)
        let shown = lines.count <= room ? lines : lines.prefix(room - 1) + ["More notes in the report."]
        for line in shown {
            canvas.text(line, Layout.tableLeft, y, size: 14, color: .alert)
            y += 19
        }
    }

    private func drawFooter(on canvas: Canvas) {
        let right = Double(Self.width) - Layout.margin
        canvas.line([(Layout.margin, Layout.footer), (right, Layout.footer)], .rule)
        canvas.text(
            "Research use only \u{2013} not for clinical decisions", Layout.margin, Layout.footer + 34, size: 20,
            bold: true,
            color: .alert)
        canvas.text(
            "Uptake, model \(reading.model.name) \(reading.model.version) (\(reading.model.sha256.prefix(12)))", right,
            Layout.footer + 34, size: 14, color: .faint, .right)
    }
}
