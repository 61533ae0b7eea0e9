import FoundationEssentials

/// Base64 of which every text has one meaning and every value one text: no blanks, no bits that count for nothing.
enum StrictBase64 {
    static func encode(_ bytes: some Collection<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// Decodes the standard alphabet, padded.
    ///
    /// - Returns: nil unless encoding the result gives the text again.
    static func decode(_ text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }

    /// Decodes the standard alphabet or that of URLs, as DSSE allows both.
    static func decodeEither(_ text: String) -> [UInt8]? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) else {
            return decode(text)
        }
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }) else { return nil }
        return decode(text.replacing("-", with: "+").replacing("_", with: "/"))
    }
}
