import SheafModel

/// Amounts as Kubernetes writes them.
enum Quantity {
    /// Below this no container starts: the runtime itself needs some memory.
    static let leastMemory = 6 << 20

    /// A number of bytes; nil for what is no sensible amount of memory.
    static func memory(_ value: JSONValue?) -> Int? {
        guard let bytes = number(value, units: memoryUnits), bytes >= Double(leastMemory), bytes < 1e15 else {
            return nil
        }
        return Int(bytes)
    }

    /// A number of processors; nil for what is no sensible amount.
    static func cpu(_ value: JSONValue?) -> Double? {
        guard let cores = number(value, units: ["m": 0.001]), cores >= 0.01, cores <= 4096 else { return nil }
        return cores
    }

    private static let memoryUnits: [String: Double] = [
        "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
        "Ki": 0x1p10, "Mi": 0x1p20, "Gi": 0x1p30, "Ti": 0x1p40,
    ]

    private static func number(_ value: JSONValue?, units: [String: Double]) -> Double? {
        guard let text = value?.scalarText else { return nil }
        if let number = Double(text) { return number }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), let factor = units[String(text.dropFirst(digits.count))] else { return nil }
        return number * factor
    }
}
