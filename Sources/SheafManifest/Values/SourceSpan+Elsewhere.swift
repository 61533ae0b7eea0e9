internal import SheafModel

extension SourceSpan {
    /// A place that is in no file: the words stand in the place of its name.
    init(elsewhere words: String) {
        self.init(file: words, line: 0, column: 0, endLine: 0, endColumn: 0)
    }

    /// Whether the place is in no file.
    var isElsewhere: Bool { line == 0 }

    /// The place in a few words: `values.yaml:3`, `--set image.tag`.
    var inWords: String { isElsewhere ? file : "\(file):\(line)" }
}
