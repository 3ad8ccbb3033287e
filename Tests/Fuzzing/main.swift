// Mutated input, drawn from a seed, for what reads the bytes of strangers.
//
//     Fuzzing header|listener [--seed S] [--cases N] [--seconds T] [--only CASE] [--trace FILE]
//
// Ends after N cases or T seconds, whichever comes first, and prints seed and cases. Every case depends on the seed and its
// own number alone: --only plays a single one again. A case that ends the process leaves its number in the trace file.

import Foundation

/// What became of a case.
enum Outcome {
    case taken, refused
    case broken(String)
}

/// A reader of strangers' bytes, under test.
protocol Fuzzing {
    func play(_ chance: inout Chance) -> Outcome
}

/// The words of the command line.
struct Options {
    var subject = ""
    var seed: UInt64 = 1
    var cases: UInt64 = 1_000_000
    var seconds = 10.0
    var only: UInt64?
    var trace: String?

    init?(_ words: [String]) {
        guard let subject = words.first else { return nil }
        self.subject = subject
        var rest = words.dropFirst()
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch name {
            case "--seed": seed = UInt64(value) ?? seed
            case "--cases": cases = UInt64(value) ?? cases
            case "--seconds": seconds = Double(value) ?? seconds
            case "--only": only = UInt64(value)
            case "--trace": trace = value
            default: return nil
            }
        }
    }

    func subjectUnderTest() throws -> (any Fuzzing)? {
        switch subject {
        case "header": try HeaderFuzzing()
        case "listener": try ListenerFuzzing()
        default: nil
        }
    }
}

/// Plays cases until one breaks or a bound is reached; false for a broken one.
func fuzz(_ fuzzing: any Fuzzing, _ options: Options) -> Bool {
    let trace = options.trace.map { open($0, O_WRONLY | O_CREAT | O_TRUNC, 0o644) } ?? -1
    let begin = Date()
    var (played, refused): (UInt64, UInt64) = (0, 0)
    var number = options.only ?? 0
    let end = options.only.map { $0 + 1 } ?? options.cases
    while number < end, Date().timeIntervalSince(begin) < options.seconds {
        let text = Array(String(number).utf8)
        if trace >= 0 { pwrite(trace, text, text.count, 0) }
        var chance = Chance(seed: options.seed, case: number)
        switch fuzzing.play(&chance) {
        case .taken: break
        case .refused: refused += 1
        case .broken(let reason):
            print("\(options.subject): case \(number) of seed \(options.seed) broke: \(reason)")
            return false
        }
        (played, number) = (played + 1, number + 1)
    }
    let seconds = String(format: "%.1f", Date().timeIntervalSince(begin))
    print("\(options.subject): seed \(options.seed), \(played) cases, \(refused) refused, \(seconds) s")
    return true
}

guard let options = Options(Array(CommandLine.arguments.dropFirst())), let fuzzing = try options.subjectUnderTest()
else {
    print("usage: Fuzzing header|listener [--seed S] [--cases N] [--seconds T] [--only CASE] [--trace FILE]")
    exit(2)
}
exit(fuzz(fuzzing, options) ? 0 : 1)
