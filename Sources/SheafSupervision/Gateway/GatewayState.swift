/// What a gateway has in effect: the content of `run/routing`.
package struct GatewayState: Hashable, Sendable {
    /// The process that wrote it; what another one has written says nothing.
    package var pid: Int32
    package var startTime: UInt64
    /// The version of each route in effect, by its id.
    package var versions: [String: String]
    /// Why a route or the ingress is not in effect as it should be, by the id of the route or `ingress`.
    package var problems: [String: String]
    /// Connections to instances that get no new ones, by port; those without any are left out.
    package var draining: [Int: Int]
    /// The ports of instances that a route names and the load does not ask for.
    package var resting: Set<Int>

    package init(
        pid: Int32 = 0,
        startTime: UInt64 = 0,
        versions: [String: String] = [:],
        problems: [String: String] = [:],
        draining: [Int: Int] = [:],
        resting: Set<Int> = []
    ) {
        self.pid = pid
        self.startTime = startTime
        self.versions = versions
        self.problems = problems
        self.draining = draining
        self.resting = resting
    }

    /// The name under which a problem of the HTTP ingress stands.
    package static let ingress = "ingress"

    private static let header = EscapedLines.Line("sheaf-routing", "1")

    /// The state as the bytes of its file; equal states give equal bytes.
    package func encoded() -> [UInt8] {
        var lines = [Self.header, .init("gateway", "\(pid) \(startTime)")]
        lines += versions.sorted { $0.key < $1.key }.map { .init("route", "\($0.key) \($0.value)") }
        lines += problems.sorted { $0.key < $1.key }.map { .init("problem", "\($0.key) \($0.value)") }
        lines += draining.sorted { $0.key < $1.key }.map { .init("draining", "\($0.key) \($0.value)") }
        lines += resting.sorted().map { .init("resting", String($0)) }
        return EscapedLines.encode(lines)
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `FormatError` for another format.
    package init(decoding text: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("this is no state of a gateway of format 1") }
        self.init()
        for line in lines.dropFirst() {
            if line.key == "resting" {
                resting.insert(try Int(number: line.value))
                continue
            }
            guard let (first, rest) = line.value.splitAtFirst(UInt8(ascii: " ")) else {
                throw FormatError("'\(line.key)' has one word only")
            }
            switch line.key {
            case "gateway": (pid, startTime) = (try Int32(number: first), try UInt64(number: rest))
            case "route": versions[first] = rest
            case "problem": problems[first] = rest
            case "draining": draining[try Int(number: first)] = try Int(number: rest)
            default: throw FormatError("unknown key '\(line.key)'")
            }
        }
    }
}
