internal import SheafModel

/// What a name may look like; the manifest language has one rule with different lengths.
struct NameRule: Sendable {
    let what: String
    /// The platform refuses longer names.
    let longest: Int
    /// Beyond this a warning says what may go wrong.
    let advised: Int?
    let advice: String
    /// Depots and clusters are documented without hyphen; some kinds occur with underscores.
    let warnsOfHyphen: Bool
    let allowsUnderscore: Bool

    init(
        what: String,
        longest: Int = 48,
        advised: Int? = 47,
        advice: String = "the platform's server refuses 48 characters",
        warnsOfHyphen: Bool = false,
        allowsUnderscore: Bool = false
    ) {
        self.what = what
        self.longest = longest
        self.advised = advised
        self.advice = advice
        self.warnsOfHyphen = warnsOfHyphen
        self.allowsUnderscore = allowsUnderscore
    }

    static let common = NameRule(what: "name")
    static let runnable = NameRule(
        what: "name",
        advised: 30,
        advice: "names of more than 30 characters leave no room for the suffix of a run"
    )
    static let job = NameRule(
        what: "job name",
        advised: 30,
        advice: "names of more than 30 characters leave no room for the suffix of a run",
        allowsUnderscore: true
    )
    static let address = NameRule(what: "name", warnsOfHyphen: true, allowsUnderscore: true)
    static let lenient = NameRule(what: "name", allowsUnderscore: true)
    static let workspace = NameRule(what: "workspace", longest: 32, advised: nil)

    /// Whether a name is good beyond all doubt, found out from its bytes.
    func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !text.isEmpty, text.count <= min(longest, advised ?? longest), (97...122).contains(text[0]),
            text[text.count - 1] != UInt8(ascii: "-")
        else { return false }
        return text.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-") && !warnsOfHyphen
        }
    }

    /// Holds a name against the rule.
    func check(_ name: String, at span: SourceSpan, _ findings: inout Findings) {
        let scalars = name.unicodeScalars
        if name.isEmpty {
            findings.report(.invalidName, "the \(what) is empty", at: span)
            return
        }
        if scalars.count > longest {
            let message = "the \(what) '\(name)' has \(scalars.count) characters; at most \(longest) are allowed"
            findings.report(.invalidName, message, at: span)
            return
        }
        guard hasGoodShape(scalars) else {
            findings.report(
                .invalidName,
                "'\(name)' is no valid \(what): lower-case letters, digits and '-', beginning with a letter "
                    + "and ending with a letter or a digit",
                at: span,
                help: mended(name).map { "use '\($0)'" }
            )
            return
        }
        reportDoubts(name, scalars, span, &findings)
    }

    private func hasGoodShape(_ scalars: String.UnicodeScalarView) -> Bool {
        guard let first = scalars.first, let last = scalars.last else { return false }
        return Self.isAlphanumeric(first) && Self.isAlphanumeric(last)
            && scalars.allSatisfy { Self.isAlphanumeric($0) || $0 == "-" || ($0 == "_" && allowsUnderscore) }
    }

    private func reportDoubts(
        _ name: String,
        _ scalars: String.UnicodeScalarView,
        _ span: SourceSpan,
        _ findings: inout Findings
    ) {
        if let first = scalars.first, ("0"..."9").contains(first) {
            findings.report(
                .unusualName,
                "the \(what) '\(name)' begins with a digit, which the platform's server refuses",
                at: span
            )
        } else if scalars.contains("_") {
            findings.report(
                .unusualName,
                "the \(what) '\(name)' has a '_', which the platform's server refuses",
                at: span
            )
        } else if warnsOfHyphen, scalars.contains("-") {
            findings.report(
                .unusualName,
                "the \(what) '\(name)' should have letters and digits only",
                at: span
            )
        } else if let advised, scalars.count > advised {
            findings.report(
                .unusualName,
                "the \(what) '\(name)' has \(scalars.count) characters; \(advice)",
                at: span
            )
        }
    }

    /// The nearest valid name, or nil when nothing of the name can stay.
    private func mended(_ name: String) -> String? {
        var result = String.UnicodeScalarView()
        for scalar in name.lowercased().unicodeScalars {
            result.append(Self.isAlphanumeric(scalar) ? scalar : "-")
        }
        while result.first == "-" { result.removeFirst() }
        while result.last == "-" { result.removeLast() }
        return result.isEmpty || String(result) == name ? nil : String(result)
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
    }
}
