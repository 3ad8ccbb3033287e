import Imaging
import Reading
import Staging

extension SummaryPage {
    /// Draws the whole page.
    func draw(on canvas: Canvas) {
        canvas.fill(0, 0, Double(Self.width), Double(Self.height), .white)
        drawTitle(on: canvas)
        drawViews(on: canvas)
        drawLegend(on: canvas)
        drawStage(on: canvas)
        let top = PageLayout.tableTop + drawComparison(on: canvas)
        drawNotes(on: canvas, from: drawRegions(on: canvas, from: drawTable(on: canvas, from: top)))
        drawFooter(on: canvas)
    }

    private func drawTitle(on canvas: Canvas) {
        let modality = reading.ct == nil ? "PET without CT" : "PET/CT"
        canvas.text(
            "\(reading.tracer.rawValue) \(modality)", PageLayout.margin, PageLayout.titleBaseline, size: 24, bold: true)
        let date = dashed(reading.pet.headers[0].string(.studyDate) ?? "")
        canvas.text(
            date.isEmpty ? "Study date unknown" : "Study of \(date)", PageLayout.margin + PageLayout.viewsWidth,
            PageLayout.titleBaseline, size: 17, color: .faint, .right)
    }

    /// A date as it is read, from how DICOM writes it.
    func dashed(_ date: String) -> String {
        let digits = Array(date)
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return digits.count == 8 ? "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))" : date
    }

    private func drawStage(on canvas: Canvas) {
        let (left, right) = (PageLayout.tableLeft, PageLayout.right)
        if let stage = reading.stage {
            let room = right - left - 120
            let size = canvas.size(of: stage.description, within: room, from: 24, to: 14, bold: true)
            canvas.text(stage.description, left, PageLayout.titleBaseline, size: size, bold: true)
            canvas.text(stage.edition.rawValue, right, PageLayout.titleBaseline, size: 17, color: .faint, .right)
        } else {
            canvas.text("No stage: miTNM is for PSMA ligands", left, PageLayout.titleBaseline, size: 17, color: .faint)
        }
        guard !lesions.isEmpty else { return }
        let totals = LesionTotals(lesions).sentence(isFDG: isFDG)
        canvas.text(
            "\(countOfLesions(lesions.count)) of \(reading.foci.count) foci, \(totals)", left,
            PageLayout.subtitleBaseline, size: 17)
    }

    // MARK: - Table

    /// A column of figures: its title, where it ends, and the figure of a lesion.
    private typealias Column = (title: String, end: Double, figure: (ReportedLesion) -> String)

    private var columns: [Column] {
        let right = PageLayout.right
        let score: [Column] =
            isFDG
            ? [] : [("Score", right - 76, { $0.read.scoreText })]
        let shift = isFDG ? 60.0 : 0
        return [
            ("SUVmax", right - 202 + shift, { fixed($0.focus.suvMax, 1) }),
            ("ml", right - 138 + shift, { fixed($0.focus.volumeMl, $0.focus.volumeMl < 10 ? 2 : 1) }),
        ] + score + [("Prob. %", right, { percent($0.verdict.suspiciousProbability) })]
    }

    /// The lesions, one per row.
    /// - Returns: where the table ends.
    private func drawTable(on canvas: Canvas, from top: Double) -> Double {
        let (left, right) = (PageLayout.tableLeft, PageLayout.right)
        guard !lesions.isEmpty else { return drawAbsence(on: canvas, from: top) }
        let rows = PageLayout.rows - Int(((top - PageLayout.tableTop) / PageLayout.rowHeight).rounded(.up))
        var y = top
        canvas.text("Lesion", left, y, size: PageLayout.small, color: .faint)
        for column in columns {
            canvas.text(column.title, column.end, y, size: PageLayout.small, color: .faint, .right)
        }
        y += 8
        canvas.line([(left, y), (right, y)], .rule)
        let isWhole = lesions.count <= rows
        let shown = isWhole ? lesions : Array(lesions.prefix(rows - 1))
        for (index, lesion) in shown.enumerated() {
            if index % 2 == 1 { canvas.fill(left - 6, y, right - left + 12, PageLayout.rowHeight, .band) }
            y += PageLayout.rowHeight
            drawRow(lesion, at: y - 8, on: canvas)
        }
        guard !isWhole else { return y }
        y += PageLayout.rowHeight
        let rest = "and \(lesions.count - shown.count) more of lower SUVmax, in the report"
        canvas.text(rest, left + 56, y - 8, size: 16, color: .faint)
        return y
    }

    private func drawAbsence(on canvas: Canvas, from top: Double) -> Double {
        canvas.text("No lesions found", PageLayout.tableLeft, top, size: 20, bold: true)
        canvas.text(
            sentenceWithoutLesions(fociCount: reading.foci.count), PageLayout.tableLeft, top + 28, size: 16)
        return top + 36
    }

    private func drawRow(_ lesion: ReportedLesion, at y: Double, on canvas: Canvas) {
        let left = PageLayout.tableLeft
        let verdict = lesion.verdict
        let side = verdict.laterality == .midline ? "" : ", \(verdict.laterality.rawValue)"
        let color = Color(LesionRegion(verdict.location))
        canvas.disc(left + 7, y - 5, radius: 6, color)
        canvas.text(String(lesion.number), left + 48, y, size: 16, bold: true, color: color, .right)
        let name = verdict.location.displayName + side
        var room = columns[0].end - 52 - (left + 58)
        if isNew(lesion) {
            canvas.text("new", left + 58 + room, y, size: 16, bold: true, color: .alert, .right)
            room -= canvas.width(of: "new", size: 16, bold: true) + 8
        }
        canvas.text(name, left + 58, y, size: canvas.size(of: name, within: room, from: 16, to: 12))
        for column in columns { canvas.text(column.figure(lesion), column.end, y, size: 16, .right) }
    }

    /// The totals of each region, where there is room for them.
    /// - Returns: where they end.
    private func drawRegions(on canvas: Canvas, from start: Double) -> Double {
        let regions = LesionTotals.byRegion(lesions)
        let height = Double(regions.count + 1) * PageLayout.rowHeight
        guard regions.count > 1, start + height < PageLayout.notesBottom else { return start }
        let (left, ends) = (PageLayout.tableLeft, (count: columns[0].end, volume: columns[1].end))
        var y = start + PageLayout.rowHeight + 4
        canvas.text("Region", left, y, size: PageLayout.small, color: .faint)
        canvas.text("Lesions", ends.count, y, size: PageLayout.small, color: .faint, .right)
        canvas.text("ml", ends.volume, y, size: PageLayout.small, color: .faint, .right)
        canvas.line([(left, y + 7), (PageLayout.right, y + 7)], .rule)
        for (region, totals) in regions {
            y += PageLayout.rowHeight
            canvas.text(region.title, left, y, size: 16)
            canvas.text(String(totals.count), ends.count, y, size: 16, .right)
            canvas.text(fixed(totals.volumeMl, 1), ends.volume, y, size: 16, .right)
        }
        return y
    }

    // MARK: - Words

    /// What the figures are compared with, and what to beware of.
    private func drawNotes(on canvas: Canvas, from start: Double) {
        let width = PageLayout.right - PageLayout.tableLeft
        func lines(_ text: String) -> [String] { canvas.lines(of: text, width: width, size: PageLayout.small) }
        var y = start + 30
        for line in lines("Reference SUVmean: \(referenceSentence(of: reading)).") {
            canvas.text(line, PageLayout.tableLeft, y, size: PageLayout.small, color: .faint)
            y += 20
        }
        y += 6
        let notes = reading.warnings.flatMap { lines("Note: \($0)") }
        let room = max(Int((PageLayout.legendBaseline - y) / 20) + 1, 1)
        let shown = notes.count <= room ? notes : notes.prefix(room - 1) + ["More notes in the report."]
        for line in shown {
            canvas.text(line, PageLayout.tableLeft, y, size: PageLayout.small, color: .alert)
            y += 20
        }
    }

    private func drawFooter(on canvas: Canvas) {
        canvas.line([(PageLayout.margin, PageLayout.footer), (PageLayout.right, PageLayout.footer)], .rule)
        let baseline = PageLayout.footer + 36
        canvas.text(
            "Research use only \u{2013} not for clinical decisions", PageLayout.margin, baseline, size: 20, bold: true,
            color: .alert)
        canvas.text(
            "Uptake, model \(reading.model.name) \(reading.model.version) (\(reading.model.sha256.prefix(12)))",
            PageLayout.right, baseline, size: PageLayout.small, color: .faint, .right)
    }
}
