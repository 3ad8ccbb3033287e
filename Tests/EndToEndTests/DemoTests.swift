import Foundation
import Testing

/// `uptake demo`, as a newcomer runs it.
@Suite struct DemoTests {
    @Test func demonstrationShowsWhatArrived() throws {
        let folder = try Scratch("demo")
        let demo = try Child.run(Place.uptake, ["demo", "--output", folder.path + "/demo"], seconds: 180)
        try #require(demo.status == 0, "\(demo.output)\(demo.errors)")
        #expect(demo.errors.isEmpty, "quiet where there is no terminal: \(demo.errors)")
        let lines = demo.output.split(separator: "\n").map(String.init)
        let header = try #require(lines.firstIndex { $0.contains("SUVmax") && $0.contains("location") })
        #expect(lines[header + 1].hasPrefix("L01"))
        #expect(lines.contains { $0.hasPrefix("stage (PROMISE V2): miT") })
        let kinds = ["report", "segmentation", "structures", "capture", "document", "keys", "structures-ct"]
        for kind in kinds.map({ "\($0) at the PACS: " }) + ["picture: "] {
            let line = try #require(lines.first { $0.hasPrefix(kind) }, "\(demo.output)")
            let path = String(line.dropFirst(kind.count))
            #expect(FileManager.default.fileExists(atPath: path), "\(path)")
        }
    }
}
