/// A finding of a validator that is none, with the reason why.
struct FalseAlarm {
    /// All of these occur in the line.
    let parts: [String]
    let reason: String

    /// The whole list: whatever else a validator prints fails the test.
    static let known: [FalseAlarm] = attributes + entities + templates

    /// Of `dciodvfy`.
    private static let attributes: [FalseAlarm] = [
        FalseAlarm(
            parts: ["CodingSchemeDesignator(0008,0102)", "Unrecognized defined term = <99UPTAKE>"],
            reason:
                "a private scheme is declared in Coding Scheme Identification Sequence, which dciodvfy does not read"),
        FalseAlarm(
            parts: [
                "CodingSchemeIdentificationSequence", "CodingSchemeUID(0008,010c)",
                "Unrecognized defined term = <2.25.",
            ],
            reason: "the UID of the private scheme, likewise"),
        FalseAlarm(
            parts: ["ContributingEquipmentSequence", "DeviceUID(0018,1002)", "not present in standard DICOM IOD"],
            reason: "in Contributing Equipment since CP-1898, after this dciodvfy's tables; IHE AI Results demands it"),
    ]

    /// Of `dcentvfy`.
    private static let entities: [FalseAlarm] = [
        FalseAlarm(
            parts: ["Different information entities for attribute", "Element=<AccessionNumber>"],
            reason: "dcentvfy counts Accession Number to the series in one table and to the study in another")
    ]

    /// Of PixelMed's validator.
    private static let templates: [FalseAlarm] = [
        FalseAlarm(
            parts: ["Template 1411", "(125007,DCM,\"Measurement Group\"): Missing conditional content item"],
            reason: """
                a group of TID 1501 has the name of one of TID 1411, by which it is judged too; that every lesion's group has
                its segment is for highdicom to find
                """),
        FalseAlarm(
            parts: ["(276214006,SCT,\"Findings category type\"): Content Item not in template"],
            reason: "Finding Category is a row of TID 1411 in editions after these rules, which are of 2022"),
        FalseAlarm(
            parts: [",99UPTAKE,", "Content Item not in template"],
            reason: "TID 1500 and its groups are extensible; what no template has is coded in the private scheme"),
        FalseAlarm(
            parts: ["has different code meaning"],
            reason:
                "the value identifies a code, its meaning is for people (PS3.3 section 8.3) and copied from the image"),
    ]

    /// Whether a line of a validator's output is a finding that the list does not excuse.
    static func isFinding(_ line: Substring) -> Bool {
        guard line.contains("Error") || line.contains("Warning") || line.contains("Abort") else { return false }
        return !known.contains { alarm in alarm.parts.allSatisfy { line.contains($0) } }
    }
}
