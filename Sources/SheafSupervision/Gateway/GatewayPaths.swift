/// Where the files of a home's gateway are; its folder is that of an incarnation with a few files more.
package struct GatewayPaths: Hashable, Sendable {
    /// The absolute path of the folder.
    package let folder: String

    package init(folder: String) { self.folder = folder }

    /// Holds a file for each service that the gateway stands before, each replaced as a whole.
    package var routes: String { "\(folder)/routes" }
    /// The number of the port of the HTTP ingress; it stays once it was chosen.
    package var ingressPort: String { "\(folder)/ingress-port" }
    /// Held by whoever starts or ends the gateway.
    package var lock: String { "\(folder)/lock" }
    package var runFolder: String { "\(folder)/run" }
    /// What the gateway has in effect.
    package var state: String { "\(folder)/run/routing" }
}
