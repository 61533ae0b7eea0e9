/// One way in which what is live differs from what was applied.
package struct Drift: Codable, Hashable, Sendable {
    /// What sort of difference it is; the names are stable.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// A process that is meant to run for ever has ended.
        case processEnded = "process-ended"
        /// Who watches over the processes has ended, and they with it: after a reboot, for example.
        case supervisorEnded = "supervisor-ended"
        /// Everything is there, and nothing of it was ever started.
        case notStarted = "not-started"
        /// Somebody else listens on the port.
        case portTaken = "port-taken"
        /// The gateway does not run, or knows no way to it.
        case notRouted = "not-routed"
        case containerMissing = "container-missing"
        case folderMissing = "folder-missing"
        case fileChanged = "file-changed"
        case fileMissing = "file-missing"
        case modeChanged = "mode-changed"
        case volumeMissing = "volume-missing"
        /// What a rollback to the live revision, or a new start of it, would need is not in the content store any more.
        case contentMissing = "content-missing"

        /// Whether nothing of the resource runs any more.
        package var isOfEnded: Bool { [.processEnded, .supervisorEnded, .notStarted].contains(self) }
    }

    package var kind: Kind
    /// Nil where it is about the bundle as a whole.
    package var resource: ResourceID?
    /// What is different, as the end of a sentence that begins with the resource; without a secret in it.
    package var message: String
    /// What was seen, such as the last log lines, without a secret in it.
    package var evidence: String?

    package init(_ kind: Kind, of resource: ResourceID?, _ message: String, evidence: String? = nil) {
        self.kind = kind
        self.resource = resource
        self.message = message
        self.evidence = evidence
    }
}
