/// The files that a path with wildcards stands for: `*`, `?`, `[…]`, `{a,b}`, and `**` for any number of folders.
package struct Glob: Sendable {
    /// Absolute paths of files, sorted, each once.
    package private(set) var files: [String] = []
    /// The folders that were looked at: a change in one of them may change the files.
    package private(set) var folders: Set<String> = []

    /// Looks for files.
    ///
    /// - Parameter path: Absolute.
    /// - Throws: `SteampipeError` for a pattern that cannot be read.
    package init(_ path: String) throws {
        var found: Set<String> = []
        for alternative in try Self.alternatives(path) {
            let parts = alternative.split(separator: "/").filter { $0 != "." }.map(String.init)
            try walk("", parts[...], &found, path)
        }
        files = found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func walk(
        _ folder: String,
        _ parts: ArraySlice<String>,
        _ found: inout Set<String>,
        _ path: String
    ) throws {
        guard let part = parts.first else { return }
        let rest = parts.dropFirst()
        let here = folder.isEmpty ? "/" : folder
        if part == "**" {
            try walk(folder, rest.isEmpty ? ["*"] : rest, &found, path)
            folders.insert(here)
            for name in Folder.names(in: here) ?? [] {
                let inner = "\(folder)/\(name)"
                // Links are not followed: they may lead in a circle.
                if Folder.kind(of: inner, followsLinks: false) == .folder { try walk(inner, parts, &found, path) }
            }
        } else if PathPattern.hasWildcard(part) {
            guard let pattern = PathPattern(part) else {
                throw SteampipeError("steampipe.invalid-glob", "path is not a valid glob: \(path)")
            }
            folders.insert(here)
            for name in Folder.names(in: here) ?? [] where pattern.matches(name) {
                try take("\(folder)/\(name)", rest, &found, path)
            }
        } else {
            if rest.isEmpty || Folder.kind(of: "\(folder)/\(part)") == nil { folders.insert(here) }
            try take("\(folder)/\(part)", rest, &found, path)
        }
    }

    private mutating func take(
        _ candidate: String,
        _ rest: ArraySlice<String>,
        _ found: inout Set<String>,
        _ path: String
    ) throws {
        switch Folder.kind(of: candidate) {
        case .folder where !rest.isEmpty: try walk(candidate, rest, &found, path)
        case .file where rest.isEmpty: found.insert(candidate)
        default: return
        }
    }

    /// The texts that `{a,b}` in a pattern stands for; at most a thousand.
    private static func alternatives(_ text: String) throws -> [String] {
        guard let open = text.firstIndex(of: "{") else { return [text] }
        var depth = 0
        var choices = [""]
        var index = open
        while index < text.endIndex {
            let character = text[index]
            index = text.index(after: index)
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if depth == 0 {
                let tails = try alternatives(String(text[index...]))
                let heads = try choices.flatMap { try alternatives($0) }
                guard heads.count * tails.count <= 1000 else { break }
                return heads.flatMap { head in tails.map { text[..<open] + head + $0 } }
            }
            if character == ",", depth == 1 {
                choices.append("")
            } else if !(character == "{" && depth == 1) {
                choices[choices.count - 1].append(character)
            }
        }
        throw SteampipeError("steampipe.invalid-glob", "path is not a valid glob: \(text)")
    }
}
