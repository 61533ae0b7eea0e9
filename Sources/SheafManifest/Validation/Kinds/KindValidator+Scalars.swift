internal import SheafModel

/// Single values.
extension KindValidator {
    func visitScalar(_ shape: Shape, _ id: YAMLTree.NodeID, key: Int32, _ state: State) {
        if shape.takesAnyScalar { return }
        let types = shape.types
        guard !types.isDisjoint(with: .scalars) else { return visitInPlaceOfCollection(shape, id, key: key, state) }
        if !types.contains(.text) {
            guard !tree.withText(id, PlaceholderBytes.occurs) || !isAcceptedPlaceholder(id) else { return }
            guard types.contains(.boolean) && checkBoolean(shape, id) || checkNumber(shape, id) else { return }
        }
        if let choice = shape.choice { check(choice, shape, id) }
        if shape.minLength > 0, tree.withText(id, { $0.isEmpty }) {
            report(.missingKey, "'\(self.path(id))' is empty", at: self.tree.span(id))
        }
        if let pattern = shape.pattern, !tree.withText(id, { pattern.matches($0) }), !isAcceptedPlaceholder(id) {
            report(
                .invalidValue,
                shape.words.message
                    ?? "'\(self.path(id))' is '\(self.shown(id))', which has not the form that is wanted",
                at: self.tree.span(id),
                help: shape.words.help
            )
        }
        if let form = shape.format { check(form, id) }
    }

    private func visitInPlaceOfCollection(_ shape: Shape, _ id: YAMLTree.NodeID, key: Int32, _ state: State) {
        if let elements = shape.elements, elements.single != .refused {
            let isPlaceholder = tree.withText(id, PlaceholderBytes.occurs)
            if !isPlaceholder { reportSingle(elements.single, id, key: key) }
            visit(elements.items, id, key: key, state)
        } else if let shorthand = shape.shorthand, let object = shape.object {
            visitShorthand(shorthand, object, id, key: key, state)
        } else if !isAcceptedPlaceholder(id) {
            wrong(shape, id, key: key)
        } else if mode == .draft {
            report(
                .unresolvedPlaceholder,
                "the placeholder '\(self.shown(id))' stands for \(shape.wanted)",
                at: self.tree.span(id),
                severity: .note
            )
        }
    }

    func shown(_ id: YAMLTree.NodeID) -> String { String(tree.text(id).prefix(60)) }

    // MARK: Placeholders

    /// Whether a scalar is a placeholder that may stand where something else is wanted.
    ///
    /// In what is deployed it may not; expressions are reported by the check that looks for them everywhere.
    func isAcceptedPlaceholder(_ id: YAMLTree.NodeID) -> Bool {
        guard tree.withText(id, PlaceholderBytes.occurs) else { return false }
        if mode == .draft { return true }
        let text = tree.text(id)
        if !PlaceholderText.occursAsExpression(in: text) {
            report(
                .unresolvedPlaceholder,
                "the placeholder '\(text.prefix(60))' is left unresolved",
                at: self.tree.span(id),
                help: "replace it by a value"
            )
        }
        return true
    }

    // MARK: Booleans and numbers

    private func checkBoolean(_ shape: Shape, _ id: YAMLTree.NodeID) -> Bool {
        if tree.scalarType(id) == .boolean { return true }
        let mayBeNumber = !shape.types.isDisjoint(with: [.number, .integer])
        let text = tree.text(id).lowercased()
        guard text == "true" || text == "false" else {
            if !mayBeNumber { wrong(shape, id, key: -1) }
            return false
        }
        report(
            .convertedType,
            "'\(self.path(id))' is meant to be a boolean, not a text",
            at: self.tree.span(id),
            help: "remove the quotes"
        )
        return true
    }

    /// Whether a scalar is a number of the wanted sort and size; false when its type was refused.
    private func checkNumber(_ shape: Shape, _ id: YAMLTree.NodeID) -> Bool {
        guard !shape.types.isDisjoint(with: [.number, .integer]) else { return false }
        if let range = shape.plainRange, let number = plainNumber(id), range.contains(number) { return true }
        guard let number = tree.number(id), number.isInteger || shape.types.contains(.number) else {
            wrong(shape, id, key: -1)
            return false
        }
        if let limits = shape.numbers, let problem = limits.problem(number) {
            report(
                .invalidValue,
                shape.words.message ?? "'\(self.path(id))' must be \(problem), but is \(number)",
                at: self.tree.span(id),
                help: shape.words.help
            )
        }
        let type = tree.scalarType(id)
        if type != .integer, type != .number {
            report(
                .convertedType,
                "'\(self.path(id))' is meant to be a number, not a text",
                at: self.tree.span(id),
                help: "remove the quotes"
            )
        }
        return true
    }

    /// A whole number without sign and quotes, of at most 15 digits.
    private func plainNumber(_ id: YAMLTree.NodeID) -> Int? {
        guard tree.style(id) == .plain else { return nil }
        return tree.withText(id) { text in
            guard (1...15).contains(text.count), text[0] != 48 || text.count == 1 else { return nil }
            var value = 0
            for byte in text {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
    }

    // MARK: Words

    private func check(_ choice: Choice, _ shape: Shape, _ id: YAMLTree.NodeID) {
        switch tree.withText(id, { choice.match($0) }) {
        case .word: break
        case .synonym(let word):
            guard choice.synonymNotice != .same else { return }
            report(
                .unusualValue,
                "'\(self.tree.text(id))' is taken for '\(word)'",
                at: self.tree.span(id),
                severity: choice.synonymNotice == .note ? .note : nil,
                help: "write '\(word)'"
            )
        case nil:
            // In a condition, what is not known yet is not the word that is asked for.
            if silence == 0, isAcceptedPlaceholder(id) { return }
            let text = shown(id)
            let list = choice.words.map { "'\($0)'" }.joined(separator: ", ")
            let words = choice.words.count == 1 ? list : "one of \(list)"
            report(
                .invalidValue,
                shape.words.message ?? "'\(self.path(id))' must be \(words), but is '\(text)'",
                at: self.tree.span(id),
                help: shape.words.help ?? Suggestion.help(for: text, among: choice.words)
            )
        }
    }
}

extension NumberRules {
    /// What a number should be, such as `at least 1`; nil when it is.
    func problem(_ number: DecimalNumber) -> String? {
        if let minimum, let maximum, number < minimum || number > maximum { return "between \(minimum) and \(maximum)" }
        if let minimum, number < minimum { return "at least \(minimum)" }
        if let maximum, number > maximum { return "at most \(maximum)" }
        if let exclusiveMinimum, number <= exclusiveMinimum { return "more than \(exclusiveMinimum)" }
        if let exclusiveMaximum, number >= exclusiveMaximum { return "less than \(exclusiveMaximum)" }
        return nil
    }
}

/// Looks for placeholders in the bytes of a scalar, as `PlaceholderText` does in its text.
enum PlaceholderBytes {
    /// Whether a scalar holds any form of placeholder.
    static func occurs(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        // Every form has one of these.
        let mayOccur = text.contains { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "<") }
        return mayOccur && PlaceholderText.occurs(in: String(decoding: text, as: UTF8.self))
    }
}
