import Foundation
import Testing

/// The fuzzer of `Tests/Fuzzing`, in a process of its own, so that a crash costs a case and not its number.
@Suite struct FuzzTests {
    /// A minute each, side by side; `make soak` gives them longer and another seed.
    @Test(arguments: ["header", "listener"])
    func strangersBytesAreReadOrRefused(subject: String) throws {
        let seconds = Soak.number("UPTAKE_FUZZ_SECONDS", default: 60)
        let seed = Soak.number("UPTAKE_FUZZ_SEED", default: 1)
        let scratch = try Scratch("fuzz")
        let trace = scratch.path + "/case"
        let run = try Child.run(
            Place.built("Fuzzing"),
            [subject, "--seed", String(seed), "--seconds", String(seconds), "--cases", "100000000", "--trace", trace],
            environment: ["SWIFT_BACKTRACE": "enable=no"], seconds: Double(seconds + 60))
        let last = (try? String(contentsOfFile: trace, encoding: .utf8)) ?? "?"
        #expect(
            run.status == 0,
            "\(run.output) ended with \(run.status); replay: Fuzzing \(subject) --seed \(seed) --only \(last)")
        let words = run.output.split(separator: " ")
        #expect(words.count == 9 && (Int(words[3]) ?? 0) > 1000, "\(run.output)")
        print(run.output, terminator: "")
    }

    /// The same case gives the same outcome, alone as in its row: else no failure could be replayed.
    @Test func aCaseIsDrawnFromSeedAndNumberAlone() throws {
        func refused(_ arguments: [String]) throws -> Int {
            let run = try Child.run(Place.built("Fuzzing"), ["header", "--seed", "5"] + arguments)
            return try #require(run.output.split(separator: " ").dropFirst(5).first.flatMap { Int($0) })
        }
        let alone = try (0..<20).map { try refused(["--only", String($0)]) }.reduce(0, +)
        #expect(try refused(["--cases", "20"]) == alone)
    }
}
