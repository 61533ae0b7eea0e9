/// A directory that outlives the workloads that use it.
package struct VolumeSpec: Codable, Hashable, Sendable {
    /// How many workloads may mount it, and whether they may write.
    package enum Access: String, Codable, Hashable, Sendable, CaseIterable {
        case readWriteOnce = "ReadWriteOnce"
        case readOnlyMany = "ReadOnlyMany"
        case readWriteMany = "ReadWriteMany"
    }

    /// A Kubernetes quantity, such as `1Gi`.
    package var size: JSONValue?
    /// `ReadWriteOnce`, `ReadOnlyMany` or `ReadWriteMany`.
    package var accessMode: String?
    /// `temp`, `persistent`, `cloudTemp` or `cloudPersistent`.
    package var type: String?

    /// Nil for a word that is none of them, in whatever case.
    package var access: Access? { Access.allCases.first { $0.rawValue.lowercased() == accessMode?.lowercased() } }

    /// Whether its data goes with it.
    package var isTemporary: Bool { ["temp", "cloudtemp"].contains(type?.lowercased() ?? "") }

    /// The size in bytes; nil for what is no sensible one.
    package var sizeInBytes: Int64? {
        guard let text = size?.scalarText else { return nil }
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let powers = Self.factors.filter { $0.unit == text.dropFirst(digits.count) }
        guard let number = Double(digits), let factor = powers.first?.factor, number * factor < 0x1p62 else {
            return nil
        }
        return Int64(number * factor)
    }

    private static let factors: [(unit: String, factor: Double)] = [
        ("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
        ("Ki", 0x1p10), ("Mi", 0x1p20), ("Gi", 0x1p30), ("Ti", 0x1p40), ("Pi", 0x1p50),
    ]
}
