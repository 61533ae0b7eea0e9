/// An XML file as JSON, in the form that Steampipe gives it.
///
/// An element with nothing but text is that text. Otherwise it is an object: attributes have a `-` before their names,
/// elements of one name are a list, and the text beside them is `#text`. Prefixes of namespaces are left out.
package struct XmlDocument {
    private static let deepest = 200

    private let path: String
    private let bytes: [UInt8]
    private var index = 0

    /// The content of a file as JSON.
    ///
    /// - Throws: `SteampipeError` for what is no XML.
    package static func json(_ text: String, path: String) throws -> String {
        var reader = XmlDocument(path: path, bytes: Array(text.utf8))
        return try reader.document()
    }

    private init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    // MARK: Elements

    private mutating func document() throws -> String {
        try skipOutside()
        guard take("<") else { throw wrong("there is no element") }
        let (name, value) = try element(depth: 0)
        try skipOutside()
        guard index == bytes.count else { throw wrong("there is something behind the last element") }
        return "{\(YamlDocument.jsonText(name)):\(value)}"
    }

    /// Reads an element whose `<` is taken.
    private mutating func element(depth: Int) throws -> (name: String, json: String) {
        guard depth < Self.deepest else { throw wrong("the elements are nested too deeply") }
        let tag = try name()
        var members: [(name: String, values: [String])] = []
        skipBlanks()
        while !take("/>") {
            if take(">") {
                let text = try content(of: tag, &members, depth)
                if members.isEmpty { return (Self.local(tag), YamlDocument.jsonText(text)) }
                if !text.isEmpty { members.append(("#text", [YamlDocument.jsonText(text)])) }
                return (Self.local(tag), Self.object(members))
            }
            let attribute = try name()
            skipBlanks()
            guard take("=") else { throw wrong("the attribute '\(attribute)' has no value") }
            skipBlanks()
            let value = try attributeValue()
            Self.add(YamlDocument.jsonText(value), as: "-\(Self.local(attribute))", to: &members)
            skipBlanks()
        }
        return (Self.local(tag), members.isEmpty ? "\"\"" : Self.object(members))
    }

    /// Reads up to behind the end tag, and gives the text.
    private mutating func content(
        of tag: String,
        _ members: inout [(name: String, values: [String])],
        _ depth: Int
    ) throws -> String {
        var text: [UInt8] = []
        while index < bytes.count {
            if take("</") {
                guard try name() == tag else { throw wrong("'\(tag)' is not closed") }
                skipBlanks()
                guard take(">") else { throw wrong("the end of '\(tag)' is not closed") }
                return Self.trimmed(text)
            }
            if take("<![CDATA[") {
                text += try upTo("]]>", "a CDATA section")
            } else if take("<!--") {
                _ = try upTo("-->", "a comment")
            } else if take("<?") {
                _ = try upTo("?>", "an instruction")
            } else if take("<") {
                let (name, json) = try element(depth: depth + 1)
                Self.add(json, as: name, to: &members)
            } else {
                text += try character()
            }
        }
        throw wrong("'\(tag)' is not closed")
    }

    private static func add(_ json: String, as name: String, to members: inout [(name: String, values: [String])]) {
        if let known = members.firstIndex(where: { $0.name == name }) {
            members[known].values.append(json)
        } else {
            members.append((name, [json]))
        }
    }

    private static func object(_ members: [(name: String, values: [String])]) -> String {
        let texts = members.map { name, values in
            let value = values.count == 1 ? values[0] : "[\(values.joined(separator: ","))]"
            return "\(YamlDocument.jsonText(name)):\(value)"
        }
        return "{\(texts.joined(separator: ","))}"
    }

    // MARK: Pieces

    /// What may stand before and behind the root: blanks, comments, instructions, a document type.
    private mutating func skipOutside() throws {
        while true {
            skipBlanks()
            if take("<?") {
                _ = try upTo("?>", "an instruction")
            } else if take("<!--") {
                _ = try upTo("-->", "a comment")
            } else if take("<!DOCTYPE") {
                var depth = 1
                while depth > 0 {
                    guard index < bytes.count else { throw wrong("the document type is not closed") }
                    if bytes[index] == UInt8(ascii: "<") { depth += 1 }
                    if bytes[index] == UInt8(ascii: ">") { depth -= 1 }
                    index += 1
                }
            } else {
                return
            }
        }
    }

    private mutating func name() throws -> String {
        let start = index
        while index < bytes.count, !" \t\r\n=/<>\"'&".utf8.contains(bytes[index]) { index += 1 }
        guard index > start else { throw wrong("there is no name") }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private static func local(_ name: String) -> String {
        name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    private mutating func attributeValue() throws -> String {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") else {
            throw wrong("the value of an attribute is not in quotes")
        }
        let quote = bytes[index]
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            if bytes[index] == quote {
                index += 1
                return String(decoding: text, as: UTF8.self)
            }
            guard bytes[index] != UInt8(ascii: "<") else { break }
            text += try character()
        }
        throw wrong("the value of an attribute is not closed")
    }

    /// A byte of text, or what an entity stands for.
    private mutating func character() throws -> [UInt8] {
        guard take("&") else {
            defer { index += 1 }
            return [bytes[index]]
        }
        let name = String(decoding: try upTo(";", "an entity"), as: UTF8.self)
        let named: [String: Unicode.Scalar] = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
        let number =
            name.hasPrefix("#x")
            ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let scalar = named[name] ?? number.flatMap({ Unicode.Scalar($0) }) else {
            throw wrong("the entity '&\(name);' is not known")
        }
        return Array(String(scalar).utf8)
    }

    private mutating func upTo(_ end: String, _ what: String) throws -> ArraySlice<UInt8> {
        let start = index
        let mark = Array(end.utf8)
        while index + mark.count <= bytes.count {
            if bytes[index..<(index + mark.count)].elementsEqual(mark) {
                defer { index += mark.count }
                return bytes[start..<index]
            }
            index += 1
        }
        throw wrong("\(what) is not closed")
    }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    private mutating func skipBlanks() {
        while index < bytes.count, " \t\r\n".utf8.contains(bytes[index]) { index += 1 }
    }

    private static func trimmed(_ text: [UInt8]) -> String {
        let isBlank = { (byte: UInt8) in " \t\r\n".utf8.contains(byte) }
        let start = text.drop(while: isBlank)
        return String(decoding: start.reversed().drop(while: isBlank).reversed(), as: UTF8.self)
    }

    private func wrong(_ reason: String) -> SteampipeError {
        let line = bytes[..<min(index, bytes.count)].count { $0 == 10 } + 1
        return SteampipeError("steampipe.invalid-xml", "failed to parse XML content \(path):\(line): \(reason)")
    }
}
