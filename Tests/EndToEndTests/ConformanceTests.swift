import DICOMNetwork
import Foundation
import Testing

/// The conformance statement is what the program says of itself, and the program says all of it.
@Suite struct ConformanceTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Place.root)/\(path)", encoding: .utf8)
    }

    private static func statement(_ configuration: String) throws -> String {
        let run = try Child.run(Place.uptake, ["conformance", "--config", configuration])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        return run.output
    }

    @Test func theDocumentIsTheOutputForTheShippedConfiguration() throws {
        let isSame =
            try Self.statement(Place.root + "/Config/uptake.toml")
            == Self.text("docs/conformance-statement.md")
        #expect(isSame, "make it again: uptake conformance --config Config/uptake.toml > docs/conformance-statement.md")
    }

    @Test func programsReadTheSameServices() throws {
        let run = try Child.run(
            Place.uptake, ["conformance", "--json", "--config", Place.root + "/Config/uptake.toml"])
        let facts = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any], "\(run.errors)")
        #expect(facts["aeTitles"] as? [String] == ["UPTAKE"] && facts["port"] as? Int == 11112)
        let statement = try Self.text("docs/conformance-statement.md")
        let services = try #require(facts["services"] as? [[String: Any]])
        #expect(services.count > 8)
        for service in services {
            let name = try #require(service["name"] as? String), role = try #require(service["role"] as? String)
            #expect(statement.contains("| \(name) | \(role) |"), "\(name)")
            #expect((service["sopClasses"] as? [Any])?.isEmpty == false)
        }
    }

    @Test func aSitesOwnFactsAreInIt() throws {
        let scratch = try Scratch("statement")
        let path = scratch.path + "/uptake.toml"
        try """
        [node]
        ae_title = "ELSEWHERE"
        port = 4711
        maximum_associations = 7
        [[peer]]
        ae_title = "SCANNER9"
        addresses = ["192.0.2.99"]
        [[destination]]
        name = "far"
        ae_title = "FARPACS"
        host = "pacs.example"
        port = 104
        """.write(toFile: path, atomically: true, encoding: .utf8)
        let statement = try Self.statement(path)
        for fact in [
            "0.0.0.0:4711", "SCANNER9", "192.0.2.99", "FARPACS", "pacs.example:104", "fewer than 7 associations",
        ] {
            #expect(statement.contains(fact), "\(fact)")
        }
    }

    /// The statuses that the sources of a service name are in its table.
    @Test(arguments: [
        (
            "Storage as SCP",
            [
                "Sources/Node/Receiving/Reception.swift", "Sources/Node/Receiving/Intake.swift",
                "Sources/DICOMNetwork/ListenerCallbacks.swift",
            ]
        ),
        ("Query (C-FIND) as SCP", ["Sources/Node/Querying/Querying.swift"]),
        ("Retrieve (C-MOVE) as SCP", ["Sources/DICOMNetwork/SubOperations.swift"]),
        ("Storage Commitment Push Model as SCP", ["Sources/Node/Receiving/Committing.swift"]),
    ])
    func everyStatusOfTheSourcesIsListed(service: String, sources: [String]) throws {
        let statement = try Self.text("docs/conformance-statement.md")
        let start = try #require(statement.range(of: "##### \(service)\n")).upperBound
        let table = statement[start...].prefix(
            upTo: statement[start...].range(of: "\n####")?.lowerBound ?? statement.endIndex)
        let constants = try Self.text("Sources/DICOMNetwork/DIMSEStatus.swift")
            .matches(of: /static let (\w+) = DIMSEStatus\(0x(\w{4})\)/).map { (name: $0.1, code: $0.2) }
        #expect(constants.count > 20)
        let code = try sources.map(Self.text).joined()
        let used = constants.filter { constant in
            code.ranges(of: ".\(constant.name)").contains { code[$0.upperBound...].first?.isLetter != true }
        }
        #expect(used.count >= 2)
        for status in used { #expect(table.contains("| \(status.code) |"), "\(status.name)") }
    }
}
