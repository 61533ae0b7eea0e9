import FoundationEssentials
import SheafModel

/// Real manifests from public documentation, beside the repository where they are at hand.
enum Corpus {
    /// One manifest with what is known of it.
    struct Entry: Decodable, Sendable {
        struct Finding: Decodable, Sendable {
            var code: String
            var line: Int
            var msg: String
        }

        /// Why a manifest cannot be read.
        struct Cause: Decodable, Sendable {
            var cause: String
            var realLine: Int

            enum CodingKeys: String, CodingKey {
                case cause
                case realLine = "real_line"
            }
        }

        var file: String
        var type: String?
        var loads: Bool
        var placeholders: Bool
        var findings: [Finding]?
        var cause: Cause?
    }

    static let folder: String = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/../shared/corpus"
    }()

    static var isPresent: Bool { FileManager.default.fileExists(atPath: "\(folder)/index.jsonl") }

    static func entries() throws -> [Entry] {
        let data = try Data(contentsOf: URL(filePath: "\(folder)/index.jsonl"))
        return try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Entry.self, from: $0) }
    }

    static func bytes(of entry: Entry) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(entry.file)")))
    }
}
