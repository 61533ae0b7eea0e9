import FoundationEssentials
import SheafModel

/// The canonical JSON of the index's rows, of which there are as many as files: the general encoder takes longer for
/// them than everything else that a pack without changes does.
enum RowText {
    /// The same bytes as `CanonicalJSON.encode(rows)`.
    static func of(_ rows: [ArchiveIndex.Row]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 + rows.count * 160)
        add("[", to: &bytes)
        for row in rows {
            // Keys in byte order, those without a value left out.
            add(bytes.count > 1 ? ",{" : "{", to: &bytes)
            if let digest = row.digest {
                add("\"digest\":\"sha256:", to: &bytes)
                bytes += digest.hex.utf8
                add("\",", to: &bytes)
            }
            add("\"mode\":", to: &bytes)
            try add(text: row.mode, to: &bytes)
            add(",\"path\":", to: &bytes)
            try add(text: row.path, to: &bytes)
            add(",\"size\":", to: &bytes)
            bytes += String(row.size).utf8
            if let target = row.target {
                add(",\"target\":", to: &bytes)
                try add(text: target, to: &bytes)
            }
            add("}", to: &bytes)
        }
        add("]", to: &bytes)
        return bytes
    }

    private static func add(_ text: StaticString, to bytes: inout [UInt8]) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Adds a text in quotes.
    private static func add(text: String, to bytes: inout [UInt8]) throws {
        var text = text
        let isPlain = text.withUTF8 { text in
            guard text.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }) else { return false }
            bytes.append(0x22)
            bytes.append(contentsOf: text)
            bytes.append(0x22)
            return true
        }
        if !isPlain { bytes += try CanonicalJSON.encode(text) }
    }
}
