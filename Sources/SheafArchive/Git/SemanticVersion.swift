/// A version by https://semver.org, 2.0.0.
package struct SemanticVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// As written, without a leading `v`.
    package let description: String
    private let core: [String]
    private let prerelease: [String]

    /// Parses a version such as `1.2.0`, `1.2.0-rc.1` or `1.2.0+build.7`.
    ///
    /// - Returns: nil for anything else, a leading `v` included.
    package init?(_ text: String) {
        guard text.utf8.count <= 256 else { return nil }
        let withoutBuild = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        if withoutBuild.count == 2, !Self.areIdentifiers(withoutBuild[1], numbersArePlain: false) { return nil }
        let halves = withoutBuild[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2, !Self.areIdentifiers(halves[1], numbersArePlain: true) { return nil }
        let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy(Self.isPlainNumber) else { return nil }
        description = text
        core = numbers.map(String.init)
        prerelease = halves.count == 2 ? halves[1].split(separator: ".").map(String.init) : []
    }

    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        for (mine, other) in zip(left.core, right.core) where mine != other { return precedes(mine, other) }
        guard left.prerelease != right.prerelease else {
            return left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
        }
        // A release follows all of its pre-releases.
        if left.prerelease.isEmpty || right.prerelease.isEmpty { return right.prerelease.isEmpty }
        for (mine, other) in zip(left.prerelease, right.prerelease) where mine != other { return precedes(mine, other) }
        return left.prerelease.count < right.prerelease.count
    }

    /// Numbers by value, before words; words by their bytes.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        switch (isPlainNumber(left[...]), isPlainNumber(right[...])) {
        case (true, true): (left.utf8.count, left) < (right.utf8.count, right)
        case (true, false): true
        case (false, true): false
        case (false, false): left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }

    private static func isPlainNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) } && (text.utf8.count == 1 || text.first != "0")
    }

    private static func areIdentifiers(_ text: Substring, numbersArePlain: Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            let isWord = part.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
            }
            let isNumber = part.utf8.allSatisfy { (48...57).contains($0) }
            return !part.isEmpty && isWord && (!isNumber || !numbersArePlain || isPlainNumber(part))
        }
    }
}
