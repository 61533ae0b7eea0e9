internal import SheafModel

/// What stands between `${{` and `}}`: a root and a path, such as `values.hosts[0]["a key"]`.
struct Expression: Hashable, Sendable {
    /// What a path can begin with.
    enum Root: String, CaseIterable, Sendable {
        case values, secrets, bundle, git
    }

    /// What the inside of a placeholder is.
    enum Reading: Sendable {
        case expression(Expression)
        /// It begins with something else, and so may be meant for another program.
        case foreign(root: String?)
        /// It begins as an expression and goes on as none; the reason, in words.
        case malformed(String)
    }

    let root: Root
    /// The whole path, the root included.
    let path: [ValueStep]

    /// As it is written, without surplus space.
    var text: String { path.text }

    /// Reads the inside of a placeholder.
    static func read(_ inside: String) -> Reading {
        var scanner = Scanner(inside[...])
        scanner.skipSpace()
        guard let word = scanner.name(), scanner.isAtEndOrStep else { return .foreign(root: nil) }
        guard let root = Root(rawValue: word) else { return .foreign(root: word) }
        var path: [ValueStep] = [.key(word)]
        while true {
            scanner.skipSpace()
            if scanner.isAtEnd { break }
            switch scanner.step() {
            case .success(let step): path.append(step)
            case .failure(let problem): return .malformed(problem.words)
            }
        }
        return checked(Expression(root: root, path: path))
    }

    /// Reads a path such as `image.tag`, as `--set` takes it; nil when it is none.
    static func path(_ text: Substring) -> [ValueStep]? {
        let joint = text.hasPrefix("[") ? "" : "."
        guard case .expression(let expression) = read("values\(joint)\(text)") else { return nil }
        return Array(expression.path.dropFirst())
    }

    private static func checked(_ expression: Expression) -> Reading {
        guard expression.root == .secrets else { return .expression(expression) }
        guard expression.path.count == 2, let name = expression.secretName else {
            return .malformed("a secret has a name and nothing below it: secrets.NAME")
        }
        guard SecretReference(name: name) != nil else {
            return .malformed("the name of a secret consists of letters, digits, '_', '-' and '.'")
        }
        return .expression(expression)
    }

    /// The name of the secret that is meant; nil for other roots.
    var secretName: String? {
        guard root == .secrets, case .key(let name)? = path.last else { return nil }
        return name
    }

    /// Whether a key can follow a dot: a letter or `_`, then letters, digits, `_` and `-`.
    static func isName(_ text: String) -> Bool {
        var scanner = Scanner(text[...])
        return scanner.name() != nil && scanner.isAtEnd
    }
}

/// Reads an expression from left to right.
private struct Scanner {
    struct Problem: Error {
        var words: String
    }

    private var rest: Substring

    init(_ text: Substring) { rest = text }

    var isAtEnd: Bool { rest.isEmpty }
    var isAtEndOrStep: Bool { rest.first.map { $0 == "." || $0 == "[" || $0 == " " } ?? true }

    mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" } }

    mutating func name() -> String? {
        guard let first = rest.unicodeScalars.first, first == "_" || Self.isLetter(first) else { return nil }
        let word = rest.unicodeScalars.prefix { Self.isLetter($0) || Self.isDigit($0) || $0 == "_" || $0 == "-" }
        rest = rest[word.endIndex...]
        return String(word)
    }

    mutating func step() -> Result<ValueStep, Problem> {
        if rest.first == "." {
            rest = rest.dropFirst()
            guard let name = name() else { return .failure(Problem(words: "a name is missing after the dot")) }
            return .success(.key(name))
        }
        guard rest.first == "[" else {
            return .failure(
                Problem(words: "an expression is a path and nothing else, '\(rest.prefix(20))' is too much")
            )
        }
        rest = rest.dropFirst()
        if let quote = rest.first, quote == "\"" || quote == "'" {
            guard let end = rest.dropFirst().firstIndex(of: quote) else {
                return .failure(Problem(words: "the quote is not closed"))
            }
            let key = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            return closed(.key(key))
        }
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard let index = Int(digits) else {
            return .failure(Problem(words: "brackets hold a number or a text in quotes"))
        }
        rest = rest[digits.endIndex...]
        return closed(.index(index))
    }

    private mutating func closed(_ step: ValueStep) -> Result<ValueStep, Problem> {
        guard rest.first == "]" else { return .failure(Problem(words: "a ']' is missing")) }
        rest = rest.dropFirst()
        return .success(step)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
