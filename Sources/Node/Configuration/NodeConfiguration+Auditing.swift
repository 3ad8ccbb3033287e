import DICOMNetwork

extension NodeConfiguration.Auditing {
    /// Reads the section `[audit]`.
    mutating func read(_ section: ConfigurationSection) {
        site = section.string("site")
        section.integer("maximum_file_mib", 1...1024).map { maximumFileMiB = $0 }
        section.integer("maximum_files", 2...1000).map { maximumFiles = $0 }
        let host = section.string("host")
        let port = section.integer("port", 1...65535)
        let certificateName = section.string("certificate_name")
        if (host == nil) != (port == nil) {
            section.complain(host == nil ? "port" : "host", "host and port belong together: give both or neither")
        }
        section.refuseUnknownKeys()
        guard let host, let port else { return }
        var target = TLSStream.Target(host: host, port: UInt16(port))
        target.certificateName = certificateName
        collector = target
    }
}
