/// The name of one run of a workflow: 17 small letters and digits, of which the first say when it began, so that later
/// runs sort behind earlier ones.
package struct RunID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    /// As many as the platform puts behind the name of a job.
    private static let length = 17
    /// How many of them tell the time: 32 to the power of 9 milliseconds are more than a thousand years.
    private static let timeLength = 9
    /// Without `i`, `l`, `o` and `u`, which are read wrongly, in the order of their bytes.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// Reads an identifier; nil when the text is none.
    package init?(_ text: String) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        description = text
    }

    /// Makes the identifier of a run.
    ///
    /// - Parameters:
    ///   - milliseconds: When it begins, since 1970.
    ///   - random: Tells runs that begin together apart.
    package init(at milliseconds: Int64, random: UInt64 = .random(in: 0 ... .max)) {
        let time = Self.digits(of: UInt64(max(milliseconds, 0)), count: Self.timeLength)
        description = String(
            decoding: time + Self.digits(of: random, count: Self.length - Self.timeLength),
            as: UTF8.self
        )
    }

    /// Makes the identifier of a run that sorts behind another one, also where the clock was set back since.
    ///
    /// - Parameters:
    ///   - milliseconds: When it begins, since 1970.
    ///   - last: The other one; nil for none.
    package init(at milliseconds: Int64, after last: RunID?) {
        self.init(at: max(milliseconds, last.map { $0.milliseconds + 1 } ?? 0))
    }

    /// When it began by its name, since 1970.
    private var milliseconds: Int64 {
        description.utf8.prefix(Self.timeLength).reduce(0) { time, digit in
            time << 5 | Int64(Self.alphabet.firstIndex(of: digit) ?? 0)
        }
    }

    /// The last digits of a number with the base 32.
    private static func digits(of number: UInt64, count: Int) -> [UInt8] {
        (0..<count).reversed().map { alphabet[Int((number >> (5 * UInt64($0))) & 31)] }
    }

    package static func < (left: RunID, right: RunID) -> Bool { left.description < right.description }
}

extension RunID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = RunID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "this is no identifier of a run")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Why a run of a workflow was begun.
package enum RunCause: String, Codable, Hashable, Sendable, CaseIterable {
    /// A revision was applied that has the workflow new or changed.
    case apply
    /// Somebody asked for it.
    case request
    /// Its time had come.
    case schedule
}
