/// Changes of one text that do not touch each other, in the order of the text.
struct TextChanges {
    /// Bytes and what takes their place.
    struct Change: Equatable {
        var range: Range<Int>
        var replacement: [UInt8]

        /// Whether both change the same text; two insertions at one place count, since their order would be a guess.
        func overlaps(_ other: Change) -> Bool {
            if range.isEmpty, other.range.isEmpty { return range.lowerBound == other.range.lowerBound }
            return range.lowerBound < other.range.upperBound && other.range.lowerBound < range.upperBound
        }

        func isBefore(_ other: Change) -> Bool {
            (range.lowerBound, range.upperBound) < (other.range.lowerBound, other.range.upperBound)
        }
    }

    private var changes: [Change] = []

    /// Adds all of some changes or none of them; what is there already need not be added again.
    ///
    /// - Returns: False when one of them touches another or one that is there.
    mutating func add(_ group: [Change]) -> Bool {
        // The usual fix is one change: no copy is made for it.
        if group.count == 1, let change = group.first { return add(change) }
        var extended = self
        for change in group {
            guard extended.add(change) else { return false }
        }
        self = extended
        return true
    }

    private mutating func add(_ change: Change) -> Bool {
        let index = position(of: change)
        // Those that are there touch each other nowhere, so the neighbours are all that matter.
        for neighbour in [index - 1, index] where changes.indices.contains(neighbour) {
            if changes[neighbour] == change { return true }
            if changes[neighbour].overlaps(change) { return false }
        }
        changes.insert(change, at: index)
        return true
    }

    /// The text with all changes made.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        guard !changes.isEmpty else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + changes.reduce(0) { $0 + $1.replacement.count })
        var position = 0
        for change in changes {
            result += bytes[position..<change.range.lowerBound]
            result += change.replacement
            position = change.range.upperBound
        }
        return result + bytes[position...]
    }

    private func position(of change: Change) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].isBefore(change) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
