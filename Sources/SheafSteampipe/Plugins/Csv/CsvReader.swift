/// The records of a file by RFC 4180, as Go's `encoding/csv` reads them.
///
/// Empty lines and comments are left out. A record with a stray quote, or with another number of fields than the first
/// one, is skipped and counted.
final class CsvReader {
    private enum Malformed: Error { case quote }

    private let lines: LineReader
    private let format: CsvFormat
    private var fieldCount: Int?
    private var line = 0
    private(set) var skipped = 0
    private(set) var firstSkippedLine = 0

    init(_ lines: LineReader, format: CsvFormat) {
        self.lines = lines
        self.format = format
    }

    /// The next record; nil at the end of the file.
    func next() throws -> [String]? {
        while let first = try contentLine() {
            let number = line
            do {
                let record = try record(startingWith: first)
                if fieldCount == nil { fieldCount = record.count }
                if record.count == fieldCount { return record }
            } catch is Malformed {
                // Counted below; what is left of its line is gone already.
            }
            if skipped == 0 { firstSkippedLine = number }
            skipped += 1
        }
        return nil
    }

    private func readLine() throws -> [UInt8]? {
        guard let text = try lines.next() else { return nil }
        line += 1
        return text
    }

    private func contentLine() throws -> [UInt8]? {
        while let text = try readLine() {
            if text == [10] || text.isEmpty || text[0] == format.comment { continue }
            return text
        }
        return nil
    }

    private func record(startingWith first: [UInt8]) throws -> [String] {
        let quote = UInt8(ascii: "\"")
        var fields: [String] = []
        var text = first[...]
        while true {
            guard text.first == quote else {
                let end = text.firstIndex(of: format.separator)
                let field = end.map { text[..<$0] } ?? (text.last == 10 ? text.dropLast() : text)
                guard !field.contains(quote) else { throw Malformed.quote }
                fields.append(String(decoding: field, as: UTF8.self))
                guard let end else { return fields }
                text = text[(end + 1)...]
                continue
            }
            text = text.dropFirst()
            let (field, isLast) = try quotedField(&text)
            fields.append(field)
            if isLast { return fields }
        }
    }

    /// Reads a field up to behind its separator; the quote before it has been read.
    private func quotedField(_ text: inout ArraySlice<UInt8>) throws -> (text: String, isLast: Bool) {
        let quote = UInt8(ascii: "\"")
        var field: [UInt8] = []
        while true {
            guard let end = text.firstIndex(of: quote) else {
                field += text
                guard field.count < LineReader.longestLine, let next = try readLine() else { throw Malformed.quote }
                text = next[...]
                continue
            }
            field += text[..<end]
            text = text[(end + 1)...]
            if text.first == quote {
                field.append(quote)
                text = text.dropFirst()
            } else if text.first == format.separator {
                text = text.dropFirst()
                return (String(decoding: field, as: UTF8.self), false)
            } else if text.isEmpty || text == [10] {
                return (String(decoding: field, as: UTF8.self), true)
            } else {
                throw Malformed.quote
            }
        }
    }
}
