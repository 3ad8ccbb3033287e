import Classification
import DICOMNetwork
import Foundation

extension NodeConfiguration {
    /// Notes what is wrong with the files and folders that the configuration names, each at its line.
    func checkFiles(_ document: ConfigurationDocument) {
        checkStateDirectory(document)
        checkSpace(document)
        checkCertificates(document)
        warnOfWhatDoesNothing(document)
        if let model = reading.model { check(model: model, document, at: document.line(ofSection: "reading")) }
        for (index, rule) in rules.enumerated() {
            guard let model = rule.model else { continue }
            check(model: model, document, at: document.line(ofSection: "rule", occurrence: index))
        }
    }

    private func checkStateDirectory(_ document: ConfigurationDocument) {
        let path = local.stateDirectory
        let line = document.line(ofKey: "state_directory", below: document.line(ofSection: "node"))
        guard path.hasPrefix("/") else {
            document.warn(line, "\(path) is taken from the folder that the node is started in; give a path from /")
            return
        }
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
            document.add(line, "\(path) is a file; state_directory needs a folder, or a path where one can be made")
        }
    }

    /// What no disk can keep free would have everything removed that may be.
    private func checkSpace(_ document: ConfigurationDocument) {
        guard let wanted = retention.keepFreeGibibytes else { return }
        var folder = URL(fileURLWithPath: local.stateDirectory).standardizedFileURL
        var status = statvfs()
        while statvfs(folder.path, &status) != 0, folder.path != "/" { folder.deleteLastPathComponent() }
        let size = Double(status.f_blocks) * Double(status.f_frsize) / Double(1 << 30)
        let line = document.line(ofKey: "keep_free_gib", below: document.line(ofSection: "retention"))
        let words = String(format: "the disk of %@ has %.1f GiB", local.stateDirectory, size)
        if wanted >= size {
            document.add(line, "\(words): so much cannot be kept free, and all that may be removed would be")
        } else if wanted > size / 2 {
            document.warn(line, "\(words), more than half of which is to be kept free")
        }
    }

    private func warnOfWhatDoesNothing(_ document: ConfigurationDocument) {
        if peers.isEmpty, !document.isTorn {
            document.warn(nil, "there is no [[peer]]: nobody may send, query or retrieve")
        }
        for (index, peer) in peers.enumerated() where peer.aeTitle == local.aeTitle {
            document.warn(
                document.line(ofKey: "ae_title", below: document.line(ofSection: "peer", occurrence: index)),
                "\(peer.aeTitle) is this node's own title: addresses, TLS and limits of this peer also hold for the call by "
                    + "which the node looks whether it answers, and systemd ends one that does not; take another title")
        }
        for (index, peer) in peers.enumerated() where peer.services.isEmpty {
            let section = document.line(ofSection: "peer", occurrence: index)
            document.warn(
                document.line(ofKey: "services", below: section),
                "services is empty: \(peer.aeTitle) may do nothing but C-ECHO")
        }
        for (index, destination) in destinations.enumerated() where destination.objects.isEmpty {
            let section = document.line(ofSection: "destination", occurrence: index)
            document.warn(
                document.line(ofKey: "objects", below: section), "objects is empty: \(destination.name) gets no results"
            )
        }
    }

    private func checkCertificates(_ document: ConfigurationDocument) {
        let section = document.line(ofSection: "tls")
        guard let tls else { return checkLoneFiles(document, below: section) }
        do throws(TLSFilesError) {
            let credentials = try TLSCredentials(tls.files)
            let key = document.line(ofKey: "private_key", below: section)
            if let warning = credentials.warning { document.warn(key, warning) }
            guard let warning = credentials.certificate.warning(now: Date()) else { return }
            document.warn(document.line(ofKey: "certificate", below: section), warning)
        } catch {
            let key = tls.files.key(of: error.path)
            document.add(key.flatMap { document.line(ofKey: $0, below: section) } ?? section, "\(error)")
        }
    }

    /// Where `[tls]` is not whole its files make no credentials, and have to be there all the same.
    private func checkLoneFiles(_ document: ConfigurationDocument, below section: Int?) {
        for key in ["certificate", "private_key", "trusted_certificates", "revocation_list"] {
            guard let path = document.table["tls"]?.table?[key]?.string, !path.isEmpty, access(path, R_OK) != 0 else {
                continue
            }
            let reason = String(cString: strerror(errno))
            document.add(
                document.line(ofKey: key, below: section),
                "\(path) cannot be read: \(reason); correct the path or its rights")
        }
    }

    private func check(model: String, _ document: ConfigurationDocument, at section: Int?) {
        do throws(ModelError) {
            _ = try ModelBundle.load(URL(fileURLWithPath: model))
        } catch {
            document.add(document.line(ofKey: "model", below: section), "\(error)")
        }
    }
}

extension TLSCredentials.Files {
    /// The key of `[tls]` that names a file.
    fileprivate func key(of path: String) -> String? {
        let keys = [
            "certificate": certificate, "private_key": privateKey, "trusted_certificates": trustedCertificates,
            "revocation_list": revocationList,
        ]
        return keys.first { $0.value == path }?.key
    }
}

extension TLSFilesError {
    /// The file that is wrong.
    fileprivate var path: String {
        switch self {
        case .unreadable(let path, _), .noCertificate(let path), .noKey(let path), .mismatch(let path),
            .noRevocationList(let path), .refused(let path, _):
            path
        }
    }
}
