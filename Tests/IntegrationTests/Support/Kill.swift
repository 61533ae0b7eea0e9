import FoundationEssentials
import SheafTestSupport
import Testing

/// Kills of the program, at every moment that counts or after some time.
enum Kill {
    /// As a shell gives it: 128 and the number of SIGKILL.
    static let code: Int32 = 128 + 9
    static let shim = "\(Site.built)/libSheafCrashShim.so"

    /// The environment in which `sheaf` is killed at its N-th moment, those counted at which names are given or taken.
    static func at(_ moment: Int) -> [String: String] {
        ["LD_PRELOAD": shim, "SHEAF_CRASH_AT": String(moment), "SHEAF_CRASH_NAMES": "1"]
    }

    /// The environment in which `sheaf` runs another command at its N-th moment, and goes on when that has ended.
    static func running(_ arguments: [String], at moment: Int, killedAfter seconds: String? = nil) -> [String: String] {
        let limit = seconds.map { "timeout --signal=KILL \($0) " } ?? ""
        let words = (["\(Site.built)/sheaf"] + arguments).map { "'\($0)'" }.joined(separator: " ")
        var environment = at(moment)
        environment["SHEAF_CRASH_RUN"] = "env -u LD_PRELOAD \(limit)\(words) >other.out 2>&1; echo $? >other.code"
        return environment
    }

    /// How many moments a command has; it is run to its end.
    static func moments(
        of arguments: [String],
        on site: Site,
        environment: [String: String] = [:]
    ) async throws -> Int {
        let count = site.scratch.path("count-\(UUID().uuidString)")
        var values = environment
        values["LD_PRELOAD"] = shim
        values["SHEAF_CRASH_COUNT"] = count
        values["SHEAF_CRASH_NAMES"] = "1"
        let result = try await site.run("\(Site.built)/sheaf", arguments, environment: values)
        try #require(result.code == 0, "\(arguments): \(result.errors)")
        let text = try String(contentsOf: URL(filePath: count), encoding: .utf8)
        return try #require(text.split(separator: "\n").first.flatMap { Int($0) })
    }

    /// Runs `sheaf` and kills it after some milliseconds, less than a thousand, unless it has ended before.
    static func after(_ milliseconds: Int, _ arguments: [String], on site: Site) async throws -> Site.Result {
        let seconds = "0.\(String(milliseconds + 1000).dropFirst())"
        return try await site.run("timeout", ["--signal=KILL", seconds, "\(Site.built)/sheaf"] + arguments)
    }
}
