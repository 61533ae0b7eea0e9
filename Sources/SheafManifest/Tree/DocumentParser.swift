internal import SheafModel
internal import Yams

/// Reads one document of a file.
struct DocumentParser {
    private let source: SourceText
    private let chunk: Range<Int>

    init(source: SourceText, chunk: Range<Int>) {
        self.source = source
        self.chunk = chunk
    }

    /// The roots of the chunk: one, none when it could not be read, more only where `...` ends a document.
    func parse(_ findings: inout Findings) -> [ManifestNode] {
        var mask = DuplicateKeyMask(text: source.lines[chunk].joined(separator: "\n") + "\n")
        while true {
            do {
                let parser = try Parser(yaml: mask.text, resolver: .basic, encoding: .utf8)
                var roots: [Yams.Node] = []
                while let root = try parser.nextRoot() { roots.append(root) }
                return build(roots, mask, &findings)
            } catch let error as YamlError {
                if case .duplicatedKeysInMapping(let keys, let context) = error, let key = keys.first,
                    mask.mask(key, firstAt: .init(line: context.mark.line, column: context.mark.column))
                {
                    continue
                }
                report(error, &findings)
                return []
            } catch {
                report(.syntax, "the text cannot be read as YAML: \(error)", line: 1, column: 1, nil, &findings)
                return []
            }
        }
    }

    private func build(
        _ roots: [Yams.Node],
        _ mask: DuplicateKeyMask,
        _ findings: inout Findings
    ) -> [ManifestNode] {
        var builder = NodeBuilder(source: source, lineOffset: chunk.lowerBound, repetitions: mask.repetitions)
        defer { findings.append(builder.findings) }
        var nodes: [ManifestNode] = []
        for root in roots {
            do {
                nodes.append(try builder.build(root))
            } catch {
                let message =
                    "the document has more than \(NodeBuilder.nodeLimit) values, or more than "
                    + "\(NodeBuilder.depthLimit) levels, once its aliases are expanded"
                report(.tooLarge, message, line: 1, column: 1, nil, &findings)
            }
        }
        return nodes
    }

    // MARK: Errors of the YAML parser

    private func report(_ error: YamlError, _ findings: inout Findings) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            reportSyntax(problem, context, mark, &findings)
        case .reader(let problem, let offset, let value, let yaml):
            let place = Self.place(ofCharacter: offset ?? 0, in: yaml)
            let what = value > 0 ? " (character U+\(String(value, radix: 16, uppercase: true)))" : ""
            report(
                .syntax,
                "this is no YAML: \(problem)\(what)",
                line: place.line,
                column: place.column,
                nil,
                &findings
            )
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            report(
                .duplicateKey,
                "the key '\(key)' is given twice",
                line: context.mark.line,
                column: context.mark.column,
                nil,
                &findings
            )
        default:
            report(.syntax, "the text cannot be read as YAML: \(error)", line: 1, column: 1, nil, &findings)
        }
    }

    private func reportSyntax(
        _ problem: String,
        _ context: YamlError.Context?,
        _ mark: Mark,
        _ findings: inout Findings
    ) {
        let tabs = tabLines(near: mark.line + chunk.lowerBound)
        guard tabs.isEmpty else {
            for tab in tabs {
                findings.report(
                    .tab,
                    "a tab in the indentation, which YAML does not allow",
                    at: source.span(line: tab.line, column: tab.column, length: tab.length),
                    help: "replace the tab by spaces"
                )
            }
            return
        }
        let where_ = context.map { " (\($0.text))" } ?? ""
        let place = nearestText(line: mark.line, column: mark.column)
        report(
            .syntax,
            "this is no valid YAML: \(problem)\(where_)",
            line: place.line,
            column: place.column,
            help(for: problem, line: place.line),
            &findings
        )
    }

    /// Lines of this document whose indentation holds a tab, with the first tab's place.
    ///
    /// Blank lines and comments count where the parser stumbled, since elsewhere a tab does no harm in them.
    private func tabLines(near error: Int) -> [(line: Int, column: Int, length: Int)] {
        chunk.compactMap { index in
            let line = source.lines[index]
            let indent = line.prefix { $0 == " " || $0 == "\t" }
            let isIdle = indent.endIndex == line.endIndex || line[indent.endIndex...].hasPrefix("#")
            guard let tab = indent.firstIndex(of: "\t"), !isIdle || (error - 2...error + 1).contains(index + 1)
            else { return nil }
            let before = indent.distance(from: indent.startIndex, to: tab)
            let length = indent[tab...].prefix { $0 == "\t" }.count
            return (index + 1, before + 1, length)
        }
    }

    private func help(for problem: String, line: Int) -> String? {
        let text = source.line(line + chunk.lowerBound)
        if text.contains("{{") { return "put the placeholder in quotes: \"{{…}}\"" }
        if problem.contains("mapping values are not allowed") {
            return "check the indentation, or quote the text if it holds ': '"
        }
        if problem.contains("did not find expected") || problem.contains("could not find expected ':'") {
            return "check the indentation of this line and of the one before"
        }
        if problem.contains("cannot start any token") || problem.contains("alias") || problem.contains("anchor") {
            return "put the text in quotes"
        }
        return nil
    }

    /// The parser points behind the last line when the text ends too early: the last line with text is shown instead.
    private func nearestText(line: Int, column: Int) -> (line: Int, column: Int) {
        var number = min(line, chunk.count)
        if number == line, !source.line(number + chunk.lowerBound).isEmpty { return (line, column) }
        while number > 1, source.line(number + chunk.lowerBound).allSatisfy(\.isWhitespace) { number -= 1 }
        return (number, source.line(number + chunk.lowerBound).unicodeScalars.count + 1)
    }

    private func report(
        _ code: ManifestCode,
        _ message: String,
        line: Int,
        column: Int,
        _ help: String?,
        _ findings: inout Findings
    ) {
        let number = line + chunk.lowerBound
        findings.report(code, message, at: source.span(line: number, column: column, length: 1), help: help)
    }

    private static func place(ofCharacter offset: Int, in text: String) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for character in text.prefix(offset) {
            if character.isNewline {
                line += 1
                column = 1
            } else {
                column += character.unicodeScalars.count
            }
        }
        return (line, column)
    }
}
