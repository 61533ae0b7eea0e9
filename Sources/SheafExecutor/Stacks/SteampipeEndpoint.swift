import SheafSupervision
import SheafSystem

/// Where a live SteamPipe service answers, as its incarnation says: what was started counts, not what a manifest asks for.
package struct SteampipeEndpoint: Hashable, Sendable {
    /// A port of this machine.
    package let port: Int
    package let user = "steampipe"
    package let database = "steampipe"
    /// Nil when the service has made none yet.
    package let password: String?

    /// Reads the plan of an incarnation; nil when it starts no SteamPipe.
    package init?(of files: IncarnationFiles) {
        guard let process = files.plan?.processes.first else { return nil }
        func value(of option: String) -> String? {
            process.arguments.firstIndex(of: option).flatMap { index in
                process.arguments.indices.contains(index + 1) ? process.arguments[index + 1] : nil
            }
        }
        let kept: String
        if let data = value(of: "--data-dir"), value(of: "--config-dir") != nil {
            kept = "\(data)/password"
        } else if let install = value(of: "--install-dir") {
            kept = "\(install)/internal/.passwd"
        } else {
            return nil
        }
        guard let text = value(of: "--port") ?? value(of: "--database-port"), let port = Int(text) else { return nil }
        self.port = port
        let given = process.environment["STEAMPIPE_DATABASE_PASSWORD"].flatMap { $0.isEmpty ? nil : $0 }
        password = given ?? TextFile.read(kept).map { String($0.prefix { !$0.isNewline }) }
    }
}
