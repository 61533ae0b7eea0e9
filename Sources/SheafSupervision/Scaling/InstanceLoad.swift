/// What one instance uses, with all that it has started.
package struct InstanceLoad: Hashable, Sendable {
    /// Of the processors since the look before, in thousandths of one.
    package var cpu: Int64
    /// Now, in bytes.
    package var memory: Int64

    package init(cpu: Int64, memory: Int64) {
        self.cpu = cpu
        self.memory = memory
    }
}
