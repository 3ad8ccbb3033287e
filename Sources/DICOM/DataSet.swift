/// A data set: data elements in ascending order of tag, as bytes (PS3.5 section 7).
///
/// Values keep the bytes of their source, so that what is copied from a study stays what it was, with its character
/// set; typed accessors decode on the way out (`DataSet+Values.swift`).
public struct DataSet: Sendable, Equatable {
    /// One data element.
    public struct Element: Sendable, Equatable {
        /// The data element tag.
        public let tag: Tag
        /// The value representation.
        public let vr: VR
        /// The value.
        public let value: Value

        /// Makes an element.
        public init(tag: Tag, vr: VR, value: Value) {
            self.tag = tag
            self.vr = vr
            self.value = value
        }
    }

    /// The value of an element.
    public enum Value: Sendable, Equatable {
        /// Little-endian bytes, padded to even length.
        case bytes([UInt8])
        /// The items of a sequence.
        case sequence([DataSet])
    }

    /// All elements, ascending by tag.
    public private(set) var elements: [Element] = []

    /// An empty data set.
    public init() {}

    /// The element at `tag`, or nil where there is none.
    public subscript(tag: Tag) -> Element? {
        let index = insertionIndex(of: tag)
        return index < elements.count && elements[index].tag == tag ? elements[index] : nil
    }

    /// Puts an element in its place; one already there is replaced.
    public mutating func set(_ element: Element) {
        if let last = elements.last, last.tag < element.tag {
            elements.append(element)
            return
        }
        let index = insertionIndex(of: element.tag)
        if index < elements.count, elements[index].tag == element.tag {
            elements[index] = element
        } else {
            elements.insert(element, at: index)
        }
    }

    /// Takes the element at an attribute away, if there is one.
    public mutating func remove(_ attribute: Attribute) {
        let index = insertionIndex(of: attribute.tag)
        if index < elements.count, elements[index].tag == attribute.tag { elements.remove(at: index) }
    }

    /// The first index whose tag is not below `tag`.
    private func insertionIndex(of tag: Tag) -> Int {
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle].tag < tag { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A data element tag.
public struct Tag: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Group number.
    public let group: UInt16
    /// Element number.
    public let element: UInt16

    /// Makes a tag.
    public init(_ group: UInt16, _ element: UInt16) {
        self.group = group
        self.element = element
    }

    public static func < (left: Tag, right: Tag) -> Bool {
        (left.group, left.element) < (right.group, right.element)
    }

    /// As the standard writes it: `(0010,0020)`.
    public var description: String {
        func hex(_ value: UInt16) -> String {
            let digits = String(value, radix: 16, uppercase: true)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "(\(hex(group)),\(hex(element)))"
    }
}
