/// Puts things of given widths into a line, in a given order, as near as possible to where they want to be.
///
/// This is the least-squares solution, found by pooling neighbours that push each other.
struct IsotonicPlacement {
    /// Something with a width; `gap` is kept free to its left.
    struct Item {
        var desired: Double
        var weight: Double
        var width: Double
        var gap: Double
    }

    /// The middles of the items, which lie between 0 and `space`; when they do not fit, they begin at 0.
    ///
    /// - Complexity: Linear.
    static func middles(_ items: [Item], space: Double) -> [Double] {
        var offsets: [Double] = []
        offsets.reserveCapacity(items.count)
        var end = 0.0
        for (number, item) in items.enumerated() {
            if number > 0 { end += item.gap }
            offsets.append(end + item.width / 2)
            end += item.width
        }
        var pools: [(value: Double, weight: Double, count: Int)] = []
        for (item, offset) in zip(items, offsets) {
            var pool = (value: item.desired - offset, weight: item.weight, count: 1)
            while let last = pools.last, last.value > pool.value {
                let weight = last.weight + pool.weight
                pool.value = (last.value * last.weight + pool.value * pool.weight) / weight
                pool.weight = weight
                pool.count += last.count
                pools.removeLast()
            }
            pools.append(pool)
        }
        var middles: [Double] = []
        middles.reserveCapacity(items.count)
        for pool in pools {
            let shift = max(0, min(pool.value, space - end))
            for _ in 0..<pool.count { middles.append(shift + offsets[middles.count]) }
        }
        return middles
    }

    /// How much room the items need.
    static func width(_ items: some Sequence<Item>) -> Double {
        items.reduce((0.0, true)) { ($0.0 + $1.width + ($0.1 ? 0 : $1.gap), false) }.0
    }
}
