import Archive
import DICOMNetwork
import Foundation

/// What can be asked of a running node over its control socket: a value that travels as JSON, and its answer.
///
/// To add one: a file in `Commands/`, and its type in `ControlCommands.all`.
package protocol ControlCommand: Codable, Sendable {
    /// What comes back.
    associatedtype Answer: Codable, Sendable
    /// Its name on the wire, such as `jobs list`. Once shipped it does not change.
    static var name: String { get }
    /// Does it, in the node, on a thread of the caller's connection.
    /// - Parameter progress: tells the caller how far it is, in words; throws where the caller has hung up.
    func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer
}

/// The commands that a node knows.
enum ControlCommands {
    static let all: [any ControlCommand.Type] = [
        ListJobs.self, ShowJob.self, RetryJobs.self, CancelJob.self, ShowStatus.self, ListStudies.self, ShowStudy.self,
        ListQuarantine.self, ShowQuarantined.self, ReleaseQuarantined.self, DropQuarantined.self,
        FindStudies.self, PullStudy.self, RecordEvent.self,
    ]

    static func named(_ name: String) -> (any ControlCommand.Type)? { all.first { $0.name == name } }
}

/// What commands act upon.
package struct ControlledNode: Sendable {
    /// The index and the jobs.
    package let archive: Archive
    /// Rung when a command has made work.
    package let bell: Bell
    private let destinations: @Sendable () -> [Delivery]
    /// Who fetches; nil in a node without a listener.
    let fetching: Fetching?
    /// Who retrieves from sources; nil in a node without a listener.
    let retrieving: Retrieving?
    /// Who receives; nil in a node without a listener.
    let reception: Reception?
    /// The threads that work.
    let roster: WorkerRoster
    /// The ports listened on.
    let ports: (plain: UInt16?, secure: UInt16?)

    /// A node that receives nothing.
    package init(archive: Archive, bell: Bell, deliveries: [Delivery] = []) {
        self.init(
            archive: archive, bell: bell, deliveries: deliveries, fetching: nil, retrieving: nil, reception: nil,
            roster: WorkerRoster(), listener: nil)
    }

    init(
        archive: Archive, bell: Bell, deliveries: @autoclosure @escaping @Sendable () -> [Delivery],
        fetching: Fetching?, retrieving: Retrieving?, reception: Reception?, roster: WorkerRoster, listener: Listener?
    ) {
        (self.archive, self.bell, destinations, self.reception) = (archive, bell, deliveries, reception)
        (self.fetching, self.retrieving, self.roster) = (fetching, retrieving, roster)
        ports = (listener.flatMap { $0.port == 0 ? nil : $0.port }, listener?.securePort)
    }

    /// One for each destination that is configured.
    package var deliveries: [Delivery] { destinations() }
}

/// The name of a command, read before its arguments can be.
struct ControlHeading: Decodable {
    let command: String
}

/// A request: one line.
struct ControlRequest<Command: ControlCommand>: Codable {
    let command: String
    let arguments: Command

    init(_ arguments: Command) { (command, self.arguments) = (Command.name, arguments) }
}

/// A line of the response: some of progress, then one answer or error.
enum ControlReply<Answer: Codable>: Codable {
    case progress(String)
    case answer(Answer)
    case error(String)

    private enum Key: String, CodingKey { case progress, answer, error }

    init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: Key.self)
        if let text = try line.decodeIfPresent(String.self, forKey: .progress) {
            self = .progress(text)
        } else if let text = try line.decodeIfPresent(String.self, forKey: .error) {
            self = .error(text)
        } else {
            self = .answer(try line.decode(Answer.self, forKey: .answer))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        switch self {
        case .progress(let text): try line.encode(text, forKey: .progress)
        case .answer(let answer): try line.encode(answer, forKey: .answer)
        case .error(let text): try line.encode(text, forKey: .error)
        }
    }
}

/// The JSON of the socket: one line for each value, moments in ISO 8601.
enum ControlJSON {
    static func line(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try Array(encoder.encode(value)) + [0x0A]
    }

    static func value<Value: Decodable>(_ type: Value.Type, of line: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(line))
    }
}
