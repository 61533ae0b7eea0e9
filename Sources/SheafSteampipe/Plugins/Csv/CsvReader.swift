import SheafPostgres

/// The well-formed records of a file.
///
/// Empty lines and comments are left out. A record with a stray quote, or with another number of fields than the first
/// one, is skipped and counted.
final class CsvReader {
    private let source: CsvSource
    private var scanner: CsvScanner
    private var fieldCount: Int?
    /// How long the current record is in the window.
    private var length = 0
    private var line = 1
    private(set) var skipped = 0
    private(set) var firstSkippedLine = 0

    init(_ source: CsvSource, format: CsvFormat) {
        self.source = source
        scanner = CsvScanner(format)
    }

    var path: String { source.path }

    /// Moves to the next record; false at the end of the file.
    ///
    /// When it throws, it may be called again.
    func advance() throws -> Bool {
        source.drop(length)
        length = 0
        while true {
            switch scanner.next(source.bytes, isLast: source.isAtEnd) {
            case .record(let length, let lines):
                if fieldCount == nil { fieldCount = scanner.fields.count }
                if scanner.fields.count == fieldCount {
                    line += lines
                    self.length = length
                    return true
                }
                skip(length, lines)
            case .nothing(let length):
                source.drop(length)
                line += 1
            case .malformed(let length, let lines): skip(length, lines)
            case .needsMore:
                guard source.bytes.count < CsvSource.longestRecord else {
                    throw SteampipeError(
                        "steampipe.record-too-long",
                        "\(path) has a record of more than 64 MiB in line \(line)",
                        hint: "a quote that is never closed makes one"
                    )
                }
                try source.fill()
            case .end: return false
            }
        }
    }

    private func skip(_ length: Int, _ lines: Int) {
        if skipped == 0 { firstSkippedLine = line }
        skipped += 1
        source.drop(length)
        line += lines
    }

    /// The fields of the current record as texts; what is no UTF-8 in them is replaced.
    var texts: [String] {
        scanner.fields.map { field in
            let bytes = UnsafeRawBufferPointer(rebasing: source.bytes[field.start..<(field.start + field.count)])
            return String(decoding: field.isEscaped ? CsvEscapes.resolved(bytes) : Array(bytes), as: UTF8.self)
        }
    }

    /// Writes the current record as a row.
    func write(_ parts: [PackedPart], into buffer: WireBuffer) throws {
        guard let base = source.bytes.baseAddress else { return }
        if scanner.isDoubtful { return try writeCarefully(parts, base, into: buffer) }
        var row = RowMessage(in: buffer, columns: parts.count, bytes: length + Self.constantBytes(parts))
        for part in parts {
            switch part {
            case .column(let index):
                let field = scanner.fields[index]
                row.value(base + field.start, field.count)
            case .text(let text): row.value(text)
            case .null: row.null()
            }
        }
        row.finish()
    }

    /// The same for a record with bytes that are not ASCII, or with escapes.
    private func writeCarefully(_ parts: [PackedPart], _ base: UnsafeRawPointer, into buffer: WireBuffer) throws {
        // What is no UTF-8 becomes three bytes for each.
        var row = RowMessage(in: buffer, columns: parts.count, bytes: 3 * length + Self.constantBytes(parts))
        for part in parts {
            switch part {
            case .column(let index):
                let field = scanner.fields[index]
                let bytes = UnsafeRawBufferPointer(start: base + field.start, count: field.count)
                switch Utf8Check.kind(of: bytes) {
                case .clean where !field.isEscaped: row.value(base + field.start, field.count)
                case .clean: row.value(CsvEscapes.resolved(bytes))
                case .broken:
                    let text = field.isEscaped ? CsvEscapes.resolved(bytes) : Array(bytes)
                    row.value(Array(String(decoding: text, as: UTF8.self).utf8))
                case .zero: throw SteampipeError.zeroInText
                }
            case .text(let text): row.value(text)
            case .null: row.null()
            }
        }
        row.finish()
    }

    private static func constantBytes(_ parts: [PackedPart]) -> Int {
        parts.reduce(0) { sum, part in
            if case .text(let text) = part { return sum + text.count }
            return sum
        }
    }
}

/// What stands for something else in a quoted field.
enum CsvEscapes {
    /// The field with doubled quotes as one, and with `\n` for the line ends of Windows.
    static func resolved(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            let isEscape = byte == UInt8(ascii: "\"") && next == UInt8(ascii: "\"")
            let isLineEnd = byte == UInt8(ascii: "\r") && next == UInt8(ascii: "\n")
            result.append(isEscape || isLineEnd ? next : byte)
            index += isEscape || isLineEnd ? 2 : 1
        }
        return result
    }
}
