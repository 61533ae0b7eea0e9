/// A name between quotes, with the escapes of C, as git writes names that are not plain.
enum QuotedName {
    private static let quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\")
    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "v"): 11,
        UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13, quote: quote, backslash: backslash,
    ]

    /// Takes a name off the front of a text that begins with a quote.
    ///
    /// - Returns: The name and what follows the second quote; nil when there is none, or an escape means nothing.
    static func take(from text: ArraySlice<UInt8>) -> (name: [UInt8], rest: ArraySlice<UInt8>)? {
        var rest = text.dropFirst()
        var name: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote { return (name, rest) }
            guard byte == backslash else {
                name.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            if let plain = escapes[escape] {
                name.append(plain)
            } else {
                let digits = [escape] + rest.prefix(2)
                guard digits.count == 3, (48...51).contains(escape), digits.allSatisfy({ (48...55).contains($0) })
                else {
                    return nil
                }
                name.append(digits.reduce(0) { $0 << 3 | ($1 - 48) })
                rest = rest.dropFirst(2)
            }
        }
        return nil
    }
}
