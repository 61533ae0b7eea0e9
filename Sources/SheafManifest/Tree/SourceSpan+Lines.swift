internal import SheafModel

extension SourceSpan {
    /// The span without the lines after its first.
    var firstLine: SourceSpan {
        guard endLine > line else { return self }
        var span = self
        span.endLine = line
        span.endColumn = column + 1
        return span
    }

    /// The span from the start of this one to the end of another one that follows it.
    func extended(to other: SourceSpan?) -> SourceSpan {
        guard let other, (other.endLine, other.endColumn) > (endLine, endColumn) else { return self }
        var span = self
        span.endLine = other.endLine
        span.endColumn = other.endColumn
        return span
    }
}
