/// What the command line and the environment say.
package struct ServiceOptions: Hashable, Sendable {
    package enum Listen: String, Sendable {
        /// This machine only.
        case local
        /// Every network.
        case network
    }

    package var configFolder: String
    package var dataFolder: String
    package var port = 9193
    package var listen = Listen.local
    /// The password of the user steampipe; one is made and kept when it is nil.
    package var password: String?

    package static let usage = """
        usage: sheaf-steampipe --config-dir DIR --data-dir DIR [--port N] [--listen local|network]

        Serves the connections of DIR/*.spc as Steampipe does: a PostgreSQL with the database steampipe on port N
        (9193 unless told). The password is STEAMPIPE_DATABASE_PASSWORD, or is made and kept in the data folder.
        """

    /// Reads the arguments behind the program's name.
    ///
    /// - Throws: `SteampipeError` with the exit code for wrong input.
    package init(arguments: [String], environment: [String: String]) throws {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = parts.first, ["--config-dir", "--data-dir", "--port", "--listen"].contains(name) else {
                throw Self.wrong("unknown argument '\(argument)'")
            }
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty else {
                throw Self.wrong("\(name) needs a value")
            }
            values[name] = value
        }
        guard let config = values["--config-dir"] else { throw Self.wrong("--config-dir is missing") }
        guard let data = values["--data-dir"] else { throw Self.wrong("--data-dir is missing") }
        configFolder = config
        dataFolder = data
        if let text = values["--port"] {
            guard let number = Int(text), (2...65535).contains(number) else {
                throw Self.wrong("--port must be a number from 2 to 65535, not '\(text)'")
            }
            port = number
        }
        if let text = values["--listen"] {
            guard let known = Listen(rawValue: text) else {
                throw Self.wrong("--listen must be local or network, not '\(text)'")
            }
            listen = known
        }
        password = environment["STEAMPIPE_DATABASE_PASSWORD"]
    }

    private static func wrong(_ message: String) -> SteampipeError {
        SteampipeError("steampipe.usage", message, hint: "see sheaf-steampipe --help", exit: .usage)
    }
}
