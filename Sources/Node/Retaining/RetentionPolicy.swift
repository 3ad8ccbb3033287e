import Archive
import Foundation

/// How much and how long a site keeps; what is nil has no limit.
public struct RetentionPolicy: Sendable, Equatable {
    /// Limits for one kind of files.
    public struct Limits: Sendable, Equatable {
        /// So much at most, in GiB.
        public var gibibytes: Double?
        /// So long at most, in days since the newest of a study's files.
        public var days: Double?

        /// None.
        public init() {}
    }

    /// Of what was received.
    public var inputs = Limits()
    /// Of what was found.
    public var results = Limits()
    /// Of what was set aside.
    public var quarantine = Limits()
    /// Inputs are removed while less than this is free on the disk, in GiB.
    public var keepFreeGibibytes: Double?

    /// Keeps everything.
    public init() {}

    /// Why something is to be removed.
    package enum Need: Sendable, Equatable {
        /// So many bytes are held above the quota.
        case quota(excessBytes: Int)
        /// So many bytes are missing of those to be kept free.
        case space(missingBytes: Int)
        /// Files from before a moment are too old.
        case age(before: Date)
    }

    /// What is to be removed of a kind, the most pressing first.
    /// - Parameter freeBytes: free space on the disk, and what is about to become free.
    package func needs(_ kind: RetainedKind, _ holdings: Holdings, freeBytes: Int, now: Date) -> [Need] {
        let limits = kind == .inputs ? inputs : results
        var needs: [Need] = []
        if kind == .inputs, let keepFreeGibibytes {
            let missing = Self.bytes(keepFreeGibibytes) - freeBytes
            if missing > 0 { needs.append(.space(missingBytes: missing)) }
        }
        if let gibibytes = limits.gibibytes {
            let excess = (holdings.bytes[kind] ?? 0) - Self.bytes(gibibytes)
            if excess > 0 { needs.append(.quota(excessBytes: excess)) }
        }
        if let days = limits.days { needs.append(.age(before: now.addingTimeInterval(-days * 86_400))) }
        return needs
    }

    /// What is to be removed of the quarantine.
    /// - Parameter bytes: what is held there.
    package func quarantineNeeds(bytes: Int, now: Date) -> [Need] {
        let excess = quarantine.gibibytes.map { bytes - Self.bytes($0) } ?? 0
        return (excess > 0 ? [.quota(excessBytes: excess)] : [])
            + (quarantine.days.map { [.age(before: now.addingTimeInterval(-$0 * 86_400))] } ?? [])
    }

    private static func bytes(_ gibibytes: Double) -> Int { Int(gibibytes * 1_073_741_824) }
}

extension RetentionPolicy.Need {
    /// Only what nothing has been added to since then may go.
    var before: Date { if case .age(let before) = self { before } else { .distantFuture } }

    /// Whether it is trouble when nothing can be removed. That something young is kept is not.
    var isPressing: Bool { if case .age = self { false } else { true } }

    /// How much is too much, where that is known.
    var excessBytes: Int? { if case .quota(let bytes) = self { bytes } else { nil } }

    /// For the log.
    var reason: String {
        switch self {
        case .quota(let bytes): "\(Self.mebibytes(bytes)) MiB above the quota"
        case .space(let bytes): "\(Self.mebibytes(bytes)) MiB short of the free space to be kept"
        case .age: "older than the limit"
        }
    }

    private static func mebibytes(_ bytes: Int) -> Int { max(bytes >> 20, 1) }
}
