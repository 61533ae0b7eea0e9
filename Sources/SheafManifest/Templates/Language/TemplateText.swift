/// The text of a template, addressed by Unicode scalars as the columns of diagnostics are.
package struct TemplateText: Sendable {
    let scalars: [Unicode.Scalar]

    package init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var count: Int { scalars.count }

    /// The scalar at an offset; nil at the end.
    subscript(offset: Int) -> Unicode.Scalar? { offset < scalars.count && offset >= 0 ? scalars[offset] : nil }

    /// The text of a range.
    func string(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range.clamped(to: 0..<scalars.count)])
        return String(text)
    }

    /// Whether a word of ASCII characters stands at an offset.
    func has(_ word: StaticString, at offset: Int) -> Bool {
        var position = offset
        return word.withUTF8Buffer { bytes in
            for byte in bytes {
                guard position < scalars.count, scalars[position].value == UInt32(byte) else { return false }
                position += 1
            }
            return true
        }
    }

    /// The 1-based line and column of an offset.
    package func place(of offset: Int) -> (line: Int, column: Int) {
        var line = 1
        var start = 0
        for index in 0..<min(offset, scalars.count) where scalars[index] == "\n" {
            line += 1
            start = index + 1
        }
        return (line, min(offset, scalars.count) - start + 1)
    }
}

extension Unicode.Scalar {
    /// Space, tab and line ends: what separates words in an action, and what trim markers remove.
    var isTemplateSpace: Bool { self == " " || self == "\t" || self == "\r" || self == "\n" }

    /// Whether this may be part of a name: `_`, a letter or a digit of any script.
    var isTemplateWord: Bool {
        if isASCII {
            return self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self) || isTemplateDigit
        }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
            return true
        default: return false
        }
    }

    var isTemplateDigit: Bool { ("0"..."9").contains(self) }
}
