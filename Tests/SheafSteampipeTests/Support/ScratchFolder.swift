import Glibc
import SheafSteampipe
import SheafSystem

/// A folder of a test's own that goes with it.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/sheaf-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make a scratch folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes a file below the folder and gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = "\(path)/\(name)"
        if let slash = file.lastIndex(of: "/") { try Folder.make(String(file[..<slash])) }
        try DurableFile.write(bytes, to: file, mode: 0o644, isSynced: false)
        return file
    }

    deinit {
        // What is left in /tmp does no harm to the tests.
        try? Folder.remove(path)
    }
}
