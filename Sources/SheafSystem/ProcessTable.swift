import Glibc

/// The processes that `/proc` shows now.
package enum ProcessTable {
    /// All process numbers, in no order.
    package static func pids() -> [Int32] { numbers(in: "/proc") }

    /// The parent of a process; nil when it has ended.
    package static func parent(of pid: Int32) -> Int32? {
        guard let stat = TextFile.read("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? Int32(fields[1]) : nil
    }

    /// The processes whose parent is one.
    package static func children(of pid: Int32) -> [Int32] { pids().filter { parent(of: $0) == pid } }

    /// The processes that descend from one, nearest first.
    package static func descendants(of ancestor: Int32) -> [Int32] {
        var children: [Int32: [Int32]] = [:]
        for pid in pids() {
            if let parent = parent(of: pid) { children[parent, default: []].append(pid) }
        }
        var found = children[ancestor] ?? []
        var next = 0
        while next < found.count {
            found += children[found[next]] ?? []
            next += 1
        }
        return found
    }

    /// The processes whose environment holds an entry such as `KEY=value`, as far as this user may look.
    ///
    /// What a process was started with counts, not what it has set since.
    package static func processes(withEnvironment entry: String) -> [ProcessIdentity] {
        let wanted = Array(entry.utf8)
        var found: [ProcessIdentity] = []
        // The identity is taken before the look, so that a number reused in between does not count.
        var left = pids().compactMap { ProcessIdentity(of: $0) }
        for round in 0..<mostRounds where !left.isEmpty {
            if round > 0 { usleep(roundPause) }
            left = left.filter { process in
                guard let text = TextFile.read("/proc/\(process.pid)/environ") else { return false }
                guard !text.isEmpty else { return !isOfKernel(process.pid) }
                let isMarked = text.utf8.split(separator: 0).contains { $0.elementsEqual(wanted) }
                if isMarked, process.isAlive { found.append(process) }
                return false
            }
        }
        return found
    }

    /// A process shows no environment while it becomes another program; it is looked at again for so long.
    private static let mostRounds = 20
    /// In microseconds.
    private static let roundPause: UInt32 = 5000

    /// Whether a process is a thread of the kernel, or has ended: neither will ever have an environment.
    private static func isOfKernel(_ pid: Int32) -> Bool {
        guard let stat = TextFile.read("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return true }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 6, fields[0] != "Z", let flags = UInt64(fields[6]) else { return true }
        // PF_KTHREAD of the kernel.
        return flags & 0x0020_0000 != 0
    }

    /// The entries of the environments of all processes that begin with a text, as far as this user may look.
    package static func environmentEntries(beginningWith prefix: String) -> [String] {
        let wanted = Array(prefix.utf8)
        return pids().flatMap { pid in
            let entries = TextFile.read("/proc/\(pid)/environ")?.utf8.split(separator: 0) ?? []
            return entries.filter { $0.starts(with: wanted) }.map { String(Substring($0)) }
        }
    }

    /// The names in a folder that are numbers, such as the descriptors in `/proc/PID/fd`.
    package static func numbers(in folder: String) -> [Int32] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var numbers: [Int32] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let number = Int32(name) { numbers.append(number) }
        }
        return numbers
    }
}
