import Imaging

extension SummaryPage {
    /// Both projections side by side at one scale, without the air beside the body.
    func drawViews(on canvas: Canvas) {
        let gap = 20.0
        let spans = views.map(\.bodySpan)
        let total = spans.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        let tallest = views.map(\.down.extent).max()!
        let scale = min((PageLayout.viewsWidth - gap) / total, PageLayout.viewsHeight / tallest)
        var x = PageLayout.margin + (PageLayout.viewsWidth - gap - total * scale) / 2
        for (view, span) in zip(views, spans) {
            let (pixels, width, height) = view.grey(scale: scale, maximum: windowMaximum, across: span)
            let picture = Picture(
                view: view, start: span.lowerBound, scale: scale, x: x.rounded(), width: Double(width),
                height: Double(height))
            canvas.image(pixels, width: width, height: height, at: picture.x, PageLayout.viewsTop)
            canvas.frame(picture.x, PageLayout.viewsTop, picture.width, picture.height, .rule)
            drawLesions(in: picture, on: canvas)
            drawCaption(of: picture, on: canvas)
            x += (span.upperBound - span.lowerBound) * scale + gap
        }
    }

    /// A projection as it lies on the page.
    private struct Picture {
        let view: ProjectedView
        /// Where it begins across, in millimetres of the projection.
        let start: Double
        /// Page units per millimetre.
        let scale: Double
        let x, width, height: Double

        func point(_ corner: GridCorner) -> (x: Double, y: Double) {
            (
                x + (view.across.offset(ofEdge: corner.column) - start) * scale,
                PageLayout.viewsTop + view.down.offset(ofEdge: corner.row) * scale
            )
        }
    }

    /// The plane and the sides, above the picture so that they hide nothing.
    private func drawCaption(of picture: Picture, on canvas: Canvas) {
        let (left, right) = picture.view.plane == .coronal ? ("R", "L") : ("A", "P")
        let y = PageLayout.viewsTop - 8
        canvas.text(left, picture.x, y, size: 16, bold: true, color: .faint)
        canvas.text(
            "\(picture.view.plane.rawValue) MIP", picture.x + picture.width / 2, y, size: PageLayout.small,
            color: .faint, .centre)
        canvas.text(right, picture.x + picture.width, y, size: 16, bold: true, color: .faint, .right)
    }

    private func drawLesions(in picture: Picture, on canvas: Canvas) {
        var labels = LabelPlacement(
            left: picture.x, top: PageLayout.viewsTop, right: picture.x + picture.width,
            bottom: PageLayout.viewsTop + picture.height)
        let drawn = zip(lesions, picture.view.outlines).map { lesion, outlines in
            (lesion, Color(LesionRegion(lesion.verdict.location)), outlines.map { $0.map(picture.point) })
        }
        for (_, color, paths) in drawn {
            for path in paths { canvas.line(path, .white, width: 3.5, closed: true) }
            for path in paths { canvas.line(path, color, width: 2, closed: true) }
            labels.avoid(paths)
        }
        for (lesion, color, paths) in drawn {
            let number = String(lesion.number)
            let mark = isNew(lesion) ? Self.newMark : ""
            let width = canvas.width(of: number, size: 16, bold: true)
            let markWidth = canvas.width(of: mark, size: 16, bold: true)
            guard let place = labels.place(beside: paths, width: width + markWidth) else { continue }
            canvas.text(number, place.x, place.y, size: 16, bold: true, color: color, halo: .white)
            canvas.text(mark, place.x + width, place.y, size: 16, bold: true, color: .alert, halo: .white)
        }
    }

    /// Behind the number of a lesion that is new, and in the legend.
    private static let newMark = "+"

    /// What the greys, colours and marks mean.
    func drawLegend(on canvas: Canvas) {
        let (y, size, left) = (PageLayout.legendBaseline, PageLayout.small, PageLayout.margin)
        let shades = (0..<80).map { (step: Int) -> UInt8 in UInt8(255 - step * 255 / 79) }
        let ramp = [[UInt8]](repeating: shades, count: 14).flatMap { $0 }
        canvas.text("SUVbw 0", left, y, size: size, color: .faint)
        canvas.image(ramp, width: 80, height: 14, at: left + 72, y - 12)
        canvas.frame(left + 72, y - 12, 80, 14, .rule)
        canvas.text("\(fixed(windowMaximum, 0)) and above", left + 158, y, size: size, color: .faint)
        var x = left + 282
        for region in LesionRegion.allCases {
            canvas.disc(x + 6, y - 5, radius: 6, Color(region))
            canvas.text(region.title, x + 17, y, size: size)
            x += 30 + canvas.width(of: region.title, size: size)
        }
        guard lesions.contains(where: isNew) else { return }
        canvas.text(Self.newMark, x, y, size: 16, bold: true, color: .alert)
        canvas.text("new", x + 14, y, size: size)
    }
}
