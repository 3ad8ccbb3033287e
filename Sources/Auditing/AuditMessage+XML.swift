import DICOM
import Foundation

extension AuditMessage {
    /// The message by the schema of PS3.15 section A.5.1, on one line.
    public func xml(from source: AuditSource) -> String {
        let root = XMLElement("AuditMessage")
        root.add(identification)
        for participant in participants { root.add(participant.element) }
        let reporter = root.add(XMLElement("AuditSourceIdentification"))
        reporter["AuditEnterpriseSiteID"] = source.site
        reporter["AuditSourceID"] = source.id
        // An application server (PS3.15 table A.5.1.2.1-1).
        reporter.add(XMLElement("AuditSourceTypeCode"))["csd-code"] = "4"
        for object in objects { root.add(object.element) }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + root.text
    }

    private var identification: XMLElement {
        let element = XMLElement("EventIdentification")
        element["EventActionCode"] = action.rawValue
        element["EventDateTime"] = date.formatted(.iso8601.withMilliseconds)
        element["EventOutcomeIndicator"] = String(outcome.rawValue)
        element.add(XMLElement("EventID", coded: event))
        if let type { element.add(XMLElement("EventTypeCode", coded: type)) }
        if let outcomeDescription { element.add(XMLElement("EventOutcomeDescription")).content = outcomeDescription }
        return element
    }
}

extension AuditMessage.Participant {
    fileprivate var element: XMLElement {
        let element = XMLElement("ActiveParticipant")
        element["UserID"] = userID
        if !aeTitles.isEmpty { element["AlternativeUserID"] = "AETITLES=" + aeTitles.joined(separator: ";") }
        element["UserIsRequestor"] = isRequestor ? "true" : "false"
        if let address {
            element["NetworkAccessPointID"] = address
            // 2 for an IP address, 1 for a name.
            element["NetworkAccessPointTypeCode"] = address.allSatisfy { $0.isNumber || $0 == "." } ? "2" : "1"
        }
        if let role { element.add(XMLElement("RoleIDCode", coded: role)) }
        return element
    }
}

extension AuditMessage.Object {
    fileprivate var element: XMLElement {
        let element = XMLElement("ParticipantObjectIdentification")
        element["ParticipantObjectID"] = id
        element["ParticipantObjectTypeCode"] = String(type)
        element["ParticipantObjectTypeCodeRole"] = String(role)
        element.add(XMLElement("ParticipantObjectIDTypeCode", coded: idType))
        switch content {
        case .name(let name): element.add(XMLElement("ParticipantObjectName")).content = name
        case .query(let bytes):
            element.add(XMLElement("ParticipantObjectQuery")).content = Data(bytes).base64EncodedString()
        }
        for detail in details {
            let child = element.add(XMLElement("ParticipantObjectDetail"))
            child["type"] = detail.type
            child["value"] = Data(detail.value).base64EncodedString()
        }
        if !accessionNumbers.isEmpty || !sopClasses.isEmpty { element.add(description) }
        return element
    }

    private var description: XMLElement {
        let description = XMLElement("ParticipantObjectDescription")
        for number in accessionNumbers { description.add(XMLElement("Accession"))["Number"] = number }
        for sopClass in sopClasses {
            let child = description.add(XMLElement("SOPClass"))
            child["UID"] = sopClass.sopClassUID
            child["NumberOfInstances"] = String(sopClass.instances)
        }
        return description
    }
}

/// An element with attributes, and either children or text.
private final class XMLElement {
    private let name: String
    private var attributes: [(name: String, value: String)] = []
    private var children: [XMLElement] = []
    var content = ""

    init(_ name: String) { self.name = name }

    convenience init(_ name: String, coded code: CodedConcept) {
        self.init(name)
        self["csd-code"] = code.value
        self["codeSystemName"] = code.scheme
        self["originalText"] = code.meaning
    }

    /// An attribute; nil leaves it out.
    subscript(_ name: String) -> String? {
        get { attributes.first { $0.name == name }?.value }
        set { if let newValue { attributes.append((name, newValue)) } }
    }

    @discardableResult
    func add(_ child: XMLElement) -> XMLElement {
        children.append(child)
        return child
    }

    var text: String {
        let start = name + attributes.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
        guard !children.isEmpty || !content.isEmpty else { return "<\(start)/>" }
        return "<\(start)>" + children.map(\.text).joined() + Self.escaped(content) + "</\(name)>"
    }

    /// For attributes and text alike, and without a line break; what XML 1.0 cannot say at all is replaced.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension FormatStyle where Self == Date.ISO8601FormatStyle {
    /// With a fraction, as xsd:dateTime and RFC 5424 have it.
    static var iso8601WithMilliseconds: Self { .iso8601.withMilliseconds }
}

extension Date.ISO8601FormatStyle {
    var withMilliseconds: Self {
        year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted)
    }
}
