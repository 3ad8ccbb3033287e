import Archive
import Auditing
import Foundation

/// Puts on record what a command does beside the node.
///
/// A running node writes it to its trail; where none runs, it is written there while no node can start.
package struct CommandRecord {
    private let configuration: NodeConfiguration

    package init(_ configuration: NodeConfiguration) { self.configuration = configuration }

    /// Records an event, which is on the disk when this returns.
    /// - Throws: `ControlError`, `ArchiveError` or `AuditError`; then it is not on record.
    package func note(_ event: CommandEvent) throws {
        do {
            _ = try ControlClient(stateDirectory: configuration.local.stateDirectory).ask(RecordEvent(event))
        } catch {
            guard case .noNode = error else { throw error }
            try Archive.whileUnused(directory: configuration.local.stateDirectory) {
                let trail = try AuditTrail(of: configuration)
                try trail.record(event.message(from: AuditedNode(configuration)))
                try trail.synchronize()
            }
        }
    }
}

extension AuditedNode {
    /// Us.
    init(_ configuration: NodeConfiguration) {
        let address = configuration.local.address
        self.init(
            aeTitle: configuration.local.aeTitle.description,
            address: address == "0.0.0.0" ? ProcessInfo.processInfo.hostName : address)
    }
}

extension AuditTrail {
    /// That of a node, in its state directory.
    convenience init(of configuration: NodeConfiguration) throws(AuditError) {
        var limits = Limits()
        limits.fileBytes = configuration.auditing.maximumFileMiB << 20
        limits.files = configuration.auditing.maximumFiles
        try self.init(
            directory: configuration.local.stateDirectory + "/audit",
            source: AuditSource(id: configuration.local.aeTitle.description, site: configuration.auditing.site),
            limits: limits)
    }
}
