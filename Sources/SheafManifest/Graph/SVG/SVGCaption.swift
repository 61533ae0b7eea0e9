internal import SheafModel

/// What stands above and below a drawing: title, legend, what is not in the bundle, and what is wrong.
struct SVGCaption {
    /// More than these are counted, not shown.
    private static let shownExternals = 60
    private static let shownContradictions = 20
    private static let lineHeight = 24.0

    let graph: ResourceGraph
    let left: Double
    let right: Double
    /// Where the next part begins.
    var bottom: Double

    init(graph: ResourceGraph, left: Double, right: Double, top: Double) {
        self.graph = graph
        self.left = left
        self.right = right
        bottom = top
    }

    // MARK: Above

    mutating func header(kinds: [ResourceKind], hasFrames: Bool, isAgainst: Bool) -> String {
        let room = right - left
        let name = SVGText.shortened(graph.bundle, to: room, size: 20, isBold: true)
        var text = SVGBox.label(name, "h1", x: left, y: bottom + 18)
        bottom += 18
        var notes = [GraphWords.summary(graph)]
        if graph.criticalPath.count > 1 {
            let path = graph.criticalPath.map { graph.nodes[$0].id.name }.joined(separator: " → ")
            notes.append("Critical path of \(graph.criticalPath.count): \(path)")
        }
        for note in notes {
            text += SVGBox.label(SVGText.shortened(note, to: room, size: 12.5), "p", x: left, y: bottom + 20)
            bottom += 20
        }
        bottom += 12
        return text + "\n" + legend(kinds, hasFrames: hasFrames, isAgainst: isAgainst)
    }

    private mutating func legend(_ kinds: [ResourceKind], hasFrames: Bool, isAgainst: Bool) -> String {
        var text = ""
        var x = left
        func place(_ width: Double, _ caption: inout SVGCaption) -> Double {
            if x + width > caption.right, x > caption.left {
                x = caption.left
                caption.bottom += Self.lineHeight
            }
            defer { x += width + 18 }
            return x
        }
        for kind in kinds {
            let words = kind.rawValue
            let at = place(23 + SVGText.width(words, size: 11), &self)
            text += KindSign.of(kind).tile(x: at, y: bottom, size: 18)
            text += SVGBox.label(words, "s", x: at + 23, y: bottom + 13)
        }
        var lines: [(style: String, words: String)] = []
        if graph.edges.contains(where: { $0.origin == .explicit }) {
            lines.append(("", "waits for (arrows follow the order)"))
        }
        if graph.edges.contains(where: { $0.origin == .implied }) { lines.append(("i", "names, and so waits for")) }
        if graph.edges.contains(where: { $0.isDrawn && ($0.origin == .inherited || $0.origin == .contained) }) {
            lines.append(("o", "waits because of nesting"))
        }
        if graph.criticalPath.count > 1 { lines.append(("c", "critical path")) }
        if isAgainst { lines.append(("x", "names what comes later")) }
        for line in lines {
            let at = place(38 + SVGText.width(line.words, size: 11), &self)
            let style = line.style.isEmpty ? "" : " class=\"\(line.style)\""
            let (from, to, y) = (SVGText.number(at), SVGText.number(at + 32), SVGText.number(bottom + 9))
            text += "<g class=\"e\"><line\(style) x1=\"\(from)\" y1=\"\(y)\" x2=\"\(to)\" y2=\"\(y)\"/></g>"
            text += SVGBox.label(line.words, "s", x: at + 38, y: bottom + 13)
        }
        var samples: [(style: String, words: String)] = []
        if hasFrames { samples.append(("frame", "bundle in the bundle")) }
        if !graph.unused.isEmpty { samples.append(("b u", "unused")) }
        for sample in samples {
            let at = place(32 + SVGText.width(sample.words, size: 11), &self)
            let frame = LayoutFrame(x: at, y: bottom + 2, width: 26, height: 14)
            text += "<rect class=\"\(sample.style)\"\(SVGBox.place(frame)) rx=\"4\"/>"
            text += SVGBox.label(sample.words, "s", x: at + 32, y: bottom + 13)
        }
        bottom += Self.lineHeight
        return text + "\n"
    }

    // MARK: Below

    mutating func footer(boxWidth: Double) -> String { externals(boxWidth) + builtIns() + contradictions() }

    private mutating func externals(_ boxWidth: Double) -> String {
        let externals = graph.externals.filter { !$0.isBuiltIn }
        if externals.isEmpty { return "" }
        var text = heading("Not in the bundle")
        let boxes = externals.prefix(Self.shownExternals).map { external -> SVGBox in
            let users = Set(external.uses.map(\.node)).count
            let workspace = external.id.workspace.map { " · \($0)" } ?? ""
            let places = external.uses.prefix(12).map { "\(graph.nodes[$0.node].id): \($0.field)" }
            let question = GraphWords.question(external).map { [$0] } ?? []
            return SVGBox(
                outside: external.id,
                note: "\(external.id.kind.rawValue)\(workspace) · named by \(users)",
                tooltip: (["\(external.id) is not in the bundle"] + question + places).joined(separator: "\n")
            )
        }
        let width = min(236, max(boxWidth, boxes.map(\.textWidth).max() ?? 0).rounded(.up))
        var x = left
        for box in boxes {
            if x + width > right, x > left {
                x = left
                bottom += SVGBox.height + 12
            }
            text += box.text(in: LayoutFrame(x: x, y: bottom, width: width, height: SVGBox.height))
            x += width + 16
        }
        bottom += SVGBox.height + 8
        for external in externals.prefix(Self.shownExternals) {
            if let question = GraphWords.question(external) { text += line("\(external.id): \(question)", "p bad") }
        }
        let more = externals.count - Self.shownExternals
        return text + (more > 0 ? line("and \(more) more", "s") : "")
    }

    private mutating func builtIns() -> String {
        let names = graph.externals.filter(\.isBuiltIn).map(\.id.description)
        return names.isEmpty ? "" : line("Built in: \(names.joined(separator: ", "))", "s")
    }

    private mutating func contradictions() -> String {
        if graph.contradictions.isEmpty { return "" }
        var text = heading("Against the order")
        for contradiction in graph.contradictions.prefix(Self.shownContradictions) {
            text += line(GraphWords.contradiction(contradiction, in: graph), "p bad")
        }
        let more = graph.contradictions.count - Self.shownContradictions
        return text + (more > 0 ? line("and \(more) more", "s") : "")
    }

    private mutating func heading(_ words: String) -> String {
        bottom += 14
        defer { bottom += 26 }
        return SVGBox.label(words, "h2", x: left, y: bottom + 12) + "\n"
    }

    private mutating func line(_ words: String, _ style: String) -> String {
        defer { bottom += 20 }
        let short = SVGText.shortened(words, to: right - left, size: 12.5)
        return SVGBox.label(short, style, x: left, y: bottom + 13) + "\n"
    }
}
