/// Functions that the platform adds for the templates of its stacks.
enum PlatformFunctions {
    static let all: [TemplateFunction] = [
        // Some stacks write it without the dot.
        TemplateFunction("DataOsFqdn", 0) { a in .text(a.context.platform.fqdn) },
        TemplateFunction("hasNested", 2) { a in
            if case .found = try nested(a) { return .bool(true) }
            return .bool(false)
        },
        TemplateFunction("getNested", 2) { a in
            switch try nested(a) {
            case .found(let value): return value
            case .absent(let reason): return .missing(.init(reason: reason))
            }
        },
        TemplateFunction("getMapValue", 2) { a in
            let key = try a.text(1)
            if a[0].isNothing { return a[0].piped }
            return try a.entries(0)[key] ?? .missing(.init(reason: "the mapping has no key '\(key)'"))
        },
        TemplateFunction("resolve", 1) { a in
            let written = try a.text(0)
            guard let address = DataosAddress(written) else {
                throw a.wrong(0, "an address such as dataos://depot:collection/dataset")
            }
            return .record(try a.context.platform.record(of: address, a.context))
        },
    ]

    private enum Lookup {
        case found(TemplateValue)
        case absent(String)
    }

    /// Follows a path such as `a.b` into maps.
    private static func nested(_ a: TemplateArguments) throws -> Lookup {
        let path = try a.text(1)
        var value = a[0]
        var walked: [Substring] = []
        for name in path.split(separator: ".", omittingEmptySubsequences: false) {
            let next: TemplateValue?
            switch value {
            case .missing(let absence): return .absent(absence.reason)
            case .map(let map): next = map.entries[String(name)]
            case .record(let record): next = record[String(name)]
            default:
                if walked.isEmpty, !value.isNothing { throw a.wrong(0, "a mapping") }
                return .absent("'\(walked.joined(separator: "."))' is \(value.inWords), so it has no '\(name)'")
            }
            guard let next else {
                let owner = walked.isEmpty ? "the mapping" : "'\(walked.joined(separator: "."))'"
                return .absent("\(owner) has no key '\(name)'")
            }
            value = next
            walked.append(name)
        }
        return .found(value)
    }
}
