import Reading
import Staging

extension SummaryPage {
    /// What has changed since an earlier study, below the totals: volume and response, then what became of the lesions.
    /// - Returns: the room that it takes; none without a comparison.
    func drawComparison(on canvas: Canvas) -> Double {
        guard let comparison = reading.comparison else { return 0 }
        let (left, right, y) = (PageLayout.tableLeft, PageLayout.right, PageLayout.comparisonBaseline)
        let change = self.change(comparison.volume)
        func width(_ text: String, _ size: Double) -> Double { canvas.width(of: text, size: size, bold: true) }
        // Smaller letters before shorter words.
        let candidates = comparison.responses.flatMap { response in
            stride(from: 17, through: PageLayout.small, by: -1).map { (response: response, size: $0) }
        }
        let fitting = candidates.first { width(change, $0.size) + 16 + width($0.response, $0.size) <= right - left }
        let (response, size) = fitting ?? candidates.last!
        canvas.text(change, left, y, size: size, bold: true)
        canvas.text(response, right, y, size: size, bold: true, .right)
        // The places of lesions that are gone, where there is room for them.
        let fates = [true, false].map { withPlaces in
            canvas.lines(
                of: sentence(on: comparison, withPlaces: withPlaces), width: right - left, size: PageLayout.small)
        }
        let lines = fates[0].count <= 2 ? fates[0] : fates[1]
        for (index, line) in lines.enumerated() {
            canvas.text(line, left, y + 22 + 20 * Double(index), size: PageLayout.small, color: .faint)
        }
        return PageLayout.comparisonHeight + 20 * Double(lines.count - 1)
    }

    private func change(_ volume: VolumeChange) -> String {
        let percent = volume.changePercent.map { " (\($0 >= 0 ? "+" : "\u{2212}")\(fixed(abs($0), 0)) %)" } ?? ""
        let figures = "\(fixed(volume.earlierMl, 1)) \u{2192} \(fixed(volume.presentMl, 1)) ml\(percent)"
        return "\(isFDG ? "MTV" : "PSMA-TV") \(figures)"
    }

    /// What became of the lesions, in numbers.
    private func sentence(on comparison: StudyComparison, withPlaces: Bool) -> String {
        let date = comparison.earlierStudyDate
        let since = "Since \(date.isEmpty ? "an earlier study" : dashed(date)): "
        guard comparison.registration != nil else {
            let why = comparison.earlierReport == nil ? "not matched" : "not matched: only the earlier report is here"
            return since + "\(countOfLesions(comparison.earlierLesionCount)) then, \(lesions.count) now; \(why)"
        }
        let fates = LesionChange.Fate.allCases.compactMap { fate -> String? in
            let changes = comparison.changes.filter { $0.fate == fate }
            guard !changes.isEmpty else { return nil }
            let places = withPlaces ? changes.filter { $0.focusID == nil }.compactMap(comparison.place) : []
            let named = places.isEmpty ? "" : " (\(places.joined(separator: ", ")))"
            return "\(changes.count) \(fate.words.lowercased())\(named)"
        }
        return since + (fates.isEmpty ? "no lesion then, none now" : fates.joined(separator: ", "))
    }

    /// A mark on the lesions where there was nothing before.
    func isNew(_ lesion: ReportedLesion) -> Bool {
        reading.comparison?.changes.contains { $0.focusID == lesion.focus.id && $0.fate == .new } ?? false
    }
}

extension StudyComparison {
    /// The response in words, then shorter; what it can be, where it cannot be told; else nothing.
    fileprivate var responses: [String] {
        if let recip { return ["\(recip.meaning) (\(recip.rawValue))", recip.rawValue] }
        return [possibleRECIP.map(\.rawValue).joined(separator: " or ")]
    }
}
