import FoundationEssentials
import Glibc
import Synchronization

/// What a crash at some moment leaves: the store and the world.
struct Remains: Sendable {
    /// When, in words.
    var moment: String
    /// The database without its log.
    var database: Data
    var log: ArraySlice<UInt8>
    var world: FakeWorld

    /// Puts the store into a folder that has none.
    func restore(to home: String) throws {
        try database.write(to: URL(filePath: "\(home)/state.db"))
        if !log.isEmpty { try Data(log).write(to: URL(filePath: "\(home)/state.db-wal")) }
    }
}

/// Notes the world and the length of the store's log at each effect, and puts together what a crash would have left.
final class CrashRecorder: Sendable {
    private struct Note: Sendable {
        var moment: String
        /// How long the log was.
        var size: Int
        var world: FakeWorld
    }

    private let home: String
    private let database: Data
    private let notes = Mutex<[Note]>([])

    /// Takes a folder in which nobody has the store open yet.
    init(home: String, world: FakeWorld) throws {
        self.home = home
        database = try Data(contentsOf: URL(filePath: "\(home)/state.db"))
        note("the beginning", world)
    }

    private var log: String { "\(home)/state.db-wal" }

    func note(_ moment: String, _ world: FakeWorld) {
        var information = stat()
        let size = stat(log, &information) == 0 ? Int(information.st_size) : 0
        notes.withLock { $0.append(Note(moment: moment, size: size, world: world)) }
    }

    /// What a crash leaves right after each effect and right after each write of the store, in this order of events.
    ///
    /// Ask while the store is still open: whoever closes it last empties its log.
    func remains() throws -> [Remains] {
        let log = try WriteAheadLog(path: log)
        guard try Data(contentsOf: URL(filePath: "\(home)/state.db")) == database else {
            throw Unreadable(description: "the log of \(home) was moved into the database before it could be read")
        }
        let notes = notes.withLock { $0 }
        var remains: [Remains] = []
        var written = log.commits[...]
        func add(_ moment: String, _ end: Int, _ world: FakeWorld) {
            remains.append(Remains(moment: moment, database: database, log: log.prefix(end), world: world))
        }
        for (index, note) in notes.enumerated() {
            add("after \(note.moment), \(index)", log.end(within: note.size), note.world)
            let next = index + 1 < notes.count ? notes[index + 1].size : Int.max
            while let end = written.first, end <= next {
                written.removeFirst()
                if end > note.size { add("after the write that ends at \(end)", end, note.world) }
            }
        }
        return remains
    }

    struct Unreadable: Error, CustomStringConvertible { let description: String }
}
