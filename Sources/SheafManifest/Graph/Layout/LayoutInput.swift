/// What is to be laid out: boxes in waves, and edges that lead from earlier waves to later ones.
struct LayoutInput {
    struct Box {
        var width: Double
        var height: Double
        /// From 0.
        var wave: Int
        /// A position in `regions`.
        var region = 0
    }

    struct Edge {
        var from: Int
        var to: Int
        /// How much it matters that the edge is straight; 1 for most.
        var weight = 1.0
    }

    /// A frame around boxes, after the one around it; the first has no parent and is the whole drawing.
    struct Region {
        var parent: Int?
    }

    /// Lengths in the drawing's unit.
    struct Metrics {
        /// A wave is broken into rows when its boxes are wider than this together.
        var rowWidth: Double
        /// The same, inside of regions.
        var regionRowWidth: Double
        var boxGap: Double
        /// Between lines that pass a row of boxes.
        var laneGap: Double
        /// Between the rows of one wave, at least.
        var rowGap: Double
        /// Between waves, at least.
        var waveGap: Double
        var regionPadding: Double
        /// The height of a region's title.
        var regionHeader: Double
    }

    var boxes: [Box]
    var edges: [Edge]
    var regions: [Region] = [Region(parent: nil)]
    var metrics: Metrics
}

/// A rectangle by its upper left corner.
struct LayoutFrame: Hashable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    var right: Double { x + width }
    var bottom: Double { y + height }
    var midX: Double { x + width / 2 }
}
