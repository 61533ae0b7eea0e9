/// Breaks waves into rows that are not too wide.
///
/// In a wave, what nothing waits for stands above what other waves wait for, so that few lines pass between boxes; in
/// the first wave, what is needed later stands above what is needed sooner.
struct RowAssignment {
    /// The row of each box.
    private(set) var row: [Int]
    /// The wave of each row.
    private(set) var wave: [Int] = []
    /// The boxes of each row, in the order in which they were dealt out.
    private(set) var boxes: [[Int]] = []

    init(_ input: LayoutInput) {
        row = Array(repeating: 0, count: input.boxes.count)
        let ranks = Self.ranks(input)
        let waveCount = (input.boxes.map(\.wave).max() ?? -1) + 1
        var members = [[Int]](repeating: [], count: waveCount)
        for box in input.boxes.indices { members[input.boxes[box].wave].append(box) }
        for (number, wave) in members.enumerated() {
            let first = self.wave.count
            let byRegion = Dictionary(grouping: wave) { input.boxes[$0].region }
            for region in byRegion.keys.sorted() {
                let sorted = (byRegion[region] ?? []).sorted { (ranks[$0], $0) < (ranks[$1], $1) }
                for (place, part) in Self.parts(of: sorted, in: region, input).enumerated() {
                    if first + place == self.wave.count {
                        self.wave.append(number)
                        boxes.append([])
                    }
                    boxes[first + place] += part
                    for box in part { row[box] = first + place }
                }
            }
        }
    }

    private struct Rank: Comparable {
        var level: Int
        var near: Double

        static func < (left: Rank, right: Rank) -> Bool { (left.level, left.near) < (right.level, right.near) }
    }

    private static func ranks(_ input: LayoutInput) -> [Rank] {
        var soonest = [Int?](repeating: nil, count: input.boxes.count)
        var heir = soonest
        var parents = [(sum: Double, count: Double)](repeating: (0, 0), count: input.boxes.count)
        for edge in input.edges {
            let wave = input.boxes[edge.to].wave
            if soonest[edge.from].map({ wave < $0 }) ?? true {
                soonest[edge.from] = wave
                heir[edge.from] = edge.to
            }
            parents[edge.to].sum += Double(edge.from)
            parents[edge.to].count += 1
        }
        return input.boxes.indices.map { box in
            let level = soonest[box].map { -$0 } ?? Int.min
            if parents[box].count > 0 { return Rank(level: level, near: parents[box].sum / parents[box].count) }
            return Rank(level: level, near: Double(heir[box] ?? box))
        }
    }

    /// As few rows as the width allows, about equally full.
    private static func parts(of boxes: [Int], in region: Int, _ input: LayoutInput) -> [[Int]] {
        let limit = region == 0 ? input.metrics.rowWidth : input.metrics.regionRowWidth
        func width(_ box: Int) -> Double { input.boxes[box].width + input.metrics.boxGap }
        let total = boxes.reduce(0) { $0 + width($1) }
        let count = max(1, (total / (limit + input.metrics.boxGap)).rounded(.up))
        let share = total / count
        var parts: [[Int]] = []
        var filled = 0.0
        for box in boxes {
            // A box belongs to the row in which its middle lies.
            let place = Int(((filled + width(box) / 2) / share).rounded(.down))
            while parts.count <= place, parts.count < Int(count) { parts.append([]) }
            parts[parts.count - 1].append(box)
            filled += width(box)
        }
        return parts.filter { !$0.isEmpty }
    }
}
