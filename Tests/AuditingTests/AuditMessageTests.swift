import Auditing
import DICOM
import Foundation
import OtherPrograms
import Testing

/// Messages against the schema of PS3.15 section A.5.1 and the tables of section A.5.3.
@Suite struct AuditMessageTests {
    private static let transfer = AuditedTransfer(from: scanner, to: own)

    /// One of each kind.
    static let messages: [AuditMessage] = [
        .application(started: true, processID: 4711, aeTitle: "UPTAKE", host: "node.example", at: moment),
        .application(started: false, processID: 4711, aeTitle: "UPTAKE", host: "node.example", at: moment),
        .beginTransferring(study, transfer, at: moment),
        .transferred(study, transfer, at: moment),
        .transferred(study, transfer, wereKnown: true, failure: "3 not transferred: <no> space & \"time\"", at: moment),
        .accessed(study, .read, by: own, at: moment),
        .query(
            sopClassUID: "1.2.840.10008.5.1.4.1.2.2.1", identifier: Array(0...255),
            transferSyntaxUID: "1.2.840.10008.1.2", from: scanner, to: own, at: moment),
        .query(
            sopClassUID: "1.2.840.10008.5.1.4.1.2.2.1", identifier: Array(repeating: 0, count: 1 << 20),
            transferSyntaxUID: "1.2.840.10008.1.2", from: scanner, to: own, failure: "A700", at: moment),
        alert(1),
        .securityAlert(
            AuditCode.securityConfiguration, "renewed", subject: "CN=node", address: nil, reporter: own,
            isFailure: false, at: moment),
    ]

    private func judge(_ xml: String) throws -> Program {
        let folder = Folder()
        try xml.write(toFile: folder.file("message.xml"), atomically: true, encoding: .utf8)
        return try Program(
            "xmllint",
            ["--noout", "--nonet", "--relaxng", Place.judge("audit_message.rng"), folder.file("message.xml")])
    }

    @Test(arguments: messages.indices)
    func everyMessageKeepsToTheSchema(index: Int) throws {
        let xml = Self.messages[index].xml(from: source)
        #expect(!xml.contains("\n"))
        let verdict = try judge(xml)
        #expect(verdict.status == 0, "\(verdict.output)\(xml)")
    }

    /// Else the other test would say nothing.
    @Test func theSchemaRefusesWhatIsWrong() throws {
        let xml = Self.messages[2].xml(from: source)
        for (good, bad) in [
            (" UserID=\"SCANNER\"", ""), ("EventOutcomeIndicator=\"0\"", "EventOutcomeIndicator=\"1\""),
            ("csd-code", "code"), (" originalText=\"Source Role ID\"", ""), ("ParticipantObjectName", "Name"),
            ("EventDateTime=\"2026", "EventDateTime=\"26"),
        ] {
            #expect(xml.contains(good))
            #expect(try judge(xml.replacing(good, with: bad)).status != 0, "\(good)")
        }
    }

    /// What the tables of sections A.5.3.3 and A.5.3.7 ask for, read by another's parser.
    @Test func aTransferNamesBothEndsStudyAndPatient() throws {
        let folder = Folder()
        try Self.messages[3].xml(from: source).write(
            toFile: folder.file("message.xml"), atomically: true, encoding: .utf8)
        func value(_ path: String) throws -> String {
            try Program("xmllint", ["--xpath", "string(\(path))", folder.file("message.xml")]).output
                .trimmingCharacters(in: CharacterSet(charactersIn: "\n"))
        }
        #expect(try value("//EventID/@csd-code") == "110104")
        #expect(try value("//@EventActionCode") == "C")
        #expect(try value("//@EventDateTime") == "2026-09-21T14:13:20.250Z")
        let sender = "//ActiveParticipant[RoleIDCode/@csd-code='110153']"
        #expect(try value(sender + "/@UserID") == "SCANNER")
        #expect(try value(sender + "/@AlternativeUserID") == "AETITLES=SCANNER")
        #expect(try value(sender + "/@UserIsRequestor") == "true")
        #expect(try value(sender + "/@NetworkAccessPointTypeCode") == "2")
        let receiver = "//ActiveParticipant[RoleIDCode/@csd-code='110152']"
        #expect(try value(receiver + "/@UserIsRequestor") == "false")
        #expect(try value(receiver + "/@NetworkAccessPointTypeCode") == "1")
        let object = "//ParticipantObjectIdentification[@ParticipantObjectTypeCodeRole='3']"
        #expect(try value(object + "/@ParticipantObjectID") == "2.25.1234")
        #expect(try value(object + "//Accession/@Number") == "A-17")
        #expect(try value(object + "//SOPClass[@UID='1.2.840.10008.5.1.4.1.1.128']/@NumberOfInstances") == "395")
        let patient = "//ParticipantObjectIdentification[@ParticipantObjectTypeCode='1']"
        #expect(try value(patient + "/@ParticipantObjectID") == study.patientID)
        #expect(try value(patient + "/ParticipantObjectName") == "Müller^Jörg\u{FFFD}\n^\u{FFFD}")
        #expect(try value("//@AuditEnterpriseSiteID") == "Radiology")
    }

    @Test func theQueryComesBackWhole() throws {
        let folder = Folder()
        try Self.messages[6].xml(from: source).write(
            toFile: folder.file("message.xml"), atomically: true, encoding: .utf8)
        let query = try Program(
            "xmllint", ["--xpath", "string(//ParticipantObjectQuery)", folder.file("message.xml")])
        let text = query.output.trimmingCharacters(in: .newlines)
        #expect(Data(base64Encoded: text).map(Array.init) == Array(0...255))
    }

    /// RFC 5424 section 6.
    @Test func theLineIsSyslog() throws {
        let line = String(decoding: alert(1).syslog(from: source), as: UTF8.self)
        let head = "<84>1 2026-09-21T14:13:20.250Z node.example uptake 4711 DICOM+RFC3881 - \u{FEFF}<?xml version="
        #expect(line.hasPrefix(head), "\(line.prefix(120))")
        let success = AuditMessage.application(
            started: true, processID: 1, aeTitle: "UPTAKE", host: "h", at: moment)
        let odd = AuditSource(id: "UPTAKE", host: " ü ", processID: 1)
        #expect(
            String(decoding: success.syslog(from: odd), as: UTF8.self).hasPrefix(
                "<85>1 2026-09-21T14:13:20.250Z - uptake 1 "))
    }
}
