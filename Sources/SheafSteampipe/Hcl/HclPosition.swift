/// A place in a configuration file, 1-based; columns count Unicode scalars.
package struct HclPosition: Hashable, Sendable, Comparable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: HclPosition, right: HclPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// Something that is wrong in a configuration file, with its place.
package struct HclError: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var position: HclPosition
    package var message: String

    package init(file: String, position: HclPosition, message: String) {
        self.file = file
        self.position = position
        self.message = message
    }

    /// Such as `csv.spc:3:11: expected a value, found '}'`.
    package var description: String { "\(file):\(position.line):\(position.column): \(message)" }
}
