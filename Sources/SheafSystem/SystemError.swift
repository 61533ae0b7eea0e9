import Glibc

/// A call of the operating system that failed, with its reason in words.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The value of `errno`.
    package let number: Int32
    /// What was tried, such as `open /var/lib/x`.
    package let action: String

    package init(_ action: String, number: Int32 = errno) {
        self.number = number
        self.action = action
    }

    /// Such as `No space left on device`.
    package var reason: String { String(cString: strerror(number)) }
    package var description: String { "\(action): \(reason)" }
}
