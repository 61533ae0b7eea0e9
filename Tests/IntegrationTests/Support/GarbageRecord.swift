import FoundationEssentials
import SheafModel
import SheafTestSupport
import Testing

/// `sheaf gc --output json`.
struct GarbageRecord: Decodable, Hashable {
    struct Item: Decodable, Hashable {
        var kind: String
        var path: String
        var size: Int
        var reason: String
    }

    var dryRun: Bool
    var freed: Int
    var removed: [Item]
    var foreign: [String]
    var missing: [String]
}

extension Site {
    /// Runs `sheaf gc`, which has to succeed.
    func collect(_ options: String...) async throws -> GarbageRecord {
        let result = try await run("\(Self.built)/sheaf", ["gc", "--output", "json"] + options)
        try #require(result.code == 0, "gc: \(result.errors)")
        return try JSONDecoder().decode(GarbageRecord.self, from: Data(result.output.utf8))
    }

    /// The content of all blobs by name; a file that is none is left out.
    func blobs() throws -> [String: Data] {
        let folder = "\(home)/blobs/sha256"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.utf8.count == 64 }
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) }
        )
    }

    /// Puts a file into the home.
    func litter(_ path: String, _ text: String) throws {
        let full = "\(home)/\(path)"
        let folder = String(full[..<(full.lastIndex(of: "/") ?? full.startIndex)])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: full))
    }

    /// The files below the scratch folder that are being written, or were when somebody was killed.
    func temporaryFiles() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: scratch.path).filter { $0.hasSuffix(".tmp") }
    }

    /// The revisions of a bundle that were live once, oldest first.
    func restorable(_ bundle: String) async throws -> [Int] {
        struct Line: Decodable {
            var number: Int
            var state: String
            var operation: String
        }
        let result = try await sheaf("history", bundle, "--output", "json")
        try #require(result.code == 0, "history: \(result.errors)")
        return try JSONDecoder().decode([Line].self, from: Data(result.output.utf8))
            .filter { $0.state == "live" || $0.state == "superseded" }.map(\.number).sorted()
    }

    /// Checks that every blob is whole, and that every revision that was live can be live again.
    func expectEverythingRestorable(_ bundle: String, _ comment: Comment) async throws {
        for (name, bytes) in try blobs() { #expect(Digest(of: bytes).hex == name, comment) }
        for number in try await restorable(bundle) {
            let result = try await sheaf("rollback", bundle, "--to", String(number))
            #expect(result.code == 0, "\(comment): rollback to \(number): \(result.errors)")
        }
    }
}
