import CDCMTK

/// A DICOM file: file meta information and data set (PS3.10).
public struct DICOMFile: Sendable, Equatable {
    /// Group 0002; empty where the file had none.
    public let metaInformation: DataSet
    /// The data set.
    public let dataSet: DataSet

    /// How much of a file to read.
    public enum Extent: Sendable {
        /// Everything before the pixel data.
        case header
        /// Everything, compressed pixel data decompressed.
        case whole
    }

    /// Reads a file, with or without the Part 10 preamble.
    /// - Throws: `DICOMError.unreadable` where DCMTK cannot read it, or cannot decompress its pixel data.
    public init(path: String, extent: Extent = .whole) throws(DICOMError) {
        let collector = Collector()
        var error = cd_error()
        let read = withExtendedLifetime(collector) {
            var visitor = collector.visitor
            return cd_file_read(path, extent == .header ? cd_extent_header : cd_extent_native, &visitor, &error)
        }
        guard read == 1 else { throw .unreadable(path: path, Condition(error)) }
        let collected = collector.root
        (metaInformation, dataSet) = (
            DataSet(elements: collected.elements.filter { $0.tag.group == 2 }),
            DataSet(elements: collected.elements.filter { $0.tag.group != 2 })
        )
    }
}

extension DataSet {
    /// Writes the data set as a Part 10 file; SOP Class and Instance UID must be in it.
    /// - Throws: `DICOMError.unwritable` where DCMTK refuses an element or the file cannot be written.
    public func write(to path: String, transferSyntax: UID = .explicitVRLittleEndian) throws(DICOMError) {
        let builder = cd_builder_create()
        defer { cd_builder_free(builder) }
        var error = cd_error()
        guard build(into: builder, &error), cd_builder_write(builder, path, transferSyntax.description, &error) == 1
        else { throw .unwritable(path: path, Condition(error)) }
    }

    /// Gathers the data set in a builder of the shim, for the modules that hand one to DCMTK.
    /// - Returns: whether DCMTK took every element; if not, `error` says why.
    package func build(into builder: OpaquePointer?, _ error: inout cd_error) -> Bool {
        for element in elements {
            switch element.value {
            case .bytes(let bytes):
                guard
                    cd_builder_element(
                        builder, element.tag.group, element.tag.element, element.vr.rawValue, bytes, bytes.count, &error
                    )
                        == 1
                else { return false }
            case .sequence(let items):
                guard cd_builder_begin_sequence(builder, element.tag.group, element.tag.element, &error) == 1 else {
                    return false
                }
                for item in items {
                    guard cd_builder_begin_item(builder, &error) == 1, item.build(into: builder, &error) else {
                        return false
                    }
                    cd_builder_end_item(builder)
                }
                cd_builder_end_sequence(builder)
            }
        }
        return true
    }

    init(elements: [Element]) {
        self.init()
        for element in elements { set(element) }
    }
}

/// Collects a data set from the shim's events. Keep it alive while its `visitor` is in use.
package final class Collector {
    private var open: [DataSet] = [DataSet()]
    private var sequences: [[DataSet]] = []
    private var tags: [Tag] = []

    package init() {}

    /// What has been collected.
    package var root: DataSet { open[0] }

    /// The callbacks that feed this collector.
    package var visitor: cd_visitor {
        cd_visitor(
            context: Unmanaged.passUnretained(self).toOpaque(),
            element: { context, group, element, vr, bytes, length in
                let value = Array(UnsafeBufferPointer(start: bytes, count: length))
                let vr = vr.flatMap { VR(rawValue: String(cString: $0)) } ?? .UN
                Collector.at(context).add(.init(tag: Tag(group, element), vr: vr, value: .bytes(value)))
            },
            begin_sequence: { context, group, element in Collector.at(context).beginSequence(Tag(group, element)) },
            begin_item: { context in Collector.at(context).open.append(DataSet()) },
            end_item: { context in Collector.at(context).endItem() },
            end_sequence: { context in Collector.at(context).endSequence() })
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> Collector {
        Unmanaged<Collector>.fromOpaque(context!).takeUnretainedValue()
    }

    private func add(_ element: DataSet.Element) { open[open.count - 1].set(element) }

    private func beginSequence(_ tag: Tag) {
        sequences.append([])
        tags.append(tag)
    }

    private func endItem() {
        let item = open.removeLast()
        sequences[sequences.count - 1].append(item)
    }

    private func endSequence() {
        let items = sequences.removeLast()
        add(.init(tag: tags.removeLast(), vr: .SQ, value: .sequence(items)))
    }
}
