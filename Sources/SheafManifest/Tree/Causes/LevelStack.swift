/// The mappings and lists that are open at a line, by their columns.
struct LevelStack: Sendable {
    struct Level: Sendable {
        var column: Int
        var isList: Bool
        /// The first and the last line with a key or a dash at this level.
        var first: Int
        var last: Int
    }

    private(set) var levels: [Level] = []

    /// The levels that are open before a line.
    init(before index: Int, in lines: [TextLine]) {
        for (number, line) in lines[..<index].enumerated() where line.role == .content && !line.isBare {
            for dash in line.dashes { add(line.column(dash), isList: true, number) }
            if let key = line.key { add(line.column(key.lowerBound), isList: false, number) }
        }
    }

    private mutating func add(_ column: Int, isList: Bool, _ line: Int) {
        // A list may stand in the column of its key; a key in the column of dashes ends the list.
        while let top = levels.last, top.column > column || (top.column == column && top.isList && !isList) {
            levels.removeLast()
        }
        if let top = levels.last, top.column == column, top.isList == isList {
            levels[levels.count - 1].last = line
        } else {
            levels.append(Level(column: column, isList: isList, first: line, last: line))
        }
    }

    /// The innermost list, and the level of its items' keys, if they have keys.
    func list(at column: Int) -> (list: Level, items: Level?)? {
        guard let index = levels.lastIndex(where: { $0.isList && $0.column == column }) else { return nil }
        return (levels[index], index + 1 < levels.count ? levels[index + 1] : nil)
    }

    func mapping(at column: Int) -> Level? { levels.last { !$0.isList && $0.column == column } }

    /// The innermost level left of a column.
    func level(leftOf column: Int) -> Level? { levels.last { $0.column < column } }

    /// The outermost level right of a column.
    func level(rightOf column: Int) -> Level? { levels.first { $0.column > column } }
}
