import Auditing
import Foundation
import Testing

/// The files of the trail.
@Suite struct AuditTrailTests {
    private func names(_ folder: Folder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func messagesAreLinesInTheirOrder() throws {
        let folder = Folder()
        let trail = try AuditTrail(directory: folder.file("audit"), source: source)
        for number in 1...5 { try trail.record(alert(number)) }
        try trail.synchronize()
        let lines = folder.lines("audit/trail-00000001.log")
        #expect(lines == (1...5).map { String(decoding: alert($0).syslog(from: source), as: UTF8.self) })
        var status = stat()
        stat(folder.file("audit/trail-00000001.log"), &status)
        #expect(status.st_mode & 0o777 & 0o027 == 0, "readable by others")
    }

    @Test func fullFilesGoAndTheirNumberIsBounded() throws {
        let folder = Folder()
        var limits = AuditTrail.Limits()
        (limits.fileBytes, limits.files) = (4000, 3)
        let trail = try AuditTrail(directory: folder.path, source: source, limits: limits)
        for number in 1...40 { try trail.record(alert(number)) }
        let names = try names(folder)
        #expect(names.count == 3)
        for name in names {
            #expect(try #require(FileManager.default.contents(atPath: folder.file(name))).count <= 4000)
        }
        // The newest are there, without a gap.
        let kept = names.flatMap { folder.lines($0) }
        let all = (1...40).map { String(decoding: alert($0).syslog(from: source), as: UTF8.self) }
        #expect(kept == Array(all.suffix(kept.count)) && kept.count > 4)
        // Another run goes on where this one ended.
        let next = try AuditTrail(directory: folder.path, source: source, limits: limits)
        try next.record(alert(41))
        #expect(folder.lines(try self.names(folder).last!).last?.contains("<ParticipantObjectDetail") == true)
        #expect(try self.names(folder).count == 3)
    }

    @Test func halfALineOfACrashIsRemoved() throws {
        let folder = Folder()
        try AuditTrail(directory: folder.path, source: source).record(alert(1))
        let path = folder.file("trail-00000001.log")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try (whole + whole.prefix(100)).write(to: URL(fileURLWithPath: path))
        try AuditTrail(directory: folder.path, source: source).record(alert(2))
        #expect(folder.lines("trail-00000001.log").count == 2)
        #expect(
            folder.lines("trail-00000001.log").allSatisfy { $0.hasPrefix("<84>1 ") && $0.hasSuffix("</AuditMessage>") })
    }

    @Test func manyRecordAtOnce() throws {
        let folder = Folder()
        let trail = try AuditTrail(directory: folder.path, source: source)
        DispatchQueue.concurrentPerform(iterations: 200) { number in
            try? trail.record(alert(number))
            if number.isMultiple(of: 10) { try? trail.synchronize() }
        }
        let lines = folder.lines("trail-00000001.log")
        #expect(Set(lines).count == 200)
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        #expect {
            try AuditTrail(directory: "/nonexistent/audit", source: source)
        } throws: {
            "\($0)".hasPrefix("cannot make /nonexistent/audit: No such file or directory; ")
        }
    }
}
