import Testing

/// The shapes of a drawing, read back from its text.
struct SVGPicture {
    struct Point { var x: Double, y: Double }

    struct Box {
        var left: Double, top: Double, right: Double, bottom: Double

        func overlaps(_ other: Box) -> Bool {
            left < other.right && other.left < right && top < other.bottom && other.top < bottom
        }

        func contains(_ point: Point) -> Bool { left < point.x && point.x < right && top < point.y && point.y < bottom }

        func inset(by distance: Double) -> Box {
            Box(left: left + distance, top: top + distance, right: right - distance, bottom: bottom - distance)
        }
    }

    let text: String
    let width: Double
    let height: Double
    /// The boxes of resources, with the sample in the legend.
    let boxes: [Box]
    /// The frames of nested bundles, with the sample in the legend.
    let frames: [Box]
    /// Points on each line between resources, many enough to tell where it runs.
    let lines: [[Point]]

    init(_ text: String) throws {
        self.text = text
        let size = try #require(text.firstMatch(of: /viewBox="0 0 ([0-9.]+) ([0-9.]+)"/))
        width = try #require(Double(size.output.1))
        height = try #require(Double(size.output.2))
        let pattern = /<rect class="([a-z ]+)" x="([0-9.]+)" y="([0-9.]+)" width="([0-9.]+)" height="([0-9.]+)"/
        let rects = try text.matches(of: pattern).map { match -> (style: Substring, box: Box) in
            let left = try #require(Double(match.output.2)), top = try #require(Double(match.output.3))
            let width = try #require(Double(match.output.4)), height = try #require(Double(match.output.5))
            return (match.output.1, Box(left: left, top: top, right: left + width, bottom: top + height))
        }
        boxes = rects.filter { $0.style.split(separator: " ").first == "b" }.map(\.box)
        frames = rects.filter { $0.style == "frame" }.map(\.box)
        // Lines between jobs run within the box of their workflow.
        let between = text.replacing(/<g class="je">.*?<\/g>/, with: "")
        lines = try between.matches(of: /<path(?: class="[iocrx ]+")? d="(M[^"]+)"/).map {
            try Self.points(of: $0.output.1)
        }
    }

    /// Reads `M`, `V` and `C`, which are all that drawings use for lines.
    private static func points(of data: Substring) throws -> [Point] {
        var points: [Point] = []
        for step in data.matches(of: /([MVC])([-0-9. ]+)/) {
            let values = try step.output.2.split(separator: " ").map { try #require(Double($0)) }
            let last = points.last
            switch (step.output.1, values.count) {
            case ("M", 2): points.append(Point(x: values[0], y: values[1]))
            case ("V", 1):
                let start = try #require(last)
                for part in 1...6 {
                    points.append(Point(x: start.x, y: start.y + (values[0] - start.y) * Double(part) / 6))
                }
            case ("C", 6):
                let start = try #require(last)
                for part in 1...12 {
                    let t = Double(part) / 12, s = 1 - t
                    let (a, b, c, d) = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
                    points.append(
                        Point(
                            x: a * start.x + b * values[0] + c * values[2] + d * values[4],
                            y: a * start.y + b * values[1] + c * values[3] + d * values[5]
                        )
                    )
                }
            default: Issue.record("\(step.output.0) is no part of a line")
            }
        }
        return points
    }
}

/// Whether a text is well-formed XML of the simple sort: elements, attributes in double quotes, the five entities.
enum XMLCheck {
    /// What is wrong first, or nil.
    static func firstMistake(in text: String) -> String? {
        var open: [Substring] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            if let mistake = mistake(inText: rest[..<start]) { return mistake }
            guard let end = rest[start...].firstIndex(of: ">") else { return "a tag has no end" }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return "</\(tag.dropFirst())> closes nothing" }
                continue
            }
            guard let match = tag.wholeMatch(of: /([a-zA-Z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)/) else {
                return "<\(tag)> is no tag"
            }
            if let mistake = mistake(inText: match.output.2) { return mistake }
            if match.output.3.isEmpty { open.append(match.output.1) }
        }
        return open.isEmpty && !rest.contains("&") ? nil : "\(open) is not closed"
    }

    private static func mistake(inText text: Substring) -> String? {
        if text.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\n" || $0.value == 0xFFFE }) {
            return "a character that XML cannot hold"
        }
        let known = text.replacing(/&(amp|lt|gt|quot|#39);/, with: "")
        return known.contains("&") ? "an entity in '\(text.prefix(80))'" : nil
    }
}
