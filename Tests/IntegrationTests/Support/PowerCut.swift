import FoundationEssentials
import SheafTestSupport

/// What a power cut leaves of a home, put together from what the preloaded library has recorded of a command.
///
/// Only what was synced lasts: the content of a file as its last sync found it, the names in a folder as its last sync
/// found them. What was there before the command counts as synced. Names that were not synced may be there all the same,
/// since file systems write some of them in time; so both is tried.
struct PowerCut {
    /// Which names are there.
    enum Names: String, CaseIterable, Sendable {
        /// Those that a sync has made durable.
        case synced
        /// All that were given before the cut, each with the content that was synced by then.
        case all
    }

    private typealias Identity = Substring

    private struct Entry {
        var isFolder: Bool
        var identity: Identity
        var path: Substring

        init?(_ line: Substring) {
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count == 3 else { return nil }
            (isFolder, identity, path) = (parts[0] == "folder", parts[1], parts[2])
        }

        var parent: Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
        var name: Substring { path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...] }
    }

    /// What the syncs until some moment have made durable.
    private struct Disk {
        var contents: [Identity: Data] = [:]
        var folders: [Identity: [Entry]] = [:]
    }

    private let home: String
    private let above: String
    private let disks: [Disk]
    private let trees: [[Entry]]

    /// Reads a recording.
    ///
    /// - Parameters:
    ///   - recording: The folder that the library wrote to.
    ///   - home: Where the command had its home.
    ///   - copy: A copy of the home as it was before the command.
    /// - Throws: When something of it cannot be read.
    init(_ recording: String, of home: String, before copy: String) throws {
        self.home = home
        above = String(home[..<(home.lastIndex(of: "/") ?? home.startIndex)])
        var disk = Disk()
        let start = try Self.entries(at: "\(recording)/start.tree")
        for entry in start where !entry.isFolder {
            disk.contents[entry.identity] = try Data(contentsOf: URL(filePath: copy + entry.path.dropFirst(home.count)))
        }
        let children = Dictionary(grouping: start, by: \.parent)
        for entry in start where entry.isFolder { disk.folders[entry.identity] = children[entry.path] ?? [] }
        // The folder above has no line of its own, and goes by its path.
        disk.folders[Substring(above)] = start.filter { $0.path == home }
        var disks: [Disk] = [], trees: [[Entry]] = []
        while case let file = "\(recording)/\(disks.count)", FileManager.default.fileExists(atPath: "\(file).tree") {
            let lines = try Self.entries(at: "\(file).tree")
            let (synced, tree) = (lines[0], Array(lines.dropFirst()))
            if synced.isFolder {
                let isAbove = synced.path == above
                disk.folders[isAbove ? Substring(above) : synced.identity] = tree.filter { $0.parent == synced.path }
            } else if FileManager.default.fileExists(atPath: "\(file).data") {
                disk.contents[synced.identity] = try Data(contentsOf: URL(filePath: "\(file).data"))
            }
            disks.append(disk)
            trees.append(tree)
        }
        (self.disks, self.trees) = (disks, trees)
    }

    private static func entries(at path: String) throws -> [Entry] {
        try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n").compactMap(Entry.init)
    }

    /// How many syncs there were.
    var syncs: Int { disks.count }

    /// Puts the home into the state in which a power cut right after a sync leaves it.
    func restore(after sync: Int, _ names: Names) throws {
        try? FileManager.default.removeItem(atPath: home)  // It need not be there.
        switch names {
        case .synced: try makeChildren(of: Substring(above), on: disks[sync], at: above)
        case .all:
            for entry in trees[sync] { try make(entry, on: disks[sync], at: String(entry.path)) }
        }
    }

    private func makeChildren(of folder: Identity, on disk: Disk, at path: String) throws {
        for entry in disk.folders[folder] ?? [] {
            try make(entry, on: disk, at: "\(path)/\(entry.name)")
            if entry.isFolder { try makeChildren(of: entry.identity, on: disk, at: "\(path)/\(entry.name)") }
        }
    }

    private func make(_ entry: Entry, on disk: Disk, at path: String) throws {
        if entry.isFolder {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } else {
            try (disk.contents[entry.identity] ?? Data()).write(to: URL(filePath: path))
        }
    }
}
