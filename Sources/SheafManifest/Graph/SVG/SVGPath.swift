/// Lines of a layout as path data.
enum SVGPath {
    /// Straight where a line passes a row, smooth curves between rows; from the last stop to the first if wanted.
    static func data(_ stops: [LayeredLayout.Stop], _ left: Double, _ top: Double, isBackwards: Bool = false) -> String
    {
        var ends: [(x: Double, y: Double)] = stops.flatMap {
            [($0.x + left, $0.top + top), ($0.x + left, $0.bottom + top)]
        }
        if isBackwards { ends.reverse() }
        guard let first = ends.first else { return "" }
        var text = "M\(number(first.x)) \(number(first.y))"
        var last = first
        // Straight pieces in a row are written as one.
        var straight: Double?
        for end in ends.dropFirst() {
            if abs(end.x - last.x) < 0.1 {
                if end.y != last.y { straight = end.y }
            } else {
                if let y = straight { text += "V\(number(y))" }
                straight = nil
                let middle = number((last.y + end.y) / 2)
                text += "C\(number(last.x)) \(middle) \(number(end.x)) \(middle) \(number(end.x)) \(number(end.y))"
            }
            last = end
        }
        if let y = straight { text += "V\(number(y))" }
        return text
    }

    private static func number(_ value: Double) -> String { SVGText.number(value) }
}
