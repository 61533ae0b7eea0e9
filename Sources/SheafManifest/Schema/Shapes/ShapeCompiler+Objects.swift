internal import SheafModel

/// What a schema says about keys.
extension ShapeCompiler {
    private struct Property {
        var name: String
        var place: SchemaPlace
    }

    mutating func readObject(_ view: SchemaView, _ owner: ShapeObject?, _ parts: inout ShapeParts) {
        parts.notesListOfOne = view.text("x-list-of-one") == "noted"
        parts.takesListOfOne = parts.notesListOfOne || view.flag("x-list-of-one")
        let shorthand = view.map("x-shorthand")
        if let key = shorthand["key"] {
            parts.shorthand = .init(key: key, notice: Self.notice(shorthand["notice"] ?? "same"))
        }
        let properties = view.entries("properties").map { Property(name: $0.name, place: $0.place) }
        let groups = groups(view)
        let required = view.texts("required")
        let additional = view.place("additionalProperties")
        let isClosed = additional.map { view.isFalse($0) } ?? false
        let mentions = required + groups.flatMap(\.keys)
        let isNeeded =
            !properties.isEmpty || additional != nil || !mentions.isEmpty || view.place("propertyNames") != nil
            || parts.shorthand != nil
        guard isNeeded else { return }
        var names = properties.map(\.name)
        var aliases: [Int: ShapeObject.Match] = [:]
        for (slot, property) in properties.enumerated() {
            for alias in spellings(of: property) where !names.contains(alias.name) {
                aliases[names.count] = .init(slot: slot, notice: alias.notice)
                names.append(alias.name)
            }
        }
        for name in mentions where !names.contains(name) { names.append(name) }
        if let owner { adopt(owner, &names, &aliases) }
        let children = properties.map { index(of: $0.place, owner: nil) }
        let rules = ObjectRules(
            properties: names.enumerated().map { (key($1), $0 < children.count ? children[$0] : -1) },
            required: required.map { key($0) },
            patterns: patterns(view),
            additional: isClosed ? -1 : additional.map { index(of: $0, owner: nil) } ?? -1,
            names: index(of: view.place("propertyNames"), owner: nil)
        )
        let (lowered, lifted) = moves(view, names)
        parts.object = ShapeObject(
            names: names,
            propertyCount: properties.count,
            rules: rules,
            aliases: aliases,
            advice: advice(properties, names),
            misplaced: misplaced(view),
            lowered: lowered,
            lifted: lifted,
            isClosed: isClosed,
            takesEmptyValues: view.text("x-nulls") == "empty"
        )
        parts.groups = groups.map { group in
            .init(slots: group.keys.compactMap { names.firstIndex(of: $0) }, isExclusive: group.isExclusive)
        }
    }

    /// Other spellings of the owner's keys hold in its conditions too.
    private func adopt(_ owner: ShapeObject, _ names: inout [String], _ aliases: inout [Int: ShapeObject.Match]) {
        for (alias, match) in owner.aliases {
            guard let slot = names.firstIndex(of: owner.names[match.slot]), !names.contains(owner.names[alias])
            else { continue }
            aliases[names.count] = .init(slot: slot, notice: .same)
            names.append(owner.names[alias])
        }
    }

    private mutating func spellings(of property: Property) -> [(name: String, notice: Shape.Notice)] {
        let view = self.view(property.place)
        return view.mappings("x-aliases").compactMap { alias in
            alias["name"].map { ($0, Self.notice(alias["notice"] ?? "same")) }
        }
    }

    private func groups(_ view: SchemaView) -> [(keys: [String], isExclusive: Bool)] {
        ["anyOf", "oneOf"].compactMap { keyword in
            let keys = view.places(keyword).map { SchemaView(documents: documents, places: [$0]).onlyRequired }
            let all = keys.compactMap { $0 }
            return all.isEmpty || all.count < keys.count ? nil : (all, keyword == "oneOf")
        }
    }

    private mutating func patterns(_ view: SchemaView) -> [ObjectRules.Pattern] {
        view.entries("patternProperties").compactMap { entry in
            // A pattern that is none is found by the test that compiles all files as JSON Schema.
            guard let pattern = try? ECMAPattern(entry.name) else { return nil }
            return .init(pattern: pattern, child: index(of: entry.place, owner: nil))
        }
    }

    private mutating func advice(_ properties: [Property], _ names: [String]) -> [ShapeObject.Advice] {
        properties.enumerated().compactMap { slot, property in
            let view = self.view(property.place)
            let recommended = view.text("x-recommended")
            guard let text = recommended ?? view.text("x-suggested") else { return nil }
            let unless = view.texts("x-suggested-unless").compactMap { names.firstIndex(of: $0) }
            return .init(slot: slot, text: text, isSuggestion: recommended == nil, unless: unless)
        }
    }

    private func misplaced(_ view: SchemaView) -> [ShapeObject.Misplaced] {
        view.nodes("x-misplaced").map { tree, node in
            .init(
                keys: tree.value(node, "keys").map { tree.elements($0).map { tree.text($0) } } ?? [],
                severity: tree.value(node, "severity").flatMap { Diagnostic.Severity(rawValue: tree.text($0)) }
                    ?? .error,
                help: tree.value(node, "help").map { tree.text($0) } ?? ""
            )
        }
    }

    private func moves(_ view: SchemaView, _ names: [String]) -> ([String: Int], [Int: [String: Int]]) {
        var lowered: [String: Int] = [:]
        var lifted: [Int: [String: Int]] = [:]
        for (tree, node) in view.nodes("x-moves") {
            let keys = tree.value(node, "keys").map { tree.elements($0).map { tree.text($0) } } ?? []
            if let child = tree.value(node, "into").flatMap({ names.firstIndex(of: tree.text($0)) }) {
                for key in keys { lowered[key] = child }
            }
            if let child = tree.value(node, "from").flatMap({ names.firstIndex(of: tree.text($0)) }) {
                for key in keys { lifted[child, default: [:]][key] = names.firstIndex(of: key) ?? -1 }
            }
        }
        return (lowered, lifted)
    }
}

extension ShapeObject {
    /// The slots of other spellings with what they stand for.
    var aliases: [Int: Match] {
        var result: [Int: Match] = [:]
        for (slot, name) in names.enumerated() {
            if let match = exactMatch(name), match.slot != slot { result[slot] = match }
        }
        return result
    }
}
