import ArgumentParser
import DICOMNetwork
import Foundation

/// Where a peer is and how we call each other.
struct PeerOptions: ParsableArguments {
    @Option(help: "Host name or address of the peer.")
    var host = "127.0.0.1"

    @Option(help: "Port of the peer.")
    var port: UInt16 = 11112

    @Option(help: "AE title of the peer.")
    var called = "UPTAKE"

    @Option(help: "AE title to call ourselves by.")
    var calling = "UPTAKE"

    @OptionGroup(title: "TLS") var security: SecurityOptions

    func peer() throws -> Peer {
        guard let called = AETitle(called), let calling = AETitle(calling) else {
            throw ValidationError("an AE title has 1 to 16 characters and no backslash")
        }
        return Peer(
            host: host, port: port, calledAETitle: called, callingAETitle: calling, security: try security.security())
    }
}

/// `uptake echo`: C-ECHO.
struct EchoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo",
        abstract: "Ask a DICOM peer whether it is there (C-ECHO).",
        discussion: """
            Example:
              uptake echo --host pacs.example --port 104 --called PACS --calling UPTAKE
              uptake echo --host pacs.example --port 2762 --called PACS --tls --certificate uptake.pem \\
                --key uptake.key --trusted authority.pem
            """)

    @OptionGroup var options: PeerOptions

    func run() throws {
        let peer = try options.peer()
        let status = try VerificationSCU.echo(peer)
        guard status == .success else { throw Failure("\(peer) answered \(status)") }
        print("\(peer) answers")
    }
}
