/// Amounts of memory as manifests write them.
package enum ByteText {
    /// Such as `64Mi`, or the number where no unit fits.
    package static func text(_ bytes: Int64) -> String {
        for (unit, shift) in [("Gi", 30), ("Mi", 20), ("Ki", 10)] where bytes > 0 && bytes & (1 << shift - 1) == 0 {
            return "\(bytes >> Int64(shift))\(unit)"
        }
        return String(bytes)
    }
}
