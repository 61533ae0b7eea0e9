extension ScalingPlan {
    /// The numbers in their order; the path has a line of its own.
    var text: String {
        let aims = [cpuAim, memoryAim].map { $0.map { String($0) } ?? Self.none }.joined(separator: " ")
        return "\(least) \(first) \(aims) \(period) \(calm)"
    }

    init(text: String) throws(FormatError) {
        let words = text.words
        guard words.count == 6 else { throw FormatError("scaling needs six words") }
        self.init(
            least: try Int(number: words[0]),
            first: try Int(number: words[1]),
            cpuAim: words[2] == Self.none ? nil : try Int64(number: words[2]),
            memoryAim: words[3] == Self.none ? nil : try Int64(number: words[3]),
            period: try Milliseconds(number: words[4]),
            calm: try Milliseconds(number: words[5])
        )
    }

    private static let none = "-"
}
