internal import SheafModel

/// Finds out why a document cannot be read.
///
/// Where libyaml stumbles is often far from the mistake. So each detector says which mistakes it sees and how the text
/// would look without them; what lets libyaml read further is the cause. The text is mended and read again, so that
/// the next mistake is found too.
struct CauseFinder {
    /// The most mistakes that are looked for one after another in one document.
    private static let roundLimit = 30

    /// The likelier and the more certain come first.
    private static let detectors: [any CauseDetector.Type] = [
        ControlCharacterCause.self, ConflictMarkerCause.self, OddSpaceCause.self, TabCause.self,
        PlaceholderCause.self, MarkdownCause.self, StrayTextCause.self, QuoteCause.self, BracketCause.self,
        UnquotedTextCause.self, SwallowedKeyCause.self, SameLineCause.self, MissingSpaceCause.self,
        MissingColonCause.self, MissingParentCause.self, ListItemCause.self, IndentationCause.self, BareLineCause.self,
    ]

    /// What is wrong, at places of the file.
    private(set) var findings: [TextFinding] = []
    /// The text as it is meant; nil where that is not clear.
    private(set) var mended: MendedText?
    private(set) var budget: TrialBudget
    private struct Known: Hashable {
        var code: ManifestCode
        var start: Int
    }

    private var known: Set<Known> = []
    private var text: MendedText
    private var failure: EventParser.Failure

    /// Takes a document.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - failure: Where libyaml stumbled, by bytes of the file.
    ///   - budget: What trials may cost.
    init(_ text: MendedText, _ failure: EventParser.Failure, _ budget: TrialBudget) {
        self.text = text
        self.failure = failure
        self.budget = budget
        self.failure.move(by: -text.place(0))
    }

    mutating func run() {
        var isClear = true
        for round in 0..<Self.roundLimit {
            let excerpt = Excerpt(of: text.bytes, failure, &budget)
            let broken = BrokenText(Array(text.bytes[excerpt.range]), excerpt.failure)
            guard let cause = cause(in: broken) else {
                // After a change, what libyaml says may be the fault of the change.
                if round == 0 { report(UnknownCause.finding(in: broken), excerpt) }
                return
            }
            for finding in withMendings(cause, broken) { report(finding, excerpt) }
            isClear = isClear && cause.isClear
            text = text.applying(cause.edits.map { $0.moved(by: excerpt.range.lowerBound) })
            guard findings.count <= TreeLimits.findings, budget.take(text.bytes.count) else { return }
            guard let next = Trial.failure(of: text.bytes) else {
                if isClear { mended = text }
                return
            }
            failure = next
        }
    }

    private mutating func report(_ finding: TextFinding, _ excerpt: Excerpt) {
        let base = excerpt.range.lowerBound
        let text = text
        var finding = finding.moved { text.place($0.lowerBound + base..<$0.upperBound + base) }
        // A change of what was changed already is none of the file.
        let isOriginal = finding.mending.allSatisfy { edit in
            let range = edit.range.lowerBound + base..<edit.range.upperBound + base
            return text.place(range).count == range.count
        }
        finding.mending = isOriginal ? finding.mending.map { text.place($0.moved(by: base)) } : []
        guard findings.count <= TreeLimits.findings else { return }
        let isNew = known.insert(Known(code: finding.code, start: finding.range.lowerBound)).inserted
        if isNew { findings.append(finding) }
    }

    /// Gives each finding of a cause the changes that mend it.
    private func withMendings(_ cause: Cause, _ broken: BrokenText) -> [TextFinding] {
        let mendable: Set<ManifestCode> = [
            .tab, .oddSpace, .unquotedPlaceholder, .unquotedText, .missingSpace, .missingColon, .indentation,
        ]
        var findings = cause.findings
        guard cause.isClear, let first = findings.first, mendable.contains(first.code) else { return findings }
        let lines = findings.map { BrokenText.line(at: $0.range.lowerBound, broken.lines) }
        guard lines.indices.dropFirst().allSatisfy({ lines[$0 - 1] <= lines[$0] }) else { return findings }
        var last = 0
        for edit in cause.edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            let line = BrokenText.line(at: edit.range.lowerBound, broken.lines)
            while last + 1 < lines.count, lines[last + 1] <= line { last += 1 }
            findings[last].mending.append(edit)
        }
        return findings
    }

    /// The first cause without which the text can be read further.
    private mutating func cause(in broken: BrokenText) -> Cause? {
        var weak: Cause?
        for detector in Self.detectors {
            var best: (cause: Cause, line: Int)?
            for cause in detector.causes(in: broken) {
                switch progress(of: cause, in: broken) {
                case .none: continue
                case .sameLine: weak = weak ?? cause
                case .line(let line): if line > best?.line ?? -1 { best = (cause, line) }
                }
            }
            if let best { return best.cause }
        }
        return weak
    }

    private enum Progress {
        case none
        /// Further, on the same line.
        case sameLine
        /// To a later line; the largest number where the whole text can be read.
        case line(Int)
    }

    private mutating func progress(of cause: Cause, in broken: BrokenText) -> Progress {
        guard !cause.edits.isEmpty, budget.take(broken.bytes.count) else { return .none }
        let text = MendedText(broken.bytes[...]).applying(cause.edits)
        guard let failure = Trial.failure(of: text.bytes) else { return .line(.max) }
        let place = text.place(min(failure.anchor, text.bytes.count))
        let line = BrokenText.line(at: place, broken.lines)
        if line > broken.failing, place > broken.failure.anchor { return .line(line) }
        return line == broken.failing && place > broken.failure.anchor ? .sameLine : .none
    }
}

extension MendedText.Edit {
    /// The same in a text that has more bytes in front.
    func moved(by distance: Int) -> MendedText.Edit {
        var edit = self
        edit.range = range.lowerBound + distance..<range.upperBound + distance
        return edit
    }
}
