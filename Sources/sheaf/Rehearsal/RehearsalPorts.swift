import SheafExecutor
package import SheafModel

/// Gives services of a rehearsal ports of their own where somebody has theirs.
///
/// A port is written in more places than `servicePort`: in commands, arguments and variables, of the service and of those
/// that talk to it. All of them are changed, so that nothing of a rehearsal reaches what is really live.
package struct RehearsalPorts: Sendable {
    /// The port of the bundle -> the port of the rehearsal.
    package private(set) var moves: [Int: Int] = [:]

    /// Below those that the kernel gives to connections.
    private static let range = 15_000...31_000
    private static let attempts = 1000
    /// Where a number is a port; in commands and variables it is one wherever it stands alone.
    private static let fields: Set = ["servicePort", "targetPort", "metricPort", "port"]

    /// Finds new ports for the taken ones of bundles.
    package init(for bundles: [ResolvedBundle]) {
        let ports = Set(bundles.flatMap(\.resources).flatMap(\.hostPorts))
        for port in ports.sorted() where PortProbe.availability(port) != .free {
            let free = (0..<Self.attempts).lazy.map { _ in Int.random(in: Self.range) }.first { candidate in
                !ports.contains(candidate) && !moves.values.contains(candidate)
                    && PortProbe.availability(candidate) == .free
            }
            moves[port] = free
        }
    }

    /// Takes moves that are known.
    package init(moves: [Int: Int]) { self.moves = moves }

    /// What was moved, in words.
    package var notes: [String] {
        moves.sorted { $0.key < $1.key }.map { "port \($0.key) is taken, and is \($0.value) in the rehearsal" }
    }

    /// The bundle with its ports moved.
    ///
    /// - Parameters:
    ///   - bundle: With its services as they are meant.
    ///   - content: Has the files of its resources.
    /// - Returns: The same bundle where nothing has to be moved.
    /// - Throws: `RehearsalProblem` when a file of a workload names a taken port, or what the content source throws.
    package func applied(to bundle: ResolvedBundle, content: (Digest) throws -> [UInt8]) throws -> ResolvedBundle {
        guard !moves.isEmpty else { return bundle }
        var bundle = bundle
        for index in bundle.resources.indices {
            let id = bundle.resources[index].id
            guard [.service, .worker, .workflow].contains(id.kind) else { continue }
            try check(bundle.resources[index], content: content)
            if let port = bundle.resources[index].hostPort, let moved = moves[port] {
                bundle.resources[index].manifest.set(moved, at: [id.kind.sectionKey, "servicePort"])
            }
            bundle.resources[index].manifest = moved(bundle.resources[index].manifest, isPlace: false)
        }
        return bundle
    }

    private func check(_ resource: ResolvedResource, content: (Digest) throws -> [UInt8]) throws {
        for file in resource.attachments where file.role == .config {
            let text = String(decoding: try content(file.digest), as: UTF8.self)
            for port in moves.keys.sorted() where replaced(text, [port: 0]) != text {
                throw RehearsalProblem.fixedPort(port, of: resource.id, file: file.path)
            }
        }
    }

    private func moved(_ value: JSONValue, isPlace: Bool) -> JSONValue {
        switch value {
        case .integer(let number):
            guard isPlace, let port = Int(exactly: number), let moved = moves[port] else { return value }
            return .integer(Int64(moved))
        case .string(let text):
            // A sealed secret is no text to change.
            return isPlace && !SealedSecret.occurs(in: text) ? .string(replaced(text, moves)) : value
        case .array(let elements): return .array(elements.map { moved($0, isPlace: isPlace) })
        case .object(let members):
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, value in
                        let isNext = isPlace || Self.fields.contains(key) || ["envs", "stackSpec"].contains(key)
                        return (key, moved(value, isPlace: isNext))
                    }
                )
            )
        case .null, .bool, .number: return value
        }
    }

    /// The text with every number replaced that stands alone and is a port.
    private func replaced(_ text: String, _ moves: [Int: Int]) -> String {
        var result = ""
        var word = ""
        func end() {
            result += Int(word).flatMap { moves[$0] }.map(String.init) ?? word
            word = ""
        }
        for character in text {
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                end()
                result.append(character)
            }
        }
        end()
        return result
    }
}

extension JSONValue {
    /// Sets a member of nested objects; nothing happens where one of them is none.
    fileprivate mutating func set(_ number: Int, at path: [String]) {
        guard case .object(var members) = self, let key = path.first else { return }
        if path.count == 1 {
            members[key] = .integer(Int64(number))
        } else {
            members[key]?.set(number, at: Array(path.dropFirst()))
        }
        self = .object(members)
    }
}
