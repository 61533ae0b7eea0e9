/// A name with wildcards, as Go's `path.Match` reads it: `*`, `?`, `[a-z]`, `[^a-z]`, and `\` before a plain character.
package struct PathPattern: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case any
        case one
        case literal(Unicode.Scalar)
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
    }

    private let parts: [Part]

    /// Nil when a bracket is not closed or a backslash ends the text.
    package init?(_ text: some StringProtocol) {
        var parts: [Part] = []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": parts.append(.any)
            case "?": parts.append(.one)
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                parts.append(.literal(next))
            case "[":
                guard let part = Self.bracket(&rest) else { return nil }
                parts.append(part)
            default: parts.append(.literal(scalar))
            }
        }
        self.parts = parts
    }

    /// Whether the pattern holds anything but plain characters.
    package static func hasWildcard(_ text: some StringProtocol) -> Bool { text.contains { "*?[\\{".contains($0) } }

    /// Whether a whole name fits.
    package func matches(_ name: some StringProtocol) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var part = 0
        var index = 0
        // Where to go on when what follows the last `*` does not fit.
        var retry: (part: Int, index: Int)?
        while index < scalars.count || part < parts.count {
            if part < parts.count {
                if parts[part] == .any {
                    retry = (part, index + 1)
                    part += 1
                    continue
                }
                if index < scalars.count, fits(scalars[index], parts[part]) {
                    part += 1
                    index += 1
                    continue
                }
            }
            guard let again = retry, again.index <= scalars.count else { return false }
            (part, index) = again
        }
        return true
    }

    private func fits(_ scalar: Unicode.Scalar, _ part: Part) -> Bool {
        switch part {
        case .any: false
        case .one: true
        case .literal(let other): scalar == other
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(scalar.value) } != isNegated
        }
    }

    private static func bracket(_ rest: inout ArraySlice<Unicode.Scalar>) -> Part? {
        var isNegated = false
        if rest.first == "^" || rest.first == "!" {
            rest.removeFirst()
            isNegated = true
        }
        var ranges: [ClosedRange<UInt32>] = []
        while let scalar = rest.popFirst() {
            if scalar == "]", !ranges.isEmpty { return .oneOf(ranges, isNegated: isNegated) }
            guard let low = scalar == "\\" ? rest.popFirst() : scalar else { return nil }
            var high = low
            if rest.first == "-", let next = rest.dropFirst().first, next != "]" {
                rest.removeFirst()
                guard let end = rest.popFirst(), let top = end == "\\" ? rest.popFirst() : end else { return nil }
                high = top
            }
            guard low.value <= high.value else { return nil }
            ranges.append(low.value...high.value)
        }
        return nil
    }
}
