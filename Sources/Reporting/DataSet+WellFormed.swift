import DICOM

extension DataSet {
    /// The data set without values that break their own representation (PS3.5 section 6.2): dates, times and numbers
    /// that are none, or are too long.
    ///
    /// DCMTK refuses a whole document for one such value in an image header. What the report says of an image is left
    /// out then; the image itself is referenced as ever.
    func wellFormed() -> DataSet {
        var result = DataSet()
        for element in elements {
            switch element.value {
            case .sequence(let items):
                result.set(
                    Element(tag: element.tag, vr: element.vr, value: .sequence(items.map { $0.wellFormed() })))
            case .bytes(let bytes):
                if isWellFormed(bytes, element.vr) { result.set(element) }
            }
        }
        return result
    }

    private func isWellFormed(_ bytes: [UInt8], _ vr: VR) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let values = text.split(separator: "\\", omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.prefix { $0 != " " && $0 != "\0" })
        }
        return values.allSatisfy { $0.isEmpty || isWellFormed($0, vr) }
    }

    private func isWellFormed(_ value: String, _ vr: VR) -> Bool {
        let digits = value.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
        switch vr {
        case .DS: return isDecimalString(value)
        case .IS: return value.utf8.count <= 12 && Int32(value) != nil
        case .DA: return digits && !value.contains(".") && DateTime(date: value, time: "00") != nil
        case .TM: return digits && value.utf8.count <= 14 && DateTime(date: "20000101", time: value) != nil
        case .DT: return DateTime(value) != nil
        default: return true
        }
    }
}

/// Whether text is a decimal string (DS): a finite number in at most 16 characters.
func isDecimalString(_ text: String) -> Bool { text.utf8.count <= 16 && Double(text).map(\.isFinite) ?? false }
