import FoundationEssentials

/// A write-ahead log of SQLite, cut into its transactions.
///
/// A database whose log ends behind some commit is exactly what a process leaves that is killed after it: so the log of
/// one run holds every state of the store that a crash of it can leave, and no hook in the store is needed.
struct WriteAheadLog: Sendable {
    private let bytes: [UInt8]
    /// Where each transaction ends, growing.
    let commits: [Int]

    /// The layout that https://www.sqlite.org/walformat.html gives.
    private enum Layout {
        static let header = 32
        static let frameHeader = 24
        static let pageSize = 8
        static let salts = 16..<24
        /// In a frame's header: the pages of the database after a commit; 0 in all other frames.
        static let commitSize = 4
        static let frameSalts = 8..<16
    }

    /// Reads a log; one that is not there holds no transaction.
    init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            bytes = []
            commits = []
            return
        }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        self.bytes = bytes
        guard bytes.count > Layout.header else {
            commits = []
            return
        }
        let frame = Layout.frameHeader + Self.number(bytes, at: Layout.pageSize)
        var commits: [Int] = []
        var start = Layout.header
        while start + frame <= bytes.count {
            let salts = bytes[start + Layout.frameSalts.lowerBound..<start + Layout.frameSalts.upperBound]
            guard salts.elementsEqual(bytes[Layout.salts]) else { break }
            if Self.number(bytes, at: start + Layout.commitSize) > 0 { commits.append(start + frame) }
            start += frame
        }
        self.commits = commits
    }

    private static func number(_ bytes: [UInt8], at position: Int) -> Int {
        bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The end of the last transaction that was complete when the log had a size; 0 before the first.
    func end(within size: Int) -> Int { commits.last { $0 <= size } ?? 0 }

    /// The log up to the end of a transaction.
    func prefix(_ end: Int) -> ArraySlice<UInt8> { bytes.prefix(end) }
}
