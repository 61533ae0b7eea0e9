/// A pattern of a `.gitignore` or `.gitattributes` file, matched as git does it.
package struct GlobPattern: Sendable {
    /// Whether only folders match.
    package let isForFolders: Bool
    /// The pattern between slashes; nil where any name on any level may match.
    private let segments: [[UInt8]]?
    private let name: [UInt8]

    /// Takes a pattern without its `!`.
    ///
    /// - Returns: nil for a pattern that cannot match anything.
    package init?(_ text: [UInt8]) {
        var pattern = text[...]
        isForFolders = pattern.last == UInt8(ascii: "/")
        if isForFolders { pattern = pattern.dropLast() }
        guard !pattern.isEmpty else { return nil }
        if pattern.contains(UInt8(ascii: "/")) {
            if pattern.first == UInt8(ascii: "/") { pattern = pattern.dropFirst() }
            segments = pattern.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
        } else {
            segments = nil
        }
        name = Array(pattern)
    }

    /// Whether a path, relative to the folder of the pattern's file, matches.
    package func matches(_ path: [[UInt8]], isFolder: Bool) -> Bool {
        guard isFolder || !isForFolders, let last = path.last else { return false }
        guard let segments else { return Self.glob(name[...], last[...]) }
        return Self.match(segments, path)
    }

    /// Matches part by part; `**` stands for any number of parts, at the end for at least one.
    private static func match(_ pattern: [[UInt8]], _ path: [[UInt8]]) -> Bool {
        let any = Array("**".utf8)
        var p = 0, s = 0
        var retry: (p: Int, s: Int)?
        while s < path.count {
            if p < pattern.count, pattern[p] == any {
                if p == pattern.count - 1 { return true }
                retry = (p, s)
                p += 1
            } else if p < pattern.count, glob(pattern[p][...], path[s][...]) {
                p += 1
                s += 1
            } else if let (oldP, oldS) = retry {
                retry = (oldP, oldS + 1)
                p = oldP + 1
                s = oldS + 1
            } else {
                return false
            }
        }
        return p == pattern.count
    }

    /// Matches one name with `*`, `?`, `[…]` and `\`.
    private static func glob(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var p = pattern.startIndex, s = name.startIndex
        var retry: (p: Int, s: Int)?
        while s < name.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                retry = (p, s)
                p += 1
            } else if let next = one(pattern, at: p, matches: name[s]) {
                p = next
                s += 1
            } else if let (oldP, oldS) = retry {
                retry = (oldP, oldS + 1)
                p = oldP + 1
                s = oldS + 1
            } else {
                return false
            }
        }
        while p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") { p += 1 }
        return p == pattern.endIndex
    }

    /// Matches one byte.
    ///
    /// - Returns: Where the pattern goes on; nil when it does not match.
    private static func one(_ pattern: ArraySlice<UInt8>, at p: Int, matches byte: UInt8) -> Int? {
        guard p < pattern.endIndex else { return nil }
        switch pattern[p] {
        case UInt8(ascii: "?"): return p + 1
        case UInt8(ascii: "["): return set(pattern, at: p, matches: byte)
        case UInt8(ascii: "\\") where p + 1 < pattern.endIndex: return pattern[p + 1] == byte ? p + 2 : nil
        default: return pattern[p] == byte ? p + 1 : nil
        }
    }

    private static func set(_ pattern: ArraySlice<UInt8>, at start: Int, matches byte: UInt8) -> Int? {
        var p = start + 1
        let isNegated = p < pattern.endIndex && (pattern[p] == UInt8(ascii: "!") || pattern[p] == UInt8(ascii: "^"))
        if isNegated { p += 1 }
        var isIn = false, isFirst = true
        while p < pattern.endIndex, isFirst || pattern[p] != UInt8(ascii: "]") {
            isFirst = false
            if let (isMember, after) = characterClass(pattern, at: p, has: byte) {
                if isMember { isIn = true }
                p = after
                continue
            }
            if pattern[p] == UInt8(ascii: "\\"), p + 1 < pattern.endIndex { p += 1 }
            let low = pattern[p]
            var high = low
            if p + 2 < pattern.endIndex, pattern[p + 1] == UInt8(ascii: "-"), pattern[p + 2] != UInt8(ascii: "]") {
                p += 2
                if pattern[p] == UInt8(ascii: "\\"), p + 1 < pattern.endIndex { p += 1 }
                high = pattern[p]
            }
            if low <= byte, byte <= high { isIn = true }
            p += 1
        }
        // Without its closing bracket the set matches nothing, as in git.
        guard p < pattern.endIndex else { return nil }
        return isIn != isNegated ? p + 1 : nil
    }

    /// `[:alpha:]` and the like, of ASCII as in git.
    ///
    /// - Returns: nil where there is none; otherwise whether the byte is in it, and where the pattern goes on.
    private static func characterClass(
        _ pattern: ArraySlice<UInt8>,
        at start: Int,
        has byte: UInt8
    ) -> (isMember: Bool, next: Int)? {
        let rest = pattern[start...]
        guard rest.starts(with: "[:".utf8),
            let end = rest.dropFirst(2).firstIndex(of: UInt8(ascii: ":")),
            end + 1 < pattern.endIndex, pattern[end + 1] == UInt8(ascii: "]")
        else { return nil }
        let isDigit = (48...57).contains(byte)
        let isUpper = (65...90).contains(byte), isLower = (97...122).contains(byte)
        let isGraphic = (33...126).contains(byte)
        let isMember: Bool? =
            switch Array(rest[(start + 2)..<end]).asText {
            case "alnum": isDigit || isUpper || isLower
            case "alpha": isUpper || isLower
            case "blank": byte == 32 || byte == 9
            case "cntrl": byte < 32 || byte == 127
            case "digit": isDigit
            case "graph": isGraphic
            case "lower": isLower
            case "print": isGraphic || byte == 32
            case "punct": isGraphic && !isDigit && !isUpper && !isLower
            case "space": byte == 32 || (9...13).contains(byte)
            case "upper": isUpper
            case "xdigit": isDigit || (65...70).contains(byte) || (97...102).contains(byte)
            default: nil
            }
        return isMember.map { ($0, end + 2) }
    }
}
