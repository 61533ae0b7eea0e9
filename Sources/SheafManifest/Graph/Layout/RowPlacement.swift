/// Finds an order of the points of each row with few crossings, and where they stand.
///
/// The passes go down and up in turn: each puts the points of a row near the middle of what they are connected to in
/// the row before. The best of a bounded number of passes is kept.
struct RowPlacement {
    private static let orderPasses = 32
    private static let patience = 10
    private static let exchangePasses = 12
    private static let straightenPasses = 18
    /// Bends that are smaller than this look like mistakes.
    private static let smallBend = 18.0

    private let network: RowNetwork
    private let input: LayoutInput
    private let laneGap: Double
    /// The strips of each row: points of one region from left to right.
    private var strips: [[Strip]] = []
    private let children: [[Int]]

    /// The middle of each point, from the left edge of the drawing.
    private(set) var x: [Double]
    /// The left edge and the width of each region's frame.
    private(set) var frames: [(left: Double, width: Double)]
    /// The room that the points of each region need, without the regions in it.
    private var space: [Double]
    private(set) var width = 0.0

    private struct Strip {
        var region: Int
        var points: [Int]
    }

    private enum Side { case above, below, both }

    init(_ input: LayoutInput, _ network: RowNetwork, _ rows: RowAssignment) {
        self.input = input
        self.network = network
        x = Array(repeating: 0, count: network.points.count)
        frames = Array(repeating: (0, 0), count: input.regions.count)
        space = Array(repeating: 0, count: input.regions.count)
        children = input.regions.indices.map { region in
            input.regions.indices.filter { input.regions[$0].parent == region && network.spans[$0] != nil }
                .sorted { (network.spans[$0]?.lowerBound ?? 0, $0) < (network.spans[$1]?.lowerBound ?? 0, $1) }
        }
        let lanes = network.points.reduce(into: [Int](repeating: 0, count: network.rowCount)) {
            if $1.isLane { $0[$1.row] += 1 }
        }
        // Many lanes stand closer, so that lines never take more room than boxes.
        laneGap = min(input.metrics.laneGap, max(3, input.metrics.rowWidth * 0.5 / Double(max(1, lanes.max() ?? 1))))
        strips = Self.strips(network, rows)
        measure()
        placeAll(.both, isOrdering: false)
    }

    mutating func run() {
        reduceCrossings()
        for pass in 0..<Self.straightenPasses {
            placeAll(pass < Self.straightenPasses - 6 ? (pass % 2 == 0 ? .above : .below) : .both, isOrdering: false)
        }
        for row in strips.indices { snap(row, to: .above) }
        for row in strips.indices.reversed() { snap(row, to: .below) }
        arrangeRegions()
    }

    /// Takes small bends out of lines: a point moves right below or above its heaviest link when nothing is in the way.
    private mutating func snap(_ row: Int, to side: Side) {
        for strip in strips[row] {
            let room = contentLeft(strip.region)...(contentLeft(strip.region) + space[strip.region])
            for (place, point) in strip.points.enumerated() {
                let links = side == .above ? network.above[point] : network.below[point]
                // A point that is straight already on its other side stays so.
                let others = side == .above ? network.below[point] : network.above[point]
                if side == .below, others.contains(where: { x[$0.point] == x[point] }) { continue }
                guard let heaviest = links.map(\.weight).max(),
                    let link = links.first(where: { $0.weight == heaviest })
                else { continue }
                let wanted = x[link.point], half = network.points[point].width / 2
                guard abs(wanted - x[point]) < Self.smallBend, wanted - half >= room.lowerBound - 0.01,
                    wanted + half <= room.upperBound + 0.01
                else { continue }
                let isFree = [place - 1, place + 1].filter(strip.points.indices.contains).allSatisfy { beside in
                    let other = strip.points[beside]
                    let gap = beside < place ? gap(other, point) : gap(point, other)
                    return abs(wanted - x[other]) + 0.01 >= half + gap + network.points[other].width / 2
                }
                if isFree { x[point] = wanted }
            }
        }
    }

    private static func strips(_ network: RowNetwork, _ rows: RowAssignment) -> [[Strip]] {
        var lanes = [[Int]](repeating: [], count: network.rowCount)
        for (number, point) in network.points.enumerated() where point.isLane { lanes[point.row].append(number) }
        return zip(rows.boxes, lanes).map { boxes, lanes in
            let boxes = Dictionary(grouping: boxes) { network.points[$0].region }
            let lanes = Dictionary(grouping: lanes) { network.points[$0].region }
            return Set(boxes.keys).union(lanes.keys).sorted().map { region in
                // Lanes begin in the middle: where nothing pulls them, that is where they stay.
                let here = boxes[region] ?? []
                let left = here.prefix(here.count / 2), right = here.dropFirst(here.count / 2)
                return Strip(region: region, points: left + (lanes[region] ?? []) + right)
            }
        }
    }

    // MARK: Order

    private mutating func reduceCrossings() {
        var best = (strips: strips, x: x, frames: frames, crossings: crossings())
        var worse = 0
        for pass in 0..<Self.orderPasses where best.crossings > 0 && worse < Self.patience {
            placeAll(pass % 2 == 0 ? .above : .below, isOrdering: true)
            let found = crossings()
            if found < best.crossings {
                best = (strips, x, frames, found)
                worse = 0
            } else {
                worse += 1
            }
        }
        (strips, x, frames) = (best.strips, best.x, best.frames)
        exchangeNeighbours()
    }

    /// Exchanges neighbours in a row as long as that takes crossings away.
    private mutating func exchangeNeighbours() {
        var place = places()
        for _ in 0..<Self.exchangePasses {
            var isBetter = false
            for row in strips.indices {
                for strip in strips[row].indices {
                    for right in strips[row][strip].points.indices.dropFirst() {
                        let (one, other) = (strips[row][strip].points[right - 1], strips[row][strip].points[right])
                        if crossings(one, other, place) <= crossings(other, one, place) { continue }
                        strips[row][strip].points.swapAt(right - 1, right)
                        place.swapAt(one, other)
                        isBetter = true
                    }
                }
            }
            if !isBetter { break }
        }
    }

    /// How often the connections of two points cross when the first stands left of the second.
    private func crossings(_ left: Int, _ right: Int, _ place: [Int]) -> Int {
        func count(_ left: [RowNetwork.Link], _ right: [RowNetwork.Link]) -> Int {
            if left.isEmpty || right.isEmpty { return 0 }
            let ends = right.map { place[$0.point] }.sorted()
            var total = 0
            for link in left {
                let end = place[link.point]
                total += ends.prefix { $0 < end }.count
            }
            return total
        }
        return count(network.above[left], network.above[right]) + count(network.below[left], network.below[right])
    }

    /// For each point which one it is in its row, from the left.
    private func places() -> [Int] {
        var place = [Int](repeating: 0, count: network.points.count)
        for row in strips {
            for (number, point) in row.flatMap(\.points).sorted(by: { (x[$0], $0) < (x[$1], $1) }).enumerated() {
                place[point] = number
            }
        }
        return place
    }

    /// How many pairs of connections cross.
    private func crossings() -> Int {
        var total = 0
        let place = places()
        for row in strips {
            let ends = row.flatMap(\.points).sorted { place[$0] < place[$1] }
                .flatMap { network.below[$0].map { place[$0.point] }.sorted() }
            total += Self.inversions(ends)
        }
        return total
    }

    /// Pairs that stand in the wrong order, counted with a tree of sums.
    private static func inversions(_ values: [Int]) -> Int {
        var tree = [Int](repeating: 0, count: (values.max() ?? 0) + 2)
        var total = 0
        for (seen, value) in values.enumerated() {
            var notGreater = 0
            var index = value + 1
            while index > 0 {
                notGreater += tree[index]
                index &= index - 1
            }
            total += seen - notGreater
            index = value + 1
            while index < tree.count {
                tree[index] += 1
                index += index & -index
            }
        }
        return total
    }

    // MARK: Place

    private mutating func placeAll(_ side: Side, isOrdering: Bool) {
        let rows = Array(strips.indices)
        for row in side == .below ? rows.reversed() : rows {
            for strip in strips[row].indices { place(row, strip, side, isOrdering: isOrdering) }
        }
        arrangeRegions()
    }

    private mutating func place(_ row: Int, _ strip: Int, _ side: Side, isOrdering: Bool) {
        let region = strips[row][strip].region
        let left = contentLeft(region)
        let room = left...(left + space[region])
        var wishes = strips[row][strip].points.map { point -> (point: Int, x: Double, weight: Double) in
            let wish = self.wish(of: point, side)
            return (point, min(max(wish.x, room.lowerBound), room.upperBound), wish.weight)
        }
        if isOrdering {
            wishes = wishes.enumerated().sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element)
            strips[row][strip].points = wishes.map(\.point)
        }
        var items: [IsotonicPlacement.Item] = []
        items.reserveCapacity(wishes.count)
        for (number, wish) in wishes.enumerated() {
            let gap = number == 0 ? 0 : self.gap(wishes[number - 1].point, wish.point)
            items.append(
                .init(desired: wish.x - left, weight: wish.weight, width: network.points[wish.point].width, gap: gap)
            )
        }
        for (wish, middle) in zip(wishes, IsotonicPlacement.middles(items, space: space[region])) {
            x[wish.point] = left + middle
        }
    }

    /// The weighted middle of the connected points; where the point is when there are none.
    private func wish(of point: Int, _ side: Side) -> (x: Double, weight: Double) {
        var sum = 0.0, weight = 0.0
        if side != .below {
            for link in network.above[point] {
                sum += x[link.point] * link.weight
                weight += link.weight
            }
        }
        if side != .above {
            for link in network.below[point] {
                sum += x[link.point] * link.weight
                weight += link.weight
            }
        }
        return weight > 0 ? (sum / weight, weight) : (x[point], 0.1)
    }

    private func gap(_ left: Int, _ right: Int) -> Double {
        switch (network.points[left].isLane, network.points[right].isLane) {
        case (true, true): laneGap
        case (false, false): input.metrics.boxGap
        default: max(laneGap, input.metrics.boxGap * 0.6)
        }
    }

    // MARK: Regions

    /// The room that each region's own points need: that of its fullest row.
    private mutating func measure() {
        for row in strips {
            for strip in row {
                let items = strip.points.enumerated().map { number, point in
                    IsotonicPlacement.Item(
                        desired: 0,
                        weight: 1,
                        width: network.points[point].width,
                        gap: number == 0 ? 0 : gap(strip.points[number - 1], point)
                    )
                }
                space[strip.region] = max(space[strip.region], IsotonicPlacement.width(items))
            }
        }
    }

    private func contentLeft(_ region: Int) -> Double {
        frames[region].left + (region == 0 ? 0 : input.metrics.regionPadding)
    }

    /// Puts each region right of what stands beside it, and moves its points along.
    private mutating func arrangeRegions() {
        var extents = [Double](repeating: 0, count: network.rowCount)
        extend(&extents, with: 0)
        arrange(childrenOf: 0, &extents)
        width = max(space[0], extents.max() ?? 0)
        frames[0] = (0, width)
    }

    /// Notes how far the points of a region reach to the right in each row.
    private func extend(_ extents: inout [Double], with region: Int) {
        for (row, line) in strips.enumerated() {
            for strip in line where strip.region == region {
                for point in strip.points {
                    extents[row] = max(extents[row], x[point] + network.points[point].width / 2)
                }
            }
        }
    }

    private mutating func arrange(childrenOf region: Int, _ extents: inout [Double]) {
        for child in children[region] {
            guard let span = network.spans[child] else { continue }
            let reached = span.map { extents[$0] }.max() ?? 0
            let isFirst = region == 0 ? reached == 0 : reached < contentLeft(region)
            let left = isFirst ? (region == 0 ? 0 : contentLeft(region)) : reached + input.metrics.boxGap
            move(child, by: left - frames[child].left)
            var inner = extents
            for row in span { inner[row] = left }
            extend(&inner, with: child)
            arrange(childrenOf: child, &inner)
            let content = contentLeft(child) + space[child]
            let right = max(content, span.map { inner[$0] }.max() ?? 0) + input.metrics.regionPadding
            frames[child].width = right - left
            for row in span { extents[row] = right }
        }
    }

    private mutating func move(_ region: Int, by distance: Double) {
        if distance == 0 { return }
        frames[region].left += distance
        for row in network.spans[region] ?? 0...0 {
            for strip in strips[row] where strip.region == region {
                for point in strip.points { x[point] += distance }
            }
        }
        for child in children[region] { move(child, by: distance) }
    }
}
