import SheafSupervision
import SheafSystem

/// The ports that the instances of one incarnation listen on, in place of those of their service: its file `ports`.
///
/// It is written before anything is started, so that the same instances have the same ports after a restart.
package struct InstancePorts: Hashable, Sendable {
    /// The ports of the service, the main one first.
    package var service: [Int]
    /// By the name of the process: a port for each of the service, in the same order.
    package var instances: [String: [Int]]

    package init(service: [Int], instances: [String: [Int]] = [:]) {
        self.service = service
        self.instances = instances
    }

    /// Where a process listens in place of the service's main port.
    package func main(of process: String) -> Int? { instances[process]?.first }

    /// The ports that stand behind one of the service, in the order of the processes' names.
    package func behind(_ position: Int) -> [Int] {
        let ordered = instances.sorted { $0.key < $1.key }.map(\.value)
        return ordered.filter { $0.indices.contains(position) }.map { $0[position] }
    }

    package var all: Set<Int> { Set(instances.values.flatMap(\.self)) }

    private static let header = EscapedLines.Line("sheaf-ports", "1")

    /// As the bytes of the file; equal ports give equal bytes.
    func encoded() -> [UInt8] {
        let lines = instances.sorted { $0.key < $1.key }.map { name, ports in
            EscapedLines.Line("instance", Self.text(ports) + " " + name)
        }
        return EscapedLines.encode([Self.header, .init("service", Self.text(service))] + lines)
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `FormatError` for another format.
    init(decoding text: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("these are no ports of format 1") }
        self.init(service: [])
        for line in lines.dropFirst() {
            let words = line.value.split(separator: " ").map(String.init)
            switch line.key {
            case "service": service = try Self.numbers(words)
            case "instance":
                guard let name = words.last else { throw FormatError("an instance has no name") }
                instances[name] = try Self.numbers(words.dropLast())
            default: throw FormatError("unknown key '\(line.key)'")
            }
        }
    }

    private static func text(_ ports: [Int]) -> String { ports.map(String.init).joined(separator: " ") }

    private static func numbers(_ words: [String]) throws(FormatError) -> [Int] {
        let numbers = words.compactMap { Int($0) }
        guard numbers.count == words.count else { throw FormatError("a port is no number") }
        return numbers
    }
}

extension IncarnationFiles {
    /// The ports that its instances have instead of their service's.
    var portsFile: String { "\(folder)/ports" }

    /// What that file says; nil where the incarnation listens on its service's own ports, or on none.
    package var ports: InstancePorts? {
        // A file that cannot be read was changed by hand, which drift tells; without it nothing can be routed.
        TextFile.read(portsFile).flatMap { try? InstancePorts(decoding: $0) }
    }
}
