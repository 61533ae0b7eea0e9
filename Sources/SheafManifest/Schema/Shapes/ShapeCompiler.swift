internal import SheafModel

/// Turns the schema of a kind or of a stack into shapes.
///
/// The files are our own and are checked by tests, so whatever cannot be understood is left out without a word.
struct ShapeCompiler {
    /// Stands for manifests whose type is a placeholder: the keys that every manifest has, and any others.
    static let unknownKindFile = "kinds/secret.yaml?"

    let library: ShapeLibrary
    var documents: [SchemaRegistry.Document] = []
    private var numbers: [String: Int32] = [:]
    private var shapes: [Shape?] = []
    private var indexes: [SchemaPlace: Int32] = [:]
    private(set) var keyNames: [String] = []
    private var keyNumbers: [String: Int32] = [:]

    static func compile(_ file: String, library: ShapeLibrary) -> ShapeSet? {
        var compiler = ShapeCompiler(library: library)
        return compiler.run(file)
    }

    private init(library: ShapeLibrary) { self.library = library }

    private mutating func run(_ file: String) -> ShapeSet? {
        let isUnknown = file == Self.unknownKindFile
        let path = isUnknown ? String(file.dropLast()) : file
        guard let number = document(path) else { return nil }
        let tree = documents[Int(number)].tree
        let root = documents[Int(number)].root
        let info = tree.value(root, "x-kind").flatMap { Self.kindInfo(tree, $0) }
        let place = SchemaPlace(document: number, node: root)
        let index = index(of: place, owner: nil)
        if let info { adaptRoot(index, info, sectionSpellings(tree, root), isUnknown: isUnknown) }
        return ShapeSet(
            name: String(path.split(separator: "/").last?.dropLast(5) ?? ""),
            shapes: shapes.compactMap { $0 },
            root: index,
            keyNames: keyNames,
            documents: documents,
            kind: info,
            stack: tree.value(root, "x-stack").map { Self.stackInfo(tree, $0) }
        )
    }

    /// The type settles the kind before the manifest is held against it, so it may be anything here.
    private mutating func adaptRoot(
        _ index: Int32,
        _ info: KindInfo,
        _ spellings: [(name: String, notice: Shape.Notice)],
        isUnknown: Bool
    ) {
        guard let root = shapes[Int(index)], let object = root.object else { return }
        var parts = ShapeParts(root)
        let typeSlot = object.slot(named: "type")
        let anything = Int32(shapes.count)
        let type = typeSlot < 0 ? nil : finished(object.rules.children[typeSlot])
        shapes.append(Shape(ShapeParts(places: type?.places ?? [], isText: true)))
        var names = isUnknown ? object.names.filter { $0 != info.section } : object.names
        var aliases = isUnknown ? [:] : object.aliases
        let section = info.section.map { object.slot(named: $0) } ?? -1
        for spelling in spellings where section >= 0 && !isUnknown && !names.contains(spelling.name) {
            aliases[names.count] = .init(slot: section, notice: spelling.notice)
            names.append(spelling.name)
        }
        var children: [(key: Int32, child: Int32)] = []
        for name in names {
            let slot = object.slot(named: name)
            let child = slot < 0 ? -1 : slot == typeSlot ? anything : object.rules.children[slot]
            children.append((key(name), child))
        }
        let required = object.rules.required.map { object.names[$0] }.filter { !isUnknown || $0 != info.section }
        parts.object = ShapeObject(
            names: names,
            propertyCount: isUnknown ? object.propertyCount - 1 : object.propertyCount,
            rules: ObjectRules(
                properties: children,
                required: required.map { key($0) },
                patterns: object.rules.patterns,
                additional: object.rules.additional,
                names: object.rules.names
            ),
            aliases: aliases,
            advice: isUnknown ? [] : object.advice,
            misplaced: object.misplaced,
            lowered: isUnknown ? [:] : object.lowered,
            lifted: isUnknown ? [:] : object.lifted,
            isClosed: !isUnknown && object.isClosed,
            takesEmptyValues: false
        )
        if isUnknown {
            parts.groups = []
            parts.logic = nil
        }
        shapes[Int(index)] = Shape(parts)
    }

    private func sectionSpellings(
        _ tree: YAMLTree,
        _ root: YAMLTree.NodeID
    ) -> [(name: String, notice: Shape.Notice)] {
        guard let kind = tree.value(root, "x-kind"), let list = tree.value(kind, "sectionSpellings") else { return [] }
        return tree.elements(list).compactMap { element in
            tree.value(element, "name").map { name in
                (tree.text(name), Self.notice(tree.value(element, "notice").map { tree.text($0) } ?? "slip"))
            }
        }
    }

    // MARK: Places

    mutating func key(_ name: String) -> Int32 {
        if let known = keyNumbers[name] { return known }
        let number = Int32(keyNames.count)
        keyNumbers[name] = number
        keyNames.append(name)
        return number
    }

    private mutating func document(_ file: String) -> Int32? {
        if let known = numbers[file] { return known }
        guard let document = library.document(file) else { return nil }
        let number = Int32(documents.count)
        documents.append(document)
        numbers[file] = number
        return number
    }

    /// The index of a schema's shape, -1 where there is no schema.
    ///
    /// The owner is the mapping that a condition is about, whose other spellings of keys count there too.
    mutating func index(of place: SchemaPlace?, owner: ShapeObject?) -> Int32 {
        guard let place else { return -1 }
        if let known = indexes[place] { return known }
        let index = Int32(shapes.count)
        shapes.append(nil)
        indexes[place] = index
        let shape = shape(at: place, owner: owner)
        shapes[Int(index)] = shape
        return index
    }

    /// A shape that is complete; nil while it is being made.
    func finished(_ index: Int32) -> Shape? { index >= 0 ? shapes[Int(index)] : nil }

    /// A schema, then what it refers to, then what that refers to.
    mutating func chain(from place: SchemaPlace) -> [SchemaPlace] {
        var chain = [place]
        while let last = chain.last, chain.count < 8,
            let reference = documents[Int(last.document)].tree.value(last.node, "$ref"),
            let next = follow(documents[Int(last.document)].tree.text(reference), from: last.document),
            !chain.contains(next)
        {
            chain.append(next)
        }
        return chain
    }

    private mutating func follow(_ reference: String, from document: Int32) -> SchemaPlace? {
        let uri = SchemaURI(reference)
        var target = document
        if !uri.path.isEmpty {
            let isStack = library.stackNames.contains { "\($0).yaml" == uri.path }
            let stack = isStack ? self.document("stacks/\(uri.path)") : nil
            guard let number = stack ?? self.document("kinds/\(uri.path)") else { return nil }
            target = number
        }
        let tree = documents[Int(target)].tree
        var node = documents[Int(target)].root
        for part in (uri.decodedFragment ?? "").split(separator: "/") {
            guard let next = tree.value(node, String(part)) else { return nil }
            node = next
        }
        return SchemaPlace(document: target, node: node)
    }

    // MARK: One schema

    private mutating func shape(at place: SchemaPlace, owner: ShapeObject?) -> Shape {
        let tree = documents[Int(place.document)].tree
        var parts = ShapeParts(places: [place])
        guard tree.isMapping(place.node) else {
            // `false` refuses whatever there is.
            if tree.scalarValue(place.node) == .bool(false) { parts.types = [] }
            return Shape(parts)
        }
        parts.places = chain(from: place)
        let view = SchemaView(documents: documents, places: parts.places)
        readValues(view, &parts)
        readWords(view, &parts)
        readElements(view, &parts)
        readObject(view, owner, &parts)
        readLogic(view, parts.object ?? owner, &parts)
        return Shape(parts)
    }

    private func readValues(_ view: SchemaView, _ parts: inout ShapeParts) {
        let names = view.texts("type")
        if !names.isEmpty {
            parts.types = []
            for name in names {
                if let type = SchemaTypes.names.first(where: { $0.0 == name })?.1 { parts.types.insert(type) }
            }
            if parts.types.contains(.number) { parts.types.insert(.integer) }
        }
        parts.isText = view.flag("x-text")
        var words = view.texts("enum")
        if words.isEmpty, let constant = view.text("const") { words = [constant] }
        if !words.isEmpty {
            parts.choice = Choice(
                words,
                ignoresCase: view.flag("x-ignore-case"),
                synonyms: view.map("x-synonyms"),
                synonymNotice: Self.notice(view.text("x-synonyms-notice") ?? "same")
            )
        }
        var numbers = NumberRules()
        numbers.minimum = view.number("minimum")
        numbers.maximum = view.number("maximum")
        numbers.exclusiveMinimum = view.number("exclusiveMinimum")
        numbers.exclusiveMaximum = view.number("exclusiveMaximum")
        let limits = [numbers.minimum, numbers.maximum, numbers.exclusiveMinimum, numbers.exclusiveMaximum]
        if limits.contains(where: { $0 != nil }) { parts.numbers = numbers }
        parts.minLength = view.number("minLength")?.integer ?? 0
        // A pattern that is none is found by the test that compiles all files as JSON Schema.
        parts.pattern = view.text("pattern").flatMap { try? ECMAPattern($0) }
        parts.format = view.text("format").flatMap(ScalarForm.init)
        parts.references = view.texts("x-reference")
        parts.isSecret = view.flag("x-secret")
        parts.comparesRequests = view.text("x-check") == "requests-within-limits"
        if view.flag("x-manifest") { parts.role = .manifest }
        if view.flag("x-stack-spec") { parts.role = .stackSpec }
    }

    private func readWords(_ view: SchemaView, _ parts: inout ShapeParts) {
        parts.words.severity = view.text("x-severity").flatMap(Diagnostic.Severity.init)
        parts.words.message = view.text("x-message")
        parts.words.help = view.text("x-help")
        parts.words.note = view.text("x-note")
        parts.words.warning = view.text("x-warning")
        parts.words.isDeprecated = view.flag("deprecated")
        parts.words.instead = view.text("x-instead")
    }

    private mutating func readElements(_ view: SchemaView, _ parts: inout ShapeParts) {
        let single = view.text("x-single")
        let items = index(of: view.place("items"), owner: nil)
        let least = view.number("minItems")?.integer ?? 0
        guard single != nil || items >= 0 || least > 0 || parts.types == .array else { return }
        parts.elements = Shape.Elements(
            items: items,
            minItems: least,
            single: Self.single(single),
            warnsWhenEmpty: view.text("x-empty") == "warned"
        )
    }

    private static func single(_ word: String?) -> Shape.Single {
        switch word {
        case "accepted": .accepted
        case "noted": .noted
        case "warned": .warned
        default: .refused
        }
    }

    private mutating func readLogic(_ view: SchemaView, _ owner: ShapeObject?, _ parts: inout ShapeParts) {
        var logic = LogicRules()
        logic.allOf = view.places("allOf").map { index(of: $0, owner: owner) }
        for keyword in ["anyOf", "oneOf"] {
            let places = view.places(keyword)
            let keys = places.map { SchemaView(documents: documents, places: [$0]).onlyRequired }
            if !keys.isEmpty, keys.allSatisfy({ $0 != nil }) { continue }
            let children = places.map { index(of: $0, owner: owner) }
            if keyword == "anyOf" { logic.anyOf = children } else { logic.oneOf = children }
        }
        logic.not = index(of: view.place("not"), owner: owner)
        logic.condition = index(of: view.place("if"), owner: owner)
        logic.consequence = index(of: view.place("then"), owner: owner)
        logic.alternative = index(of: view.place("else"), owner: owner)
        let isNeeded =
            !logic.allOf.isEmpty || !logic.anyOf.isEmpty || !logic.oneOf.isEmpty || logic.not >= 0
            || logic.condition >= 0
        if isNeeded { parts.logic = logic }
    }

    static func notice(_ text: String) -> Shape.Notice {
        switch text {
        case "note": .note
        case "slip": .slip
        case "old": .old
        default: .same
        }
    }
}

extension ShapeParts {
    /// The parts of a shape that is to be made anew with a difference.
    init(_ shape: Shape) {
        places = shape.places
        types = shape.types
        isText = shape.isText
        choice = shape.choice
        numbers = shape.numbers
        minLength = shape.minLength
        pattern = shape.pattern
        format = shape.format
        object = shape.object
        elements = shape.elements
        groups = shape.groups
        logic = shape.logic
        words = shape.words
        role = shape.role
        takesListOfOne = shape.takesListOfOne
        notesListOfOne = shape.notesListOfOne
        shorthand = shape.shorthand
        comparesRequests = shape.comparesRequests
        references = shape.references
        isSecret = shape.isSecret
    }
}
