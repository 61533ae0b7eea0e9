extension String {
    /// The parts between single blanks.
    var words: [String] { split(separator: " ").map(String.init) }

    /// What stands before and after the first such byte; nil without one.
    func splitAtFirst(_ byte: UInt8) -> (String, String)? {
        guard let position = utf8.firstIndex(of: byte) else { return nil }
        return (String(self[..<position]), String(self[utf8.index(after: position)...]))
    }
}

extension FixedWidthInteger {
    /// The number that a text is, and nothing else.
    init(number text: String) throws(FormatError) {
        guard let value = Self(text) else { throw FormatError("'\(text)' is no number that fits") }
        self = value
    }
}
