/// What one element of a pattern accepts.
struct ScalarSet: Sendable {
    enum Class: Sendable {
        case digit, word, space
        case category(Set<Unicode.GeneralCategory>)
        case any, ascii, alphabetic, lowercase, uppercase, whiteSpace
    }

    struct Part: Sendable {
        var members: Class
        var isNegative: Bool
    }

    var ranges: [ClosedRange<UInt32>] = []
    var parts: [Part] = []
    var isNegative = false

    func contains(_ scalar: UInt32) -> Bool {
        let isMember = ranges.contains { $0.contains(scalar) } || parts.contains { $0.contains(scalar) }
        return isMember != isNegative
    }

    static func isWord(_ scalar: UInt32) -> Bool {
        (97...122).contains(scalar) || (65...90).contains(scalar) || (48...57).contains(scalar) || scalar == 95
    }

    static func isLineEnd(_ scalar: UInt32) -> Bool { [0x0A, 0x0D, 0x2028, 0x2029].contains(scalar) }

    /// The class of a property such as `Letter`, `L` or `General_Category=Lu`; nil for an unknown one.
    static func property(_ name: String) -> Class? {
        switch name {
        case "Any": return .any
        case "ASCII": return .ascii
        case "Alphabetic", "Alpha": return .alphabetic
        case "Lowercase", "Lower": return .lowercase
        case "Uppercase", "Upper": return .uppercase
        case "White_Space", "space": return .whiteSpace
        default: break
        }
        var name = Substring(name)
        for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
        return categories[String(name)].map { .category(Set($0)) }
    }

    private static let categories: [String: [Unicode.GeneralCategory]] = {
        let single: [(String, String, Unicode.GeneralCategory)] = [
            ("Lu", "Uppercase_Letter", .uppercaseLetter), ("Ll", "Lowercase_Letter", .lowercaseLetter),
            ("Lt", "Titlecase_Letter", .titlecaseLetter), ("Lm", "Modifier_Letter", .modifierLetter),
            ("Lo", "Other_Letter", .otherLetter), ("Mn", "Nonspacing_Mark", .nonspacingMark),
            ("Mc", "Spacing_Mark", .spacingMark), ("Me", "Enclosing_Mark", .enclosingMark),
            ("Nd", "Decimal_Number", .decimalNumber), ("Nl", "Letter_Number", .letterNumber),
            ("No", "Other_Number", .otherNumber), ("Pc", "Connector_Punctuation", .connectorPunctuation),
            ("Pd", "Dash_Punctuation", .dashPunctuation), ("Ps", "Open_Punctuation", .openPunctuation),
            ("Pe", "Close_Punctuation", .closePunctuation), ("Pi", "Initial_Punctuation", .initialPunctuation),
            ("Pf", "Final_Punctuation", .finalPunctuation), ("Po", "Other_Punctuation", .otherPunctuation),
            ("Sm", "Math_Symbol", .mathSymbol), ("Sc", "Currency_Symbol", .currencySymbol),
            ("Sk", "Modifier_Symbol", .modifierSymbol), ("So", "Other_Symbol", .otherSymbol),
            ("Zs", "Space_Separator", .spaceSeparator), ("Zl", "Line_Separator", .lineSeparator),
            ("Zp", "Paragraph_Separator", .paragraphSeparator), ("Cc", "Control", .control),
            ("Cf", "Format", .format), ("Cs", "Surrogate", .surrogate), ("Co", "Private_Use", .privateUse),
            ("Cn", "Unassigned", .unassigned),
        ]
        var table: [String: [Unicode.GeneralCategory]] = [:]
        let groups = [
            "L": "Letter", "M": "Mark", "N": "Number", "P": "Punctuation", "S": "Symbol", "Z": "Separator",
            "C": "Other",
        ]
        for (short, long, category) in single {
            table[short] = [category]
            table[long] = [category]
            let group = String(short.prefix(1))
            table[group, default: []].append(category)
            if let name = groups[group] { table[name, default: []].append(category) }
        }
        table["LC"] = [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]
        table["Cased_Letter"] = table["LC"]
        table["digit"] = [.decimalNumber]
        table["punct"] = table["P"]
        return table
    }()
}

extension ScalarSet.Part {
    func contains(_ scalar: UInt32) -> Bool { holds(scalar) != isNegative }

    private func holds(_ scalar: UInt32) -> Bool {
        switch members {
        case .digit: return (48...57).contains(scalar)
        case .word: return ScalarSet.isWord(scalar)
        case .space:
            if [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0xA0, 0xFEFF, 0x2028, 0x2029].contains(scalar) { return true }
            return Unicode.Scalar(scalar)?.properties.generalCategory == .spaceSeparator
        case .any: return true
        case .ascii: return scalar < 128
        default: break
        }
        guard let properties = Unicode.Scalar(scalar)?.properties else { return false }
        switch members {
        case .category(let wanted): return wanted.contains(properties.generalCategory)
        case .alphabetic: return properties.isAlphabetic
        case .lowercase: return properties.isLowercase
        case .uppercase: return properties.isUppercase
        case .whiteSpace: return properties.isWhitespace
        default: return false
        }
    }
}
