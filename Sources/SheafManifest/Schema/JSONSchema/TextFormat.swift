/// The values of `format` that JSON Schema defines, as far as Sheaf checks them.
enum TextFormat {
    /// Formats that are checked; a text of any other format is accepted.
    static let known: Set<String> = [
        "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "ipv4", "ipv6", "uri",
        "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer", "relative-json-pointer",
        "regex",
    ]

    /// Whether a text has the form; true for formats that are not known.
    static func accepts(_ text: String, _ format: String) -> Bool {
        switch format {
        case "date-time":
            let scalars = Array(text.utf8)
            guard scalars.count > 11, [0x54, 0x74].contains(scalars[10]) else { return false }
            return DateFormat.isDate(scalars[..<10]) && DateFormat.isTime(scalars[11...])
        case "date": return DateFormat.isDate(Array(text.utf8)[...])
        case "time": return DateFormat.isTime(Array(text.utf8)[...])
        case "duration": return DateFormat.isDuration(text)
        case "email": return NetworkFormat.isEmail(text, allowsUnicode: false)
        case "idn-email": return NetworkFormat.isEmail(text, allowsUnicode: true)
        case "hostname": return NetworkFormat.isHost(text)
        case "ipv4": return NetworkFormat.isIPv4(text)
        case "ipv6": return NetworkFormat.isIPv6(text)
        case "uri": return URIFormat.isURI(text, allowsUnicode: false, mayBeRelative: false)
        case "uri-reference": return URIFormat.isURI(text, allowsUnicode: false, mayBeRelative: true)
        case "iri": return URIFormat.isURI(text, allowsUnicode: true, mayBeRelative: false)
        case "iri-reference": return URIFormat.isURI(text, allowsUnicode: true, mayBeRelative: true)
        case "uri-template": return URIFormat.isTemplate(text)
        case "uuid": return isUUID(text)
        case "json-pointer": return isPointer(Array(text.utf8)[...])
        case "relative-json-pointer": return isRelativePointer(text)
        case "regex":
            // Only whether it can be read is asked for, not why it cannot.
            return (try? ECMAPattern(text)) != nil
        default: return true
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        let shape = Array("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".utf8)
        let bytes = Array(text.utf8)
        return bytes.count == shape.count
            && zip(bytes, shape).allSatisfy { byte, wanted in
                wanted == UInt8(ascii: "-")
                    ? byte == wanted : (48...57).contains(byte) || (97...102).contains(byte | 0x20)
            }
    }

    private static func isPointer(_ text: ArraySlice<UInt8>) -> Bool {
        if text.isEmpty { return true }
        guard text.first == UInt8(ascii: "/") else { return false }
        var isEscape = false
        for byte in text {
            if isEscape, byte != UInt8(ascii: "0"), byte != UInt8(ascii: "1") { return false }
            isEscape = byte == UInt8(ascii: "~")
        }
        return !isEscape
    }

    private static func isRelativePointer(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let digits = bytes.prefix { (48...57).contains($0) }
        guard !digits.isEmpty, digits.count == 1 || digits.first != 48 else { return false }
        let rest = bytes[digits.count...]
        return rest.elementsEqual("#".utf8) || isPointer(rest)
    }
}
