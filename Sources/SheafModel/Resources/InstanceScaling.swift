/// By what load the number of instances changes, and how far.
package struct InstanceScaling: Hashable, Sendable {
    /// Fewest and most instances.
    package var bounds: ClosedRange<Int>
    /// What an instance is to use, in percent of its request; nil where that does not matter.
    package var cpuPercent: Int64?
    package var memoryPercent: Int64?

    /// What the platform aims at where a manifest says nothing.
    private static let usualPercent: Int64 = 80

    /// - Parameters:
    ///   - section: What the manifest says below `autoScaling`.
    ///   - bounds: Those that hold on this machine.
    init(_ section: JSONValue, bounds: ClosedRange<Int>) {
        self.bounds = bounds
        let percent = { (key: String) in section[key]?.integerValue.flatMap { $0 > 0 ? $0 : nil } }
        memoryPercent = percent("targetMemoryUtilizationPercentage")
        cpuPercent = percent("targetCPUUtilizationPercentage") ?? (memoryPercent == nil ? Self.usualPercent : nil)
    }
}
