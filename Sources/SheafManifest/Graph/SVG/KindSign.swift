internal import SheafModel

/// How a kind of resource is told from others: by a colour that colour-blind people can tell apart too, and by a shape.
///
/// The colours follow Okabe and Ito; kinds of one purpose share one. Shapes are drawn in a square of 16.
struct KindSign {
    /// The class of the style sheet.
    let family: String
    /// Path data, filled.
    var fill = ""
    /// Path data, stroked.
    var stroke = ""

    /// The style sheet's colours: of the tile, and of the shape on it.
    static let families: [(name: String, tile: String, ink: String)] = [
        ("k-flow", "#0072b2", "#fff"), ("k-serve", "#007a5e", "#fff"), ("k-work", "#56b4e9", "#10222e"),
        ("k-secret", "#d55e00", "#fff"), ("k-data", "#e69f00", "#2b1d00"), ("k-base", "#6b7280", "#fff"),
        ("k-watch", "#b0508a", "#fff"), ("k-pack", "#3f4a5a", "#fff"),
    ]

    static func of(_ kind: ResourceKind) -> KindSign {
        switch kind {
        case .workflow:
            KindSign(
                family: "k-flow",
                fill: circle(3.5, 8, 2) + circle(12.5, 3.5, 2) + circle(12.5, 12.5, 2),
                stroke: "M5 7.2 11 4.2M5 8.8 11 11.8"
            )
        case .service:
            KindSign(family: "k-serve", fill: circle(8, 8, 2.2), stroke: circle(8, 8, 5.6))
        case .worker:
            KindSign(family: "k-work", fill: "M8 1.8 13.4 4.9V11.1L8 14.2 2.6 11.1V4.9Z")
        case .secret:
            KindSign(family: "k-secret", fill: "M3 7.2H13V14H3Z", stroke: "M5.2 7V5.2A2.8 2.8 0 0 1 10.8 5.2V7")
        case .instanceSecret:
            KindSign(family: "k-secret", fill: circle(4.6, 8, 2.9), stroke: "M7 8H14V11M11 8V10.4")
        case .volume:
            KindSign(
                family: "k-data",
                stroke: "M3 4.2C3 1.6 13 1.6 13 4.2V11.8C13 14.4 3 14.4 3 11.8ZM3 4.2C3 6.8 13 6.8 13 4.2"
            )
        case .depot:
            KindSign(family: "k-data", fill: "M8 1.6 14.4 6.4V14H10.6V9.4H5.4V14H1.6V6.4Z")
        case .database, .lakehouse:
            KindSign(
                family: "k-data",
                stroke: "M3 4C3 1.8 13 1.8 13 4V12C13 14.2 3 14.2 3 12ZM3 4C3 6.2 13 6.2 13 4M3 8C3 10.2 13 10.2 13 8"
            )
        case .compute:
            KindSign(
                family: "k-base",
                fill: "M5.6 5.6H10.4V10.4H5.6Z",
                stroke:
                    "M3.4 3.4H12.6V12.6H3.4ZM6 3.4V1M10 3.4V1M6 15V12.6M10 15V12.6"
                    + "M3.4 6H1M3.4 10H1M15 6H12.6M15 10H12.6"
            )
        case .stack:
            KindSign(family: "k-base", fill: "M8 1.6 14.6 5 8 8.4 1.4 5Z", stroke: "M2 8 8 11.1 14 8M2 11 8 14.1 14 11")
        case .cluster, .dataplane:
            KindSign(
                family: "k-base",
                fill: circle(4.4, 4.4, 2.3) + circle(11.6, 4.4, 2.3) + circle(4.4, 11.6, 2.3) + circle(11.6, 11.6, 2.3)
            )
        case .monitor:
            KindSign(family: "k-watch", stroke: "M1.4 8.4H4.6L6.6 3.4 9.4 12.8 11.4 8.4H14.6")
        case .pager:
            KindSign(
                family: "k-watch",
                fill: "M8 1.8C11 1.8 12 4.2 12 7.6L13.6 11.4H2.4L4 7.6C4 4.2 5 1.8 8 1.8ZM6.4 12.6H9.6L8 14.4Z"
            )
        case .policy, .grant:
            KindSign(family: "k-watch", fill: "M8 1.6 13.6 3.6V8C13.6 11.4 11 13.6 8 14.6 5 13.6 2.4 11.4 2.4 8V3.6Z")
        case .lens:
            KindSign(family: "k-work", stroke: circle(6.8, 6.8, 4.4) + "M10 10 14.2 14.2")
        case .bundle:
            KindSign(family: "k-pack", stroke: "M2 4.8 8 1.8 14 4.8V11.2L8 14.2 2 11.2ZM2 4.8 8 7.8 14 4.8M8 7.8V14.2")
        case .operator, .resource:
            KindSign(family: "k-base", fill: "M8 1.6 14.4 8 8 14.4 1.6 8Z")
        }
    }

    private static func circle(_ x: Double, _ y: Double, _ radius: Double) -> String {
        let (r, d) = (SVGText.number(radius), SVGText.number(radius * 2))
        return "M\(SVGText.number(x - radius)) \(SVGText.number(y))a\(r) \(r) 0 1 0 \(d) 0a\(r) \(r) 0 1 0 -\(d) 0"
    }

    /// The tile with the shape, its upper left corner at a place.
    func tile(x: Double, y: Double, size: Double) -> String {
        let scale = size / 24
        let at = "translate(\(SVGText.number(x + 4 * scale)) \(SVGText.number(y + 4 * scale)))"
        let scaling = scale == 1 ? "" : " scale(\(SVGText.number(scale)))"
        let (left, top, side) = (SVGText.number(x), SVGText.number(y), SVGText.number(size))
        var text =
            "<g class=\"\(family)\"><rect class=\"t\" x=\"\(left)\" y=\"\(top)\" width=\"\(side)\" height=\"\(side)\""
        text += " rx=\"\(SVGText.number(size / 5))\"/><g transform=\"\(at)\(scaling)\">"
        if !fill.isEmpty { text += "<path class=\"gf\" d=\"\(fill)\"/>" }
        if !stroke.isEmpty { text += "<path class=\"gs\" d=\"\(stroke)\"/>" }
        return text + "</g></g>"
    }
}
