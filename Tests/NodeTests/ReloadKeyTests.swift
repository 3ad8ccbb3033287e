import Foundation
import Node
import Testing

/// Every key of the file that ships, changed: a reload takes the change up, or says that it needs a restart.
@Suite struct ReloadKeyTests {
    /// A key of the file, and a value that it may have.
    private struct Key {
        let section: String
        let name: String
        var value: String

        var title: String { "\(section).\(name)" }
    }

    /// What a reload takes up; for the rest the node has to be started anew.
    private static let takenUp: Set<String> = ["peer", "source", "fetch", "destination", "rule"]
    private static let repeated: Set<String> = ["peer", "source", "destination", "rule"]

    /// Values that fit together, where those of the file do not.
    private static let fitting = [
        "node.ae_titles": #"["SECOND"]"#, "peer.called_ae_titles": #"["SECOND"]"#, "peer.tls": #""required""#,
        "destination.tls": "true", "source.tls": "true",
    ]

    /// Other values, where a letter or a one more makes none.
    private static let others = [
        "node.address": #""127.0.0.1""#, "node.ae_titles": #"["SECOND", "THIRD"]"#,
        "peer.addresses": #"["192.0.2.11"]"#, "peer.called_ae_titles": #"["UPTAKE"]"#,
        "peer.services": #"["store"]"#, "completion.when_incomplete": #""read""#,
        "reading.assumed_tracer": #""18F-DCFPyL""#, "reading.common_iliac": #""extrapelvic""#,
        "reading.node_regions": #""by-station""#, "destination.objects": #"["structured-report"]"#,
        "rule.tracer": #"["unknown"]"#, "rule.destinations": "[]", "rule.assumed_tracer": #""18F-DCFPyL""#,
        "peer.tls": #""allowed""#, "source.method": #""move""#, "tls.exclusive": "true",
    ]

    /// The keys as they stand in the file, commented out or not.
    private static func keys() throws -> [Key] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config/uptake.toml").path
        var section = ""
        var keys: [Key] = []
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            if let header = line.wholeMatch(of: /#? ?\[+([a-z]+)\]+/) {
                section = String(header.1)
            } else if let key = line.wholeMatch(of: /#? ?([a-z_]+) = (.+)/) {
                let title = "\(section).\(key.1)"
                keys.append(Key(section: section, name: String(key.1), value: fitting[title] ?? String(key.2)))
            }
        }
        return keys
    }

    private static func text(_ keys: [Key]) -> String {
        var text = ""
        var section = ""
        for key in keys {
            if key.section != section {
                section = key.section
                text += repeated.contains(section) ? "[[\(section)]]\n" : "[\(section)]\n"
            }
            text += "\(key.name) = \(key.value)\n"
        }
        return text
    }

    /// What may not stand beside another value of a key: there is no certificate without TLS, and nothing follows where
    /// nothing is read.
    private static func excluded(by key: Key) -> [String] {
        switch key.title {
        case "peer.tls", "destination.tls", "source.tls": ["\(key.section).certificate_name"]
        case "rule.read": ["rule.destinations", "rule.model", "rule.assumed_tracer"]
        default: []
        }
    }

    private static func other(_ key: Key) -> String {
        if let other = others[key.title] { return other }
        switch key.value {
        case "true": return "false"
        case "false": return "true"
        case let value where value.hasSuffix("\"]"): return value.dropLast(2) + "2\"]"
        case let value where value.hasSuffix("\""): return value.dropLast() + "2\""
        default: return Double(key.value).map { String(format: "%g", $0 + 1) } ?? key.value
        }
    }

    @Test func everyKeyIsTakenUpOrRefusedWithItsLine() throws {
        let keys = try Self.keys()
        #expect(keys.count > 90, "\(keys.count)")
        for key in keys {
            let whole = keys.filter { !Self.excluded(by: key).contains($0.title) }
            let running = try NodeConfiguration(text: Self.text(whole), path: "")
            var changed = whole
            let index = try #require(whole.firstIndex { $0.title == key.title })
            changed[index].value = Self.other(key)
            var text = Self.text(changed)
            // What a name is referred to by follows it.
            if ["destination.name", "source.name"].contains(key.title) {
                text = text.replacingOccurrences(of: key.value, with: changed[index].value)
            }
            if key.title == "fetch.source" {
                text += "[[source]]\nname = \(changed[index].value)\nae_title = \"A\"\nhost = \"h\"\nport = 104\n"
            }
            let next = try NodeConfiguration(text: text, path: key.title)
            #expect(next != running, "\(key.title) = \(changed[index].value) changes nothing")
            let problems = next.problems(reloadedOver: running).map(\.description)
            if Self.takenUp.contains(key.section) {
                #expect(problems == [], "\(key.title)")
            } else {
                let header = "[\(key.section)]"
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                let line = (lines.firstIndex { $0 == header } ?? -1) + 1
                #expect(
                    problems == [
                        "line \(line): \(header) is another than the node runs with: restart it, or put the section back"
                    ], "\(key.title)")
            }
        }
    }
}
