/// Where the files of one incarnation are, below its folder.
package struct IncarnationPaths: Hashable, Sendable {
    /// The absolute path of the folder.
    package let folder: String

    package init(folder: String) { self.folder = folder }

    /// The folder of all files that secrets stand in.
    package var secretFolder: String { "\(folder)/secret" }
    /// What the supervisor shall run, with the whole environment of its processes.
    package var launch: String { "\(secretFolder)/launch" }
    /// Where earlier versions of Sheaf put that.
    package var earlierLaunch: String { "\(folder)/launch" }
    package var runFolder: String { "\(folder)/run" }
    /// Held by somebody exactly while the incarnation is alive or being started.
    package var lock: String { "\(folder)/run/lock" }
    /// What the supervisor knew when it last wrote all of it.
    package var status: String { "\(folder)/run/status" }
    /// What has changed since then.
    package var changes: String { "\(folder)/run/changes" }
    /// Which ports of its instances are to be used, where their number follows the load.
    package var serving: String { "\(folder)/run/serving" }
    /// What is special about the run of a workflow.
    package var order: String { "\(folder)/run/order" }
    /// The status of a supervisor that was lost, where another one goes on with its run.
    package var earlierStatus: String { "\(folder)/run/earlier" }

    /// The environment entry that the supervisor and all its processes carry.
    package var marker: String { "\(Self.markerKey)=\(folder)" }

    /// The name of the control group of one of its processes: unique on this machine, and telling.
    package func groupName(of process: String) -> String {
        // FNV-1a over what is unique; names that tell may be cut, or share their letters with others.
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(folder)/\(process)".utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let parts = folder.split(separator: "/").suffix(3) + [process[...]]
        let name = parts.joined(separator: "-").utf8.prefix(100).map { byte -> Character in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            return isPlain ? Character(Unicode.Scalar(byte)) : "-"
        }
        return "sheaf-\(String(name))-\(String(digest, radix: 16))"
    }

    /// The variable by which processes that lost their supervisor are found.
    package static let markerKey = "SHEAF_INCARNATION"
    /// What is added to the name of a log that another has taken the place of.
    package static let earlierLogSuffix = ".1"
    /// What the marker of every incarnation begins with.
    package static var markerPrefix: String { "\(markerKey)=" }
    /// The descriptor on which a supervisor inherits the lock.
    package static let lockDescriptor: Int32 = 3
}
