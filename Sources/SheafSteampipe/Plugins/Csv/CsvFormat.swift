/// How the files of a connection are written.
package struct CsvFormat: Hashable, Sendable {
    package enum Header: String, Sendable {
        /// The first row names the columns, unless a name is empty or there twice.
        case auto
        /// The first row names the columns; a file where it cannot is no table.
        case on
        /// The columns are named a, b, …, z, aa, …
        case off
    }

    package var separator: UInt8 = UInt8(ascii: ",")
    /// The first character of lines to leave out.
    package var comment: UInt8?
    package var header = Header.auto

    package init(separator: UInt8 = UInt8(ascii: ","), comment: UInt8? = nil, header: Header = .auto) {
        self.separator = separator
        self.comment = comment
        self.header = header
    }

    /// The name of a column that has none: a, b, and after z then aa, ab.
    package static func letters(_ index: Int) -> String {
        let last = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(index % 26)))
        return index < 26 ? last : letters(index / 26 - 1) + last
    }

    /// The names of the columns of a file whose first record is given.
    ///
    /// - Returns: The names, and whether the record is the header; nil when it should be and cannot.
    package func columns(of record: [String]) -> (names: [String], isHeader: Bool)? {
        let isUsable = !record.contains("") && Set(record).count == record.count
        switch header {
        case .on: return isUsable ? (record, true) : nil
        case .auto where isUsable: return (record, true)
        case .auto, .off: return (record.indices.map(Self.letters), false)
        }
    }
}
