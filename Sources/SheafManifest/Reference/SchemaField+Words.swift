extension SchemaField {
    /// What the value names, in words; nil for a value that names nothing.
    package var referencesInWords: String? {
        let words = references.map { name in
            switch name {
            case "address": "a dataos:// address"
            case "host": "the host name of a service"
            case "item": "an item of the bundle"
            case "job": "a job of the workflow"
            default: (["a", "e", "i", "o"].contains(name.prefix(1)) ? "an " : "a ") + name.replacing("-", with: " ")
            }
        }
        return words.isEmpty ? nil : words.joined(separator: " or ")
    }

    /// Other spellings of the key, in words; nil without any.
    package var spellingsInWords: String? {
        let words = spellings.map { spelling in
            switch spelling.notice {
            case "old": "\(spelling.name) (older)"
            case "slip": "\(spelling.name) (with a warning)"
            default: spelling.name
            }
        }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// The default as a manifest would have it; nil without one.
    package var defaultText: String? { schema["default"].map(Self.words) }
}
