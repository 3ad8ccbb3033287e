import Foundation
import Node
import Testing

/// What of a configuration is no TOML: all of it is told at once, with what is wrong besides.
@Suite struct ConfigurationSyntaxTests {
    private func problems(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try NodeConfiguration(text: text, path: "site.toml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func everythingWrongIsToldAtOnce() {
        let found = problems(
            """
            [node]
            ae_title = UPTAKE
            port 11112
            state_directory = "/srv/uptake
            reserve_mib = -1
            [[peer]
            ae_title = "A"
            services = ["sing"]
            [[peer]]
            ae_title = “B”
            addresses = ["192.0.2.1",
            maximum_associations = True
            colour = "red"
            [[destination]]
            name = "pacs"
            ae_title = "PACS"
            host = 192.0.2.20
            port = 0104
            """)
        #expect(
            found.map { $0.prefix(70) } == [
                "line 2: the text of ae_title needs quotes: ae_title = \"UPTAKE\"",
                "line 3: a line is key = value, a [section] or a # comment; this is non",
                "line 4: the text of state_directory lacks the quote at its end",
                "line 5: reserve_mib needs a whole number from 0 to 10000000",
                "line 6: the header of a section is a name in brackets, such as [node] ",
                "line 10: ae_title has typographic quotes; write plain ones: \"",
                "line 11: the list of addresses lacks the ] at its end",
                "line 12: maximum_associations needs true or false, in small letters",
                "line 13: unknown key colour; here may stand addresses, ae_title, calle",
                "line 17: the text of host needs quotes: host = \"192.0.2.20\"",
                "line 18: the number of port begins with a 0; leave it out",
            ], "\(found)")
    }

    @Test(arguments: [
        ("[node]\nport =", ["line 2: port needs a value behind the ="]),
        ("[node]\nport = # none\nreserve_mib = 1", ["line 2: port needs a value behind the ="]),
        (
            "[node]\nport = 1\nport = 2\nport = 3",
            [3, 4].map { "line \($0): port stands twice in its section; remove one" }
        ),
        ("[node]\nae_title = \"A\" \"B\"", ["line 2: more stands behind the value of ae_title than a # comment"]),
        (
            "[node]\nport = 1\n[node]\nport = 2\n",
            ["line 3: a section stands twice; only those in double brackets, such as [[peer]], may"]
        ),
        (
            "nonsense\n[node]\nnonsense\n",
            [1, 3].map { "line \($0): a line is key = value, a [section] or a # comment; this is none of them" }
        ),
    ])
    func eachIsToldWithItsRemedy(_ text: String, _ expected: [String]) { #expect(problems(text) == expected) }

    /// The parser would end the program over them.
    @Test(arguments: ["[", "[[[peer]]]", "[.node]", "[#", "[[ ]]", "  [ {"])
    func aHeaderWithoutANameIsTold(_ header: String) {
        let found = problems("[node]\nport = 70000\n\(header)\ncolour = 1\n")
        #expect(
            found == [
                "line 2: port needs a whole number from 0 to 65535",
                "line 3: the header of a section is a name in brackets, such as [node] or [[peer]]",
            ])
    }

    @Test func aFileFromWindowsHasTheSameLines() {
        #expect(problems("[node]\r\nport = 1\r\n\r\n[[peer]]\r\nae_title = \"A\"\r\n") == [])
        #expect(
            problems("[node]\r\nport = 70000\r\nae_title = A\r\n") == [
                "line 2: port needs a whole number from 0 to 65535",
                "line 3: the text of ae_title needs quotes: ae_title = \"A\"",
            ])
    }

    /// A list over several lines is one statement; the line that is wrong in it is named.
    @Test func aListOverSeveralLinesIsOneStatement() {
        let good = "[[peer]]\nae_title = \"A\"\naddresses = [\n  \"192.0.2.1\",\n  \"192.0.2.2\",\n]\n"
        #expect(problems(good) == [])
        let wrong = good.replacingOccurrences(of: "2.1\",", with: "2.1\"") + "colour = 1\n"
        let found = problems(wrong)
        #expect(found.count == 2 && found[0].hasPrefix("line 5: "), "\(found)")
        #expect(found.last?.hasPrefix("line 7: unknown key colour") == true, "\(found)")
    }

    /// What is missing may stand where the text is no TOML: only what is there is judged.
    @Test func whatMayOnlySeemToBeMissingIsNotTold() {
        let text = """
            [[destination]
            name = "pacs"
            [[rule]]
            name = "r"
            destinations = ["pacs"]
            [fetch]
            source = "archive"
            """
        #expect(problems(text).count == 1, "\(problems(text))")
        let whole = text.replacingOccurrences(of: "[[destination]\n", with: "[[destination]]\n")
        #expect(problems(whole).contains("line 7: no [[source]] is named archive"), "\(problems(whole))")
        #expect(!problems(whole).contains { $0.contains("no [[destination]] is named") }, "\(problems(whole))")
    }

    /// Whatever is thrown at it, it ends, and tells no more than anybody can read.
    @Test func nonsenseIsBounded() {
        var chance = Chance(seed: 7)
        let pieces = [
            "[", "]", "[[", "=", "\"", "\"\"\"", "'", "#", "\n", "\n", "a", "port", " ", "{", "}", ",", "1", "\\", "é",
        ]
        for _ in 0..<300 {
            let text = (0..<60).map { _ in pieces[Int(chance.next() % UInt64(pieces.count))] }.joined()
            #expect(problems(text).count <= 101, "\(text)")
        }
        let many = problems(String(repeating: "nonsense\n", count: 5000))
        #expect(many.count == 101 && many.last == "and perhaps more; correct these first")
    }
}
