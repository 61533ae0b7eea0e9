import Glibc
import SheafSystem

/// Rows that wait: some in memory, the rest in a file that has no name and goes with the process.
final class RowSpool {
    private static let mostBytesInMemory = 4 << 20

    private var rows: [[String?]] = []
    private var size = 0
    private var file: UnsafeMutablePointer<FILE>?
    private var rowsInFile = 0

    func add(_ row: [String?]) throws {
        if file == nil, size < Self.mostBytesInMemory {
            size += row.reduce(0) { $0 + 32 + ($1?.utf8.count ?? 0) }
            return rows.append(row)
        }
        let file = try self.file ?? open()
        try write(UInt32(row.count), to: file)
        for value in row {
            guard var value else {
                try write(UInt32.max, to: file)
                continue
            }
            let isWritten = try value.withUTF8 { bytes in
                try write(UInt32(bytes.count), to: file)
                return bytes.isEmpty || fwrite(bytes.baseAddress, bytes.count, 1, file) == 1
            }
            guard isWritten else { throw failure() }
        }
        rowsInFile += 1
    }

    /// Gives all rows in their order; to be called once, behind the last.
    func forEach(_ body: ([String?]) throws -> Void) throws {
        for row in rows { try body(row) }
        guard let file else { return }
        guard fflush(file) == 0 else { throw failure() }
        rewind(file)
        for _ in 0..<rowsInFile {
            try body(try (0..<read(from: file)).map { _ in try value(from: file) })
        }
    }

    private func value(from file: UnsafeMutablePointer<FILE>) throws -> String? {
        let count = try read(from: file)
        guard count != UInt32.max else { return nil }
        return try String(unsafeUninitializedCapacity: Int(count)) { bytes in
            guard count == 0 || fread(bytes.baseAddress, Int(count), 1, file) == 1 else { throw failure() }
            return Int(count)
        }
    }

    private func open() throws -> UnsafeMutablePointer<FILE> {
        guard let opened = tmpfile() else { throw failure() }
        file = opened
        return opened
    }

    private func write(_ number: UInt32, to file: UnsafeMutablePointer<FILE>) throws {
        var number = number
        guard fwrite(&number, MemoryLayout<UInt32>.size, 1, file) == 1 else { throw failure() }
    }

    private func read(from file: UnsafeMutablePointer<FILE>) throws -> UInt32 {
        var number: UInt32 = 0
        guard fread(&number, MemoryLayout<UInt32>.size, 1, file) == 1 else { throw failure() }
        return number
    }

    private func failure() -> QueryError {
        QueryError(
            .outputFailed,
            "the rows cannot be kept for the table: \(SystemError("write").reason)",
            hint: "--output csv and --output json keep no rows"
        )
    }

    deinit {
        if let file { fclose(file) }
    }
}
