internal import SheafModel

/// Finds the secrets in the text of a file: in manifests, values and settings by what the places are called, anywhere
/// by what is known of the bundle.
package struct SecretRanges {
    private let bytes: [UInt8]
    private let known: KnownSecrets
    private var ranges: [Range<Int>] = []

    /// The bytes that must not be shown.
    ///
    /// - Parameters:
    ///   - bytes: The file's content.
    ///   - path: Where it is in the bundle; its ending tells what it is.
    ///   - known: What the bundles say.
    /// - Returns: Ranges in order, none of which touches another.
    package static func find(in bytes: [UInt8], path: String, known: KnownSecrets) -> [Range<Int>] {
        guard !known.isSecretFile(path, content: bytes) else { return bytes.isEmpty ? [] : [0..<bytes.count] }
        var finder = SecretRanges(bytes: bytes, known: known)
        finder.search(path)
        return finder.merged
    }

    private init(bytes: [UInt8], known: KnownSecrets) {
        self.bytes = bytes
        self.known = known
    }

    private static let settings: Set = [
        "properties", "ini", "toml", "conf", "cfg", "cnf", "tfvars", "sh", "bash", "zsh",
    ]

    private mutating func search(_ path: String) {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        if name == ".env" || name == ".envrc" || name.hasPrefix(".env.") || ending == "env" {
            addEnvironment()
        } else if name == ".netrc" || name == "netrc" {
            addPasswordsOfNetrc()
        } else if ["yaml", "yml", "json"].contains(ending) {
            if !addTree(file: path) { addAssignments(SensitiveName.isSensitive) }
        } else if Self.settings.contains(ending) {
            addAssignments(SensitiveName.isSensitive)
        }
        addPrivateKeys()
        ranges += SensitiveName.passwords(in: bytes)
        for text in known.texts {
            var start = 0
            while let range = bytes[start...].firstRange(of: text) {
                ranges.append(range)
                start = range.upperBound
            }
        }
    }

    private var merged: [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = result.last, range.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    // MARK: Manifests

    /// - Returns: Whether the text could be read as a tree of the same bytes.
    private mutating func addTree(file: String) -> Bool {
        let (tree, diagnostics) = TreeParser.parse(bytes, file: file)
        guard !diagnostics.hasErrors, tree.source.bytes == bytes else { return false }
        for document in tree.documents { add(document, of: tree, SecretContext()) }
        return true
    }

    /// What a value belongs to, and where it begins.
    private enum Owner {
        case document
        case key(Int)
        case element(Int)
    }

    private mutating func add(
        _ id: YAMLTree.NodeID,
        of tree: YAMLTree,
        _ context: SecretContext,
        below owner: Owner = .document
    ) {
        if tree.isMapping(id) {
            let neighbours = SecretContext.Neighbours(
                kind: tree.value(id, "kind").map(tree.text),
                name: tree.value(id, "name").map(tree.text)
            )
            for entry in tree.entries(id) {
                let key = tree.text(entry.key)
                let inner = context.entering(key, neighbours)
                let owner = Owner.key(Int(tree[entry.key].start))
                if known.valueKeys.contains(key), tree.isScalar(entry.value) {
                    addScalar(entry.value, of: tree, below: owner)
                } else {
                    add(entry.value, of: tree, inner, below: owner)
                }
            }
        } else if tree.isSequence(id) {
            for element in tree.elements(id) {
                add(element, of: tree, context, below: .element(Int(tree[element].start)))
            }
        } else if context.isSecret(tree.scalarValue(id)) {
            addScalar(id, of: tree, below: owner)
        }
    }

    /// Adds a scalar; a block goes on as long as its lines are further to the right than what it belongs to.
    private mutating func addScalar(_ id: YAMLTree.NodeID, of tree: YAMLTree, below owner: Owner) {
        let text = tree.text(id)
        guard !text.isEmpty, !PlaceholderText.isMeant(by: text) else { return }
        let start = Int(tree[id].start)
        var end = min(bytes.count, Int(tree[id].end))
        if tree.style(id) == .literal || tree.style(id) == .folded {
            end = max(end, endOfBlock(at: start, below: column(of: owner)))
        }
        ranges.append(start..<end)
    }

    private func startOfLine(at position: Int) -> Int {
        bytes[..<position].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }

    /// Looked for where there is a block only, and a line has one at most: the line may be the whole of a large file.
    private func column(of owner: Owner) -> Int {
        switch owner {
        case .document: 0
        case .key(let position): position - startOfLine(at: position)
        case .element(let position): indentation(from: startOfLine(at: position)) ?? 0
        }
    }

    /// How far the first sign of a line is from its start; nil for an empty line.
    private func indentation(from start: Int) -> Int? {
        let blanks = bytes[start...].prefix { $0 == UInt8(ascii: " ") }.count
        let next = start + blanks
        guard next < bytes.count, bytes[next] != UInt8(ascii: "\n"), bytes[next] != UInt8(ascii: "\r") else {
            return nil
        }
        return blanks
    }

    /// Where the lines of a block end, whose header is at a place.
    private func endOfBlock(at header: Int, below column: Int) -> Int {
        var end = header
        while let next = bytes[end...].firstIndex(of: UInt8(ascii: "\n")).map({ $0 + 1 }), next < bytes.count {
            if let indentation = indentation(from: next), indentation <= column { return next - 1 }
            end = next
        }
        return bytes.count
    }

    // MARK: Lines

    /// Adds the values of lines such as `KEY=value` and `key: value` whose key satisfies a condition.
    private mutating func addAssignments(_ isSecret: (String) -> Bool) {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if let range = Self.value(of: bytes[start..<end], isSecret) { ranges.append(range) }
            start = end + 1
        }
    }

    /// Adds what every line of a file of variables assigns, in comments too, and lines that go on with a value.
    private mutating func addEnvironment() {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[start..<end]
            start = end + 1
            if let sign = line.firstIndex(of: UInt8(ascii: "=")) {
                if let range = Self.value(of: line, { _ in true }) {
                    ranges.append(range)
                } else if !PlaceholderText.isMeant(by: Self.text(line[(sign + 1)...])) {
                    ranges.append(sign + 1..<end)
                }
            } else if line.first != UInt8(ascii: "#"), !Self.isCommand(line) {
                ranges.append(line.startIndex..<end)
            }
        }
    }

    private static let commands: Set = [
        "use", "export", "source", "source_env", "dotenv", "layout", "path_add", "if", "then", "fi", "else",
    ]

    /// Whether a line without an assignment is one that `.envrc` files have, such as `use nix`, `export A` or `fi`.
    private static func isCommand(_ line: ArraySlice<UInt8>) -> Bool {
        guard let word = line.split(separator: UInt8(ascii: " ")).first else { return true }
        return commands.contains(text(word))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.drop { $0 == 0x20 }.filter { $0 != 0x0D }, as: UTF8.self)
    }

    /// Adds the word behind each `password` and `account`, which may stand on any line.
    private mutating func addPasswordsOfNetrc() {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        let words = bytes[...].split { blanks.contains($0) }
        for (word, next) in zip(words, words.dropFirst()) where ["password", "account"].contains(Self.text(word)) {
            ranges.append(next.startIndex..<next.endIndex)
        }
    }

    private static func value(of line: ArraySlice<UInt8>, _ isSecret: (String) -> Bool) -> Range<Int>? {
        guard let sign = line.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else {
            return nil
        }
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0D]
        let words = line[..<sign].split { blanks.contains($0) || $0 == UInt8(ascii: "\"") }
        guard let key = words.last, words.first?.first != UInt8(ascii: "#"),
            isSecret(String(decoding: key, as: UTF8.self)),
            let first = line[(sign + 1)...].firstIndex(where: { !blanks.contains($0) }),
            let last = line.lastIndex(where: { !blanks.contains($0) }), first <= last
        else { return nil }
        let text = String(decoding: line[first...last], as: UTF8.self)
        return PlaceholderText.isMeant(by: text) ? nil : first..<last + 1
    }

    /// Adds what stands between the first and the last line of a private key.
    private mutating func addPrivateKeys() {
        var start = 0
        let end = Array("-----END".utf8)
        while let head = SecretContext.privateKey(in: bytes[start...]) {
            let stop = bytes[head.upperBound...].firstRange(of: end)?.lowerBound ?? bytes.count
            ranges.append(head.upperBound..<stop)
            // The last line names the same words again.
            start = bytes[stop...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        }
    }
}
