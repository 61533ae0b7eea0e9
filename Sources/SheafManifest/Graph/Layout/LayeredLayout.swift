/// A drawing of boxes in rows, with lines that run between the boxes.
///
/// It is a layered drawing after Sugiyama: waves are broken into rows, lines get lanes through the rows that they pass,
/// rows are put in an order with few crossings, and places are chosen so that lines are straight where they can be.
/// Equal input gives equal drawings.
/// - Complexity: O(P log P) for each of a bounded number of passes, P being the boxes and lanes; a box has at most one
///   lane in a row, and when there would be more than a fixed number of lanes long lines get none.
struct LayeredLayout {
    /// A place where a line passes a row: it comes in above and goes out below.
    struct Stop {
        var x: Double
        var top: Double
        var bottom: Double
    }

    private(set) var frames: [LayoutFrame] = []
    /// For each edge where it leaves its source, the lanes that it takes, and where it meets its target.
    private(set) var routes: [[Stop]] = []
    /// For each edge whether it is to be drawn from its end, where others join it, so that dashes fall on dashes.
    var isDrawnBackwards: [Bool] { network.leadsToOwner }
    /// For each region its frame, with its title; nil for empty ones, and the first is the whole drawing.
    private(set) var regions: [LayoutFrame?] = []
    /// Top and bottom of each wave.
    private(set) var bands: [(top: Double, bottom: Double)] = []

    private let input: LayoutInput
    private let rows: RowAssignment
    private let network: RowNetwork
    private var rowTop: [Double] = []
    private var rowBottom: [Double] = []

    init(_ input: LayoutInput) {
        self.input = input
        rows = RowAssignment(input)
        network = RowNetwork(input, rows)
        var placement = RowPlacement(input, network, rows)
        placement.run()
        setHeights(placement)
        frames = input.boxes.enumerated().map { number, box in
            LayoutFrame(
                x: placement.x[number] - box.width / 2,
                y: rowTop[rows.row[number]],
                width: box.width,
                height: box.height
            )
        }
        setRegions(placement)
        setRoutes(placement)
    }

    var width: Double { regions.first.flatMap { $0 }?.width ?? 0 }
    var height: Double { regions.first.flatMap { $0 }?.height ?? 0 }

    // MARK: Heights

    private mutating func setHeights(_ placement: RowPlacement) {
        let starts = regionCounts(\.lowerBound), ends = regionCounts(\.upperBound)
        var heights = [Double](repeating: 0, count: rows.wave.count)
        for (number, box) in input.boxes.enumerated() {
            heights[rows.row[number]] = max(heights[rows.row[number]], box.height)
        }
        let reaches = self.reaches(placement)
        let metrics = input.metrics
        var y = 0.0
        bands = Array(repeating: (0, 0), count: (rows.wave.max() ?? -1) + 1)
        for row in rows.wave.indices {
            let isFirst = row == 0 || rows.wave[row - 1] != rows.wave[row]
            let above = Double(starts[row]) * (metrics.regionHeader + metrics.regionPadding / 2)
            let below = row == 0 ? 0 : Double(ends[row - 1]) * metrics.regionPadding
            // Lines that go far to the side need height to do so.
            let slope = row == 0 ? 0 : min(metrics.waveGap * 1.8, reaches[row - 1] * 0.06)
            let gap = row == 0 ? metrics.waveGap / 2 : (isFirst ? metrics.waveGap : metrics.rowGap) + slope
            y += gap + above + below
            if isFirst {
                let edge = row == 0 ? 0 : rowBottom[row - 1] + below + gap / 2
                if row > 0 { bands[rows.wave[row - 1]].bottom = edge }
                bands[rows.wave[row]].top = edge
            }
            rowTop.append(y)
            y += heights[row]
            rowBottom.append(y)
        }
        let total = y + metrics.waveGap / 2 + Double(ends.last ?? 0) * metrics.regionPadding
        if let last = rows.wave.last { bands[last].bottom = total }
        regions = Array(repeating: nil, count: input.regions.count)
        regions[0] = LayoutFrame(x: 0, y: 0, width: placement.width, height: rows.wave.isEmpty ? 0 : total)
    }

    /// The most regions within each other that begin or end at each row.
    private func regionCounts(_ bound: (ClosedRange<Int>) -> Int) -> [Int] {
        var counts = [Int](repeating: 0, count: rows.wave.count)
        for region in input.regions.indices.dropFirst() {
            guard let row = network.spans[region].map(bound) else { continue }
            var depth = 0
            var next: Int? = region
            while let current = next, current != 0 {
                if network.spans[current].map(bound) == row { depth += 1 }
                next = input.regions[current].parent
            }
            counts[row] = max(counts[row], depth)
        }
        return counts
    }

    /// How far lines go to the side below each row.
    private func reaches(_ placement: RowPlacement) -> [Double] {
        var reaches = [Double](repeating: 0, count: rows.wave.count)
        for point in network.points.indices {
            for link in network.below[point] {
                let row = network.points[point].row
                reaches[row] = max(reaches[row], abs(placement.x[point] - placement.x[link.point]))
            }
        }
        return reaches
    }

    private mutating func setRegions(_ placement: RowPlacement) {
        let metrics = input.metrics
        let above = insets(\.lowerBound), below = insets(\.upperBound)
        for region in input.regions.indices.dropFirst() {
            guard let span = network.spans[region] else { continue }
            let top = rowTop[span.lowerBound] - above[region] * (metrics.regionHeader + metrics.regionPadding / 2)
            let bottom = rowBottom[span.upperBound] + below[region] * metrics.regionPadding
            let frame = placement.frames[region]
            regions[region] = LayoutFrame(x: frame.left, y: top, width: frame.width, height: bottom - top)
        }
    }

    /// For each region how many frames, its own among them, begin or end in it at the same row.
    private func insets(_ bound: (ClosedRange<Int>) -> Int) -> [Double] {
        var insets = [Double](repeating: 1, count: input.regions.count)
        for region in input.regions.indices.reversed() {
            guard let parent = input.regions[region].parent, let span = network.spans[region],
                network.spans[parent].map(bound) == bound(span)
            else { continue }
            insets[parent] = max(insets[parent], insets[region] + 1)
        }
        return insets
    }

    // MARK: Lines

    private mutating func setRoutes(_ placement: RowPlacement) {
        let ports = self.ports(placement)
        routes = network.routes.enumerated().map { number, route in
            var stops: [Stop] = []
            for (place, point) in route.enumerated() {
                let row = network.points[point].row
                if place == 0 {
                    let bottom = frames[point].bottom
                    stops.append(Stop(x: frames[point].midX, top: bottom, bottom: rowBottom[row]))
                } else if place == route.count - 1 {
                    stops.append(Stop(x: ports[number], top: rowTop[row], bottom: rowTop[row]))
                } else {
                    stops.append(Stop(x: placement.x[point], top: rowTop[row], bottom: rowBottom[row]))
                }
            }
            return stops
        }
    }

    /// Where each edge meets the upper side of its target: from left to right as the lines come in, those of a stem at
    /// one place.
    private func ports(_ placement: RowPlacement) -> [Double] {
        var ports = [Double](repeating: 0, count: input.edges.count)
        let incoming = Dictionary(grouping: input.edges.indices) { input.edges[$0].to }
        for (target, edges) in incoming {
            let origins = Dictionary(grouping: edges) { edge in
                network.routes[edge][network.routes[edge].count - 2]
            }
            let sorted = origins.keys.sorted { (placement.x[$0], $0) < (placement.x[$1], $1) }
            let step = min(16, frames[target].width * 0.7 / Double(max(1, sorted.count - 1)))
            let first = frames[target].midX - step * Double(sorted.count - 1) / 2
            for (place, origin) in sorted.enumerated() {
                for edge in origins[origin] ?? [] { ports[edge] = first + step * Double(place) }
            }
        }
        return ports
    }
}
