/// The value of a secret, which prints as `•••` wherever it gets by mistake.
package struct SecretText: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// What stands for a secret where people could read it.
    package static let mask = "•••"

    private let value: String

    package init(_ value: String) { self.value = value }

    /// The value itself, for whoever seals it or hands it to a workload.
    package func reveal() -> String { value }

    package var isEmpty: Bool { value.isEmpty }
    package var description: String { Self.mask }
    package var debugDescription: String { Self.mask }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
