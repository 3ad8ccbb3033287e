import Foundation
import CDCMTK
import DICOM

/// C strings that live as long as this object: what is lent to DCMTK during a document's making.
final class BorrowedText {
    private var strings: [UnsafeMutablePointer<CChar>] = []

    deinit { for string in strings { free(string) } }

    func callAsFunction(_ text: String) -> UnsafePointer<CChar> {
        let copy = strdup(text)!
        strings.append(copy)
        return UnsafePointer(copy)
    }

    func callAsFunction(_ concept: CodedConcept?) -> cd_code {
        guard let concept else { return cd_code(value: nil, scheme: nil, meaning: nil) }
        return cd_code(value: self(concept.value), scheme: self(concept.scheme), meaning: self(concept.meaning))
    }

    func instance(_ sopClass: UID, _ sopInstance: UID, series: UID, study: UID) -> cd_instance {
        cd_instance(
            study_uid: self(study.description), series_uid: self(series.description),
            sop_class_uid: self(sopClass.description), sop_instance_uid: self(sopInstance.description))
    }
}

/// Calls the shim, and throws what it says where it fails.
func attempt(
    _ object: ReportObject, _ call: (UnsafeMutablePointer<cd_error>) -> Int32
) throws(ReportingError) {
    var error = cd_error()
    guard call(&error) == 1 else { throw refusal(object, error) }
}

/// A failure of the shim as this module's error.
func refusal(_ object: ReportObject, _ error: cd_error) -> ReportingError {
    .refused(object: object.rawValue.replacingOccurrences(of: "-", with: " "), Condition(error))
}

/// Lends a data set to DCMTK as one of its own objects.
func withBuilder<Result>(
    _ dataSet: DataSet, for object: ReportObject,
    _ body: (OpaquePointer) throws(ReportingError) -> Result
) throws(ReportingError) -> Result {
    let builder = cd_builder_create()!
    defer { cd_builder_free(builder) }
    var error = cd_error()
    guard dataSet.build(into: builder, &error) else { throw refusal(object, error) }
    return try body(builder)
}
