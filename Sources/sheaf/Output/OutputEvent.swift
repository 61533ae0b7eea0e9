package import FoundationEssentials

/// Something that happened while a command ran, as people and programs are told of it.
package struct OutputEvent: Encodable, Hashable, Sendable {
    /// How good or bad the news is.
    package enum Level: String, Encodable, Sendable {
        case info, success, warning, failure
    }

    /// A stable name, such as `step-ready`.
    package var type: String
    package var time: Date
    package var level: Level
    /// What happened, for people, without a secret in it.
    package var message: String
    package var bundle: String?
    package var revision: Int?
    /// The position of the step in its plan, from 1.
    package var step: Int?
    /// Such as `service:site:shop`.
    package var resource: String?
    /// What belongs to the message of a failure: what was undone, where a log is.
    package var details: [String]?
    /// The code of an error, such as `engine.not-ready`.
    package var code: String?
    /// The command or the edit that mends an error.
    package var help: String?

    package init(
        type: String,
        time: Date,
        level: Level = .info,
        message: String,
        bundle: String? = nil,
        revision: Int? = nil,
        step: Int? = nil,
        resource: String? = nil,
        details: [String]? = nil
    ) {
        self.type = type
        self.time = time
        self.level = level
        self.message = message
        self.bundle = bundle
        self.revision = revision
        self.step = step
        self.resource = resource
        self.details = details
    }
}
