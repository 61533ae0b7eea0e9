internal import SheafModel

/// Explains the keys of manifests from the schemas of their kinds.
package struct FieldExplainer {
    /// Explains a kind, a stack, or a key of one.
    ///
    /// - Parameters:
    ///   - path: Such as `service`, `service.ingress.path`, `workflow.dag[].spec` or `flare.job.inputs`; brackets may
    ///     be left out, and so may the key of the kind's section.
    ///   - stack: The stack whose parameters stand for `stackSpec`.
    ///   - isRecursive: Whether to explain what is below the children, too.
    /// - Returns: The key with those below it, one level or all.
    /// - Throws: `ExplainError` for a name that is not known.
    package static func explain(
        _ path: String,
        stack: String? = nil,
        isRecursive: Bool = false
    ) throws -> FieldDescription {
        var parts = path.replacing("[]", with: "").split(separator: ".").map(String.init)
        guard !parts.isEmpty else { throw ExplainError.unknown("", in: nil, among: ShapeLibrary.shared.types) }
        let first = parts.removeFirst()
        guard let set = ShapeLibrary.shared.kind(first) ?? ShapeLibrary.shared.stack(first) else {
            let names = ShapeLibrary.shared.types + ShapeLibrary.shared.stackNames
            throw ExplainError.unknown(first, in: nil, among: names)
        }
        var place = Place(set: set, index: set.root, path: first)
        // The keys of the section come first; a name that is nowhere is looked for there, too.
        if let section = section(of: set), let next = parts.first,
            section.object(next) != nil || place.object(next) == nil
        {
            place = section
        }
        for name in parts { place = try place.child(name, stack: stack) }
        return place.describe(depth: isRecursive ? 12 : 1, isTop: parts.isEmpty)
    }

    private static func section(of set: ShapeSet) -> Place? {
        guard let name = set.kind?.section, let object = set[set.root].object else { return nil }
        let slot = object.slot(named: name)
        guard slot >= 0 else { return nil }
        return Place(set: set, index: object.rules.children[slot], path: set.name)
    }

    /// A shape on the way, with what its key says.
    private struct Place {
        var set: ShapeSet
        var index: Int32
        var path: String
        var isRequired = false
        var aliases: [String] = []

        /// The mapping that is described here or below a list.
        var object: ShapeObject? {
            var index = index
            for _ in 0..<4 where index >= 0 {
                if let object = set[index].object { return object }
                index = set[index].elements?.items ?? -1
            }
            return nil
        }

        func object(_ name: String) -> Int? {
            guard let object, let match = object.exactMatch(name) ?? object.nearMatch(name),
                match.slot < object.propertyCount
            else { return nil }
            return match.slot
        }

        func child(_ name: String, stack: String?) throws -> Place {
            guard let slot = object(name), let object else {
                throw ExplainError.unknown(name, in: path, among: object.map { Array($0.properties) } ?? [])
            }
            return child(slot, of: object, stack: stack)
        }

        func child(_ slot: Int, of object: ShapeObject, stack: String?) -> Place {
            let name = object.names[slot]
            let aliases = object.aliases.filter { $0.value.slot == slot }.map { object.names[$0.key] }.sorted()
            var place = Place(
                set: set,
                index: object.rules.children[slot],
                path: "\(path).\(name)",
                isRequired: object.rules.requiredSet.contains(slot),
                aliases: aliases
            )
            if place.index >= 0, set[place.index].role == .stackSpec, let stack,
                let other = ShapeLibrary.shared.stack(stack)
            {
                place.set = other
                place.index = other.root
            }
            return place
        }

        func describe(depth: Int, isTop: Bool) -> FieldDescription {
            guard index >= 0 else {
                return FieldDescription(path: path, description: "", type: "anything")
            }
            let shape = set[index]
            var result = FieldDescription(
                path: path,
                description: set.text("description", of: shape) ?? "",
                type: FieldType.words(shape, set)
            )
            result.isRequired = isRequired
            result.isSecret = shape.isSecret
            if shape.words.isDeprecated { result.deprecated = shape.words.instead ?? "it is left for old manifests" }
            result.defaultValue = set.keyword("default", of: shape)
            result.allowed = shape.choice?.words ?? []
            result.examples = set.keyword("examples", of: shape)?.arrayValue ?? []
            result.aliases = aliases
            result.references = shape.references
            result.notes = notes(shape)
            guard depth > 0, let object else { return result }
            result.children = children(of: object, isTop: isTop).map { $0.describe(depth: depth - 1, isTop: false) }
            return result
        }

        private func children(of object: ShapeObject, isTop: Bool) -> [Place] {
            object.properties.indices.map { child($0, of: object, stack: nil) }
        }

        private func notes(_ shape: Shape) -> [String] {
            var notes: [String] = []
            if let kind = set.kind, index == set.root, let version = kind.versions.first {
                notes.append("write 'version: \(version)'")
                notes.append(kind.isInstanceLevel ? "belongs to the whole instance" : "belongs to a workspace")
            }
            if let stack = set.stack, index == set.root {
                if !stack.versions.isEmpty { notes.append("versions: \(stack.versions.joined(separator: ", "))") }
                if !stack.runsIn.isEmpty { notes.append("runs in: \(stack.runsIn.joined(separator: ", "))") }
                if let instead = stack.deprecated { notes.append("deprecated: \(instead)") }
            }
            if let numbers = shape.numbers {
                if let least = numbers.minimum { notes.append("at least \(least)") }
                if let most = numbers.maximum { notes.append("at most \(most)") }
            }
            for group in shape.groups {
                let names = group.slots.compactMap { shape.object?.names[$0] }.map { "'\($0)'" }
                notes.append("\(group.isExclusive ? "exactly" : "at least") one of \(names.joined(separator: ", "))")
            }
            return notes
        }
    }
}

extension FieldDescription {
    fileprivate init(path: String, description: String, type: String) {
        self.init(
            path: path,
            description: description,
            type: type,
            isRequired: false,
            isSecret: false,
            deprecated: nil,
            defaultValue: nil,
            allowed: [],
            examples: [],
            aliases: [],
            references: [],
            notes: [],
            children: []
        )
    }
}

/// The type of a value in words.
enum FieldType {
    static func words(_ shape: Shape, _ set: ShapeSet) -> String {
        switch shape.role {
        case .manifest: return "manifest"
        case .stackSpec: return "parameters of the stack"
        case .none: break
        }
        if shape.types == .all { return shape.object != nil ? "mapping" : "anything" }
        var words: [String] = []
        if shape.types.contains(.object) { words.append("mapping") }
        if shape.types.contains(.array) { words.append(list(shape, set)) }
        if shape.choice != nil {
            words.append("word")
        } else if shape.types.contains(.text) {
            words.append(form(shape) ?? "text")
        } else {
            if shape.types.contains(.number) {
                words.append("number")
            } else if shape.types.contains(.integer) {
                words.append("whole number")
            }
            if shape.types.contains(.boolean) { words.append("boolean") }
        }
        return words.joined(separator: " or ")
    }

    private static func list(_ shape: Shape, _ set: ShapeSet) -> String {
        guard let items = shape.elements?.items, items >= 0 else { return "list" }
        let inner = set[items]
        if inner.object != nil { return "list of mappings" }
        if inner.types.contains(.text) { return "list of \(inner.choice != nil ? "words" : "texts")" }
        if inner.types.contains(.integer) { return "list of numbers" }
        return "list"
    }

    private static func form(_ shape: Shape) -> String? {
        switch shape.format {
        case .name: "name"
        case .cron: "cron line"
        case .timeZone: "time zone"
        case .duration: "duration"
        case .timestamp: "moment"
        case .stack: "stack"
        case .address: "address"
        case .file: "path of a file"
        case .quantity: "quantity"
        case .javaMemory: "size of memory"
        case .secretKey, nil: nil
        }
    }
}
