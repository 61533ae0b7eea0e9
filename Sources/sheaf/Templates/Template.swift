import CLinux
import FoundationEssentials
import Glibc
import SheafModel
import SheafSystem

/// A scaffold that `sheaf init` writes.
///
/// Its files are a data product called `my-product`, valid as it is: that name is replaced by the new one.
package struct Template: Sendable, Hashable {
    /// One file of a scaffold.
    package struct File: Sendable, Hashable {
        /// Below the new directory, with `/`, without `.` and `..`.
        package var path: String
        package var text: String
        package var isExecutable: Bool

        package init(path: String, text: String, isExecutable: Bool = false) {
            self.path = path
            self.text = text
            self.isExecutable = isExecutable
        }

        package var bytes: [UInt8] { Array(text.utf8) }
    }

    package var name: String
    /// One sentence, for `sheaf init --list`.
    package var summary: String
    /// What the machine must have for it, in words; nil for nothing but Sheaf.
    package var needs: String?
    package var files: [File]

    package init(name: String, summary: String, needs: String? = nil, files: [File]) {
        self.name = name
        self.summary = summary
        self.needs = needs
        self.files = files
    }

    /// The longest product name: names made from it, such as `NAME-data`, must stay below 30 characters.
    static let longestName = 20
    /// The name of the product in the files.
    static let placeholder = "my-product"

    /// A name for the product from the last part of a path: lower case, digits and single hyphens, a letter first.
    ///
    /// - Parameter directory: An absolute path, or one whose last part is no `.` or `..`.
    /// - Returns: `data-product` when nothing is left of the path.
    package static func productName(for directory: String) -> String {
        let last = directory.split(separator: "/").last.map(String.init) ?? ""
        let words = last.lowercased().split { !isNameLetter($0) && !isNameDigit($0) }.joined(separator: "-")
        var name = words.drop { !isNameLetter($0) }.prefix(longestName)
        while name.last == "-" { name.removeLast() }
        return name.isEmpty ? "data-product" : String(name)
    }

    /// Writes the files into a directory that is absent or empty: all of them, or none.
    ///
    /// An absent directory appears whole. If the process dies while it fills an existing one, a folder
    /// `.sheaf-init.*` or some of the files remain, and the next attempt says that the directory is not empty.
    /// - Parameters:
    ///   - directory: A path; parents that are missing are made.
    ///   - name: The product's name, of lower-case letters, digits and hyphens.
    ///   - schemas: The schemas that the comments for editors name; comments that name others are left out.
    /// - Throws: `TemplateError`.
    package func write(to directory: String, name: String, schemas: EditorSchemas = .none) throws {
        guard Self.isValidName(name) else { throw TemplateError.invalidName(name) }
        let target = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        guard let entries = Self.entries(of: target) else {
            return try writeNew(target, files(for: name, schemas))
        }
        guard entries.isEmpty else { throw TemplateError.directoryNotEmpty(target) }
        try fill(target, files(for: name, schemas))
    }

    /// The files as the new product has them.
    package func files(for name: String, _ schemas: EditorSchemas) -> [File] {
        // In the order of these, since no one is part of another: names of SQL and of addresses allow no hyphen.
        let spellings = [
            (Self.placeholder, name), ("my_product", name.replacing("-", with: "_")),
            ("myproduct", name.replacing("-", with: "")),
        ]
        let named = files.map { file in
            var text = schemas.keepingKnownComments(in: file.text)
            for (old, new) in spellings { text = text.replacing(old, with: new) }
            return File(path: file.path, text: text, isExecutable: file.isExecutable)
        }
        return named + schemas.files
    }

    private func writeNew(_ target: String, _ files: [File]) throws {
        let parent = target.lastIndex(of: "/").map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        try Self.makeDirectories(parent)
        let stage = "\(parent)/.sheaf-init.\(getpid()).\(UInt32.random(in: 0 ... .max))"
        do {
            try Self.write(files, into: stage)
            guard rename(stage, target) == 0 else { throw SystemError("make \(target)") }
        } catch {
            Self.remove(stage)
            throw TemplateError.cannotWrite(target, error)
        }
    }

    /// The directory itself stays: it may be somebody's working directory.
    private func fill(_ target: String, _ files: [File]) throws {
        let stage = "\(target)/.sheaf-init.\(getpid()).\(UInt32.random(in: 0 ... .max))"
        var moved: [String] = []
        do {
            try Self.write(files, into: stage)
            for entry in Self.entries(of: stage) ?? [] {
                guard rename("\(stage)/\(entry)", "\(target)/\(entry)") == 0 else {
                    throw SystemError("write \(target)/\(entry)")
                }
                moved.append("\(target)/\(entry)")
            }
            Self.remove(stage)
        } catch {
            (moved + [stage]).forEach(Self.remove)
            throw TemplateError.cannotWrite(target, error)
        }
    }

    private static func write(_ files: [File], into directory: String) throws {
        for file in files {
            let path = "\(directory)/\(file.path)"
            try makeDirectories(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
            try DurableFile.write(file.bytes, to: path, mode: file.isExecutable ? 0o755 : 0o644, isSynced: false)
        }
    }

    private static func isValidName(_ name: String) -> Bool {
        guard let first = name.first, isNameLetter(first), name.last != "-", name.count <= longestName
        else { return false }
        return name.allSatisfy { isNameLetter($0) || isNameDigit($0) || $0 == "-" }
    }

    private static func isNameLetter(_ character: Character) -> Bool { ("a"..."z").contains(character) }
    private static func isNameDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    /// The names in a directory; nil when there is nothing by that name.
    ///
    /// What is there and cannot be listed, such as a file, counts as not empty.
    private static func entries(of path: String) -> [String]? {
        if access(path, F_OK) != 0, errno == ENOENT { return nil }
        // A failure to list means that nothing can be put there, which the caller reports as "not empty".
        return (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [path]
    }

    private static func makeDirectories(_ path: String) throws {
        guard !path.isEmpty else { return }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    private static func remove(_ path: String) {
        // The failure that is being reported matters more than a left-over.
        try? FileManager.default.removeItem(atPath: path)
    }
}
