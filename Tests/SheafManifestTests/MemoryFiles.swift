import SheafModel

/// The files of a bundle in memory.
struct MemoryFiles: BundleFiles {
    var files: [String: String]

    func read(_ path: String) throws -> [UInt8]? { files[path].map { Array($0.utf8) } }

    func displayPath(_ path: String) -> String { path }

    func names(inFolder path: String) -> [String] {
        files.keys.filter { $0.hasPrefix("\(path)/") }.map { String($0.dropFirst(path.count + 1)) }.sorted()
    }
}

/// Files of which one cannot be read.
struct BrokenFiles: BundleFiles {
    struct Unreadable: SheafError {
        var code: String { "test.unreadable" }
        var message: String { "the disk is on fire" }
        var hint: String? { nil }
        var failureClass: FailureClass { .refused }
    }

    func read(_ path: String) throws -> [UInt8]? { throw Unreadable() }

    func displayPath(_ path: String) -> String { path }
}
