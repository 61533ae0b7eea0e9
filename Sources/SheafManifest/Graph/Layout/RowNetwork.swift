/// Boxes and the lanes on which lines pass rows, with what connects neighbouring rows.
///
/// Lines that leave the same box share their lanes, so that they look like one stem with branches; so do lines that
/// meet the same box, when it has more lines than where they come from. A stem thus always stands for one box. Points
/// are numbered: the boxes first, then the lanes.
struct RowNetwork {
    struct Point {
        var row: Int
        var region: Int
        /// 0 for lanes.
        var width: Double
        var isLane: Bool
    }

    /// A connection of points in neighbouring rows.
    struct Link {
        var point: Int
        var weight: Double
    }

    /// Lines that are longer go straight when there would be more lanes than `laneLimit`.
    private static let longestRouted = 6
    private static let laneLimit = 120_000

    private(set) var points: [Point]
    /// For each point those of the row above and of the row below.
    private(set) var above: [[Link]]
    private(set) var below: [[Link]]
    /// For each edge the points from its source to its target; only these two for an edge that goes straight.
    private(set) var routes: [[Int]] = []
    /// For each edge whether it shares its lanes with others that meet the same box.
    private(set) var leadsToOwner: [Bool] = []
    private(set) var rowCount: Int
    /// The first and the last row of each region; nil for empty ones.
    private(set) var spans: [ClosedRange<Int>?]

    init(_ input: LayoutInput, _ rows: RowAssignment) {
        points = input.boxes.indices.map {
            Point(row: rows.row[$0], region: input.boxes[$0].region, width: input.boxes[$0].width, isLane: false)
        }
        above = Array(repeating: [], count: points.count)
        below = above
        rowCount = rows.wave.count
        spans = Self.spans(input, rows)
        let lengths = input.edges.reduce(0) { $0 + rows.row[$1.to] - rows.row[$1.from] }
        let routed = lengths > Self.laneLimit ? Self.longestRouted : Int.max
        addRoutes(input, longest: routed)
    }

    private static func spans(_ input: LayoutInput, _ rows: RowAssignment) -> [ClosedRange<Int>?] {
        var spans = [ClosedRange<Int>?](repeating: nil, count: input.regions.count)
        for (box, row) in rows.row.enumerated() {
            var region: Int? = input.boxes[box].region
            while let current = region {
                let span = spans[current] ?? row...row
                spans[current] = min(span.lowerBound, row)...max(span.upperBound, row)
                region = input.regions[current].parent
            }
        }
        return spans
    }

    private struct LaneKey: Hashable {
        var owner: Int
        var leadsToOwner: Bool
        var row: Int
        var region: Int
    }

    private mutating func addRoutes(_ input: LayoutInput, longest: Int) {
        var lanes: [LaneKey: Int] = [:]
        var linked: [Int: (up: Int, down: Int)] = [:]
        var leaving = [Int](repeating: 0, count: points.count), meeting = leaving
        for edge in input.edges {
            leaving[edge.from] += 1
            meeting[edge.to] += 1
        }
        for edge in input.edges {
            let leadsToOwner = meeting[edge.to] > leaving[edge.from]
            self.leadsToOwner.append(leadsToOwner)
            let first = points[edge.from].row, last = points[edge.to].row
            guard last - first <= longest else {
                routes.append([edge.from, edge.to])
                continue
            }
            var route = [edge.from]
            for row in (first + 1)..<max(last, first + 1) {
                let region = self.region(at: row, edge, input)
                let key = LaneKey(
                    owner: leadsToOwner ? edge.to : edge.from,
                    leadsToOwner: leadsToOwner,
                    row: row,
                    region: region
                )
                if let lane = lanes[key] {
                    route.append(lane)
                } else {
                    lanes[key] = points.count
                    route.append(points.count)
                    points.append(Point(row: row, region: region, width: 0, isLane: true))
                    above.append([])
                    below.append([])
                }
            }
            route.append(edge.to)
            for (upper, lower) in zip(route, route.dropFirst()) { connect(upper, lower, edge.weight, &linked) }
            routes.append(route)
        }
    }

    private mutating func connect(
        _ upper: Int,
        _ lower: Int,
        _ weight: Double,
        _ linked: inout [Int: (up: Int, down: Int)]
    ) {
        // Lanes should be straight above all; what a region is connected to outside should not bend it.
        let factor =
            points[upper].region != points[lower].region
            ? 0.1 : points[upper].isLane && points[lower].isLane ? 24.0 : points[lower].isLane ? 2.0 : 1.0
        let key = upper << 32 | lower
        if let places = linked[key] {
            above[lower][places.up].weight += weight * 0.1
            below[upper][places.down].weight += weight * 0.1
            return
        }
        linked[key] = (above[lower].count, below[upper].count)
        above[lower].append(Link(point: upper, weight: weight * factor))
        below[upper].append(Link(point: lower, weight: weight * factor))
    }

    /// The region in which a line passes a row: that of its target as soon as it is reached, else that of its source.
    private func region(at row: Int, _ edge: LayoutInput.Edge, _ input: LayoutInput) -> Int {
        for end in [edge.to, edge.from] {
            var region: Int? = input.boxes[end].region
            while let current = region, current != 0 {
                if spans[current]?.contains(row) == true { return current }
                region = input.regions[current].parent
            }
        }
        return 0
    }
}
