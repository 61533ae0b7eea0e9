internal import SheafModel

/// Reads the documents of one file, one after another, with one parser for as many as are without mistakes.
struct TreeReader {
    var builder: TreeBuilder
    private let bytes: UnsafeBufferPointer<UInt8>
    private let isASCII: Bool
    /// What the search for causes may still cost.
    private var budget = TrialBudget()
    private var documents = 0
    private var brokenDocuments = 0
    /// Where the causes stand that were reported.
    private var causes: Set<Int> = []
    /// The number of findings before the document that is read.
    private var earlierFindings = 0

    init(_ tree: YAMLTree, _ bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) {
        builder = TreeBuilder(tree, bytes)
        self.bytes = bytes
        self.isASCII = isASCII
    }

    /// What was found, and whether that is all.
    var findings: Findings {
        guard builder.findings.all.count > TreeLimits.findings else { return builder.findings }
        var findings = Findings()
        findings.append(Array(builder.findings.all.prefix(TreeLimits.findings)))
        findings.report(
            .tooManyFindings,
            "the text has more than \(TreeLimits.findings) mistakes, of which the first are shown",
            at: builder.findings.all.last?.span
        )
        return findings
    }

    mutating func read() {
        guard checkDirectives() else { return }
        var next = 0
        while next < bytes.count, let stop = read(next..<bytes.count, from: .file(next)) {
            next = goOn(after: stop, next) ?? bytes.count
        }
        for finding in TextCheck.findings(in: builder.tree, bytes) where !causes.contains(finding.range.lowerBound) {
            builder.report(finding, builder.tree.source)
        }
    }

    /// Why and where reading stopped.
    private struct Stop {
        enum Reason {
            case failure(EventParser.Failure)
            case refusal(TreeBuilder.Refusal)
        }

        var reason: Reason
        /// Where the document begins, in the text that was parsed.
        var document: Int
    }

    /// Reads all documents of a part of the file.
    ///
    /// - Returns: Why it stopped before the end, or nil.
    private mutating func read(_ range: Range<Int>, from origin: TreeBuilder.Origin) -> Stop? {
        read(UnsafeBufferPointer(rebasing: bytes[range]), from: origin, isASCII: isASCII)
    }

    private mutating func read(
        _ text: UnsafeBufferPointer<UInt8>,
        from origin: TreeBuilder.Origin,
        isASCII: Bool
    ) -> Stop? {
        var parser = EventParser(text, isASCII: isASCII)
        builder.beginDocument()
        builder.read(from: origin)
        var first = builder.tree.nodes.count
        earlierFindings = builder.findings.all.count
        // Comments before the first document belong to it.
        var document = 0
        var hasBegun = false
        while true {
            let event = parser.next()
            do throws(TreeBuilder.Refusal) {
                switch event {
                case .failure:
                    builder.reset(to: first)
                    return Stop(reason: .failure(parser.failure()), document: document)
                case .streamEnd:
                    try finishDocument(first)
                    return nil
                case .documentStart(let start):
                    try finishDocument(first)
                    builder.beginDocument()
                    if hasBegun { document = start }
                    hasBegun = true
                    earlierFindings = builder.findings.all.count
                    first = builder.tree.nodes.count
                default: try builder.add(event)
                }
            } catch {
                builder.reset(to: first)
                return Stop(reason: .refusal(error), document: document)
            }
        }
    }

    private mutating func finishDocument(_ first: Int) throws(TreeBuilder.Refusal) {
        documents += 1
        guard documents <= TreeLimits.documents else { throw .documents }
        guard first < builder.tree.nodes.count else { return }
        let root = YAMLTree.NodeID(first)
        if builder.tree.isNull(root) { return }
        if builder.tree.isSequence(root) {
            builder.tree.documents.append(contentsOf: Array(builder.tree.elements(root)))
        } else {
            builder.tree.documents.append(root)
        }
        guard builder.tree.documents.count <= TreeLimits.documents else { throw .documents }
    }

    // MARK: Documents that cannot be read

    /// Reports why reading stopped.
    ///
    /// - Returns: Where to go on, or nil when the rest is not read.
    private mutating func goOn(after stop: Stop, _ base: Int) -> Int? {
        let start = lineStart(base + stop.document)
        switch stop.reason {
        case .refusal(.nodes):
            refuse("the file holds more than \(TreeLimits.nodes) values, or fewer that are nested in brackets", start)
            return nil
        case .refusal(.documents):
            refuse("the file holds more than \(TreeLimits.documents) documents", start)
            return nil
        case .refusal(.unknownAlias(let failure)):
            return explain(failure, start..<DocumentMarker.end(ofDocumentAt: start, in: bytes))
        case .failure(let failure): return goOn(after: failure, base, start)
        case .refusal(let refusal):
            refuse(Self.words(for: refusal), start)
            return DocumentMarker.end(ofDocumentAt: start, in: bytes)
        }
    }

    private mutating func goOn(after failure: EventParser.Failure, _ base: Int, _ start: Int) -> Int? {
        let end = DocumentMarker.end(ofDocumentAt: start, in: bytes)
        if failure.problem.contains("nesting level") {
            refuse(Self.words(for: .depth), start)
            return end
        }
        var failure = failure
        failure.move(by: base)
        if failure.isUnreadable, failure.offset >= end {
            // The parser reads ahead: the documents before the one that cannot be read may be good.
            var next = end
            var good = end
            while next <= failure.offset, next < bytes.count {
                good = next
                next = DocumentMarker.end(ofDocumentAt: next, in: bytes)
            }
            guard let again = read(start..<good, from: .file(start)) else { return good }
            return goOn(after: again, start)
        }
        return explain(failure, start..<end)
    }

    private static func words(for refusal: TreeBuilder.Refusal) -> String {
        switch refusal {
        case .aliases: "the aliases of the document stand for more than \(TreeLimits.aliasNodes) values"
        case .anchors: "the document has more than \(TreeLimits.anchors) anchors, or one with a very long name"
        case .moves: "the document repeats or merges keys in mappings that hold too much"
        default: "the document has more than \(TreeLimits.depth) levels, or \(TreeLimits.flowDepth) of brackets"
        }
    }

    /// Says what is wrong in a document, and reads it as it is meant if that is clear.
    private mutating func explain(_ failure: EventParser.Failure, _ document: Range<Int>) -> Int? {
        brokenDocuments += 1
        guard brokenDocuments <= TreeLimits.brokenDocuments else {
            builder.report(
                .tooManyFindings,
                "more than \(TreeLimits.brokenDocuments) documents of this file cannot be read; the rest is not looked "
                    + "at",
                at: builder.tree.source.span(failure.offset..<failure.offset)
            )
            return nil
        }
        var finder = CauseFinder(MendedText(builder.tree.source.bytes[document]), failure, budget)
        finder.run()
        budget = finder.budget
        let partial = builder.dropFindings(after: earlierFindings)
        for finding in finder.findings {
            causes.insert(finding.range.lowerBound)
            builder.report(finding, builder.tree.source)
        }
        guard let mended = finder.mended else {
            // What was found before the parser stumbled; a part of a placeholder is not what is wrong.
            builder.findings.append(partial.filter { $0.code != ManifestCode.unquotedPlaceholder.rawValue })
            return document.upperBound
        }
        let before = builder.findings
        let stopped = mended.bytes.withUnsafeBufferPointer { text in
            read(text, from: .mended(mended), isASCII: text.allSatisfy { $0 < 0x80 })
        }
        // What is wrong with the mended text only may be the mending's fault.
        if stopped != nil { builder.findings = before }
        return document.upperBound
    }

    private mutating func refuse(_ message: String, _ start: Int) {
        let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? bytes.count
        builder.report(.tooLarge, message, at: builder.tree.source.span(start..<end))
    }

    private func lineStart(_ offset: Int) -> Int {
        var start = min(offset, bytes.count)
        while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return start
    }

    /// Refuses a file with so many directives that comparing them would take libyaml forever.
    private mutating func checkDirectives() -> Bool {
        var count = 0
        var index = 0
        while let found = bytes.offset(of: UInt8(ascii: "%"), from: index) {
            index = found + 1
            // A line may end with a line feed, a carriage return, or a separator beyond ASCII.
            let isFirst = found == 0 || bytes[found - 1] < 0x20 || bytes[found - 1] >= 0x80
            if isFirst, index < bytes.count, bytes[index] == UInt8(ascii: "T") { count += 1 }
            if count > TreeLimits.directives {
                refuse("the file has more than \(TreeLimits.directives) '%TAG' lines", found)
                return false
            }
        }
        return true
    }
}

extension EventParser.Failure {
    mutating func move(by distance: Int) {
        offset += distance
        contextOffset = contextOffset.map { $0 + distance }
    }
}
