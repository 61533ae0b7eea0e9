/// What must begin on a line of its own: list items behind a key, texts behind `|` and `>`.
enum SameLineCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        let line = text.failingLine
        guard line.role == .content, let key = line.key, let first = line.value.first else { return [] }
        let hasMore = line.value.count > 1 && text.bytes[first + 1] == .space
        if text.bytes[first] == .dash, hasMore {
            let finding = TextFinding(
                .sameLine,
                "an item of a list stands on the line of its key \(text.quoted(key))",
                at: line.value,
                help: "begin the item on a line of its own, below the key"
            )
            let item = first + 2..<line.value.upperBound
            let blank = String(repeating: " ", count: line.value.count)
            return [
                Cause(finding, [MendedText.Edit(line.value, blank)], isClear: false),
                Cause(finding, [MendedText.Edit(line.value, "[\(text.text(item))]")], isClear: false),
            ]
        }
        guard [.pipe, .greater].contains(text.bytes[first]), !line.opensBlock else { return [] }
        let finding = TextFinding(
            .sameLine,
            "text stands on the line of '\(text.text(first..<first + 1))', which begins a text on the lines below",
            at: line.value,
            help: "begin the text on the next line, or put it in quotes and remove the "
                + "'\(text.text(first..<first + 1))'"
        )
        return [
            Cause(finding, PlaceholderCause.quoting(line.value, text), isClear: false),
            Cause(
                finding,
                [
                    MendedText.Edit(
                        first + 1..<line.value.upperBound,
                        String(repeating: " ", count: line.value.count - 1)
                    )
                ],
                isClear: false
            ),
        ]
    }
}
