import Glibc
import SheafSystem

/// What is open to others on this machine: files of a home, and what its processes run as and listen on.
struct OpenDoors {
    let site: Site

    // MARK: Files

    /// What another user could read or change below the home, were the home itself open to him.
    var files: [String] { Self.open(below: site.home) }

    private static func open(below folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK else { continue }
            if status.st_mode & 0o006 != 0 { found.append(path) }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            if isFolder, status.st_mode & 0o001 != 0 { found += open(below: path) }
        }
        return found
    }

    // MARK: Processes

    /// All that Sheaf runs for the site: what carries a marker, and what descends from that.
    var processes: [Int32] {
        let marked = site.processes().map(\.pid)
        return Set(marked + marked.flatMap(ProcessTable.descendants(of:))).sorted()
    }

    /// The user of each process that goes on, as the kernel has it.
    func users(of pids: [Int32]) -> [Int32: UInt32] {
        Dictionary(uniqueKeysWithValues: pids.compactMap { pid in user(of: pid).map { (pid, $0) } })
    }

    private func user(of pid: Int32) -> UInt32? {
        let line = TextFile.read("/proc/\(pid)/status")?.split(separator: "\n").first { $0.hasPrefix("Uid:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { UInt32($0) }
    }

    /// The command lines, which everybody on the machine can read.
    func commands(of pids: [Int32]) -> [String] {
        pids.compactMap { TextFile.read("/proc/\($0)/cmdline")?.replacing("\0", with: " ") }
    }

    /// The addresses other than of the loopback on which processes listen in the network of the host.
    func openSockets(of pids: [Int32]) -> [String] {
        let held = Set(pids.flatMap(sockets))
        return ["tcp", "tcp6", "udp", "udp6"].flatMap { kind in
            (TextFile.read("/proc/net/\(kind)") ?? "").split(separator: "\n").dropFirst().compactMap {
                line -> String? in
                // Fields: slot, local address, remote address, state (0A listens, 07 is a socket of UDP), ..., inode.
                let fields = line.split(separator: " ")
                guard fields.count > 9, ["0A", "07"].contains(fields[3]), held.contains("socket:[\(fields[9])]"),
                    !Self.isLoopback(fields[1])
                else { return nil }
                return "\(kind) \(fields[1])"
            }
        }
    }

    private static func isLoopback(_ address: Substring) -> Bool {
        let host = address.prefix { $0 != ":" }
        return host.hasSuffix("7F") && host.count == 8 || host == "00000000000000000000000001000000"
            || host.hasPrefix("0000000000000000FFFF0000") && host.hasSuffix("7F")
    }

    private func sockets(of pid: Int32) -> [String] {
        ProcessTable.numbers(in: "/proc/\(pid)/fd").compactMap { number in
            var buffer = [CChar](repeating: 0, count: 64)
            let count = readlink("/proc/\(pid)/fd/\(number)", &buffer, buffer.count)
            guard count > 0 else { return nil }
            let text = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
            return text.hasPrefix("socket:") ? text : nil
        }
    }
}
