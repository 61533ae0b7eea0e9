/// Applies exclusion rules to paths that start at the bundle's root.
struct ExclusionFilter {
    private var rules = ExclusionRules()
    private let bundle: [[UInt8]]
    private var known: [[[UInt8]]: Bool] = [:]

    /// Makes a filter without rules.
    ///
    /// - Parameter bundle: The parts of the bundle's folder, from the repository's root.
    init(bundle: [[UInt8]]) { self.bundle = bundle }

    /// Adds the `.gitattributes` files of the folders above the bundle.
    ///
    /// - Parameter read: Gives the content at a path from the repository's root, or nil.
    /// - Throws: What `read` throws.
    mutating func addRulesAbove(_ read: (String) throws -> [UInt8]?) throws {
        for depth in 0..<bundle.count {
            let folder = Array(bundle[..<depth])
            let path = (folder.map(\.asText) + [ExclusionRules.attributesName]).joined(separator: "/")
            guard let content = try read(path) else { continue }
            rules.add(file: Array(ExclusionRules.attributesName.utf8), in: folder, content: content)
        }
    }

    /// Adds the rules of a file, when it is one that holds any.
    mutating func addRules(of path: [UInt8], _ read: () throws -> [UInt8]) throws {
        let name = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
        guard
            name.elementsEqual(ExclusionRules.attributesName.utf8) || name.elementsEqual(ExclusionRules.ignoreName.utf8)
        else { return }
        rules.add(file: Array(name), in: bundle + Self.parts(path).dropLast(), content: try read())
        known = [:]
    }

    /// Whether a file, or a folder above it, is excluded.
    mutating func excludes(_ path: [UInt8]) -> Bool {
        guard !rules.isEmpty else { return false }
        return rules.excludes(bundle + Self.parts(path), below: bundle.count, known: &known)
    }

    /// Whether a folder itself is excluded, those above it not looked at.
    mutating func excludes(folder path: [UInt8]) -> Bool {
        !rules.isEmpty && rules.excludes(bundle + Self.parts(path), isFolder: true)
    }

    /// Whether the rules say that git LFS has the content of a file.
    mutating func isLarge(_ path: [UInt8]) -> Bool { !rules.isEmpty && rules.isLarge(bundle + Self.parts(path)) }

    /// Whether the rules declare that a submodule is part of the bundle.
    mutating func declaresSubmodule(_ path: [UInt8]) -> Bool {
        !rules.isEmpty && rules.declaresSubmodule(bundle + Self.parts(path))
    }

    private static func parts(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).map(Array.init)
    }
}
