/// The programs of Sheaf that the executor starts.
package struct ToolPaths: Hashable, Sendable {
    package var supervisor: String
    package var steampipe: String
    package var gateway: String

    package init(supervisor: String, steampipe: String, gateway: String) {
        self.supervisor = supervisor
        self.steampipe = steampipe
        self.gateway = gateway
    }

    /// The programs in the folder of an executable.
    package init(beside executable: String) {
        let folder = FileTree.parent(of: executable)
        self.init(
            supervisor: "\(folder)/sheaf-supervisor",
            steampipe: "\(folder)/sheaf-steampipe",
            gateway: "\(folder)/sheaf-gateway"
        )
    }
}
