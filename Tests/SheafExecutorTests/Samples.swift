import SheafEngine
import SheafExecutor
import SheafModel

/// Resources for tests.
enum Samples {
    static func worker(
        _ command: [String],
        name: String = "loader",
        generation: Int = 1,
        extra: [String: JSONValue] = [:],
        attachments: [Attachment] = []
    ) -> ResourceInstance {
        instance(.worker, name, generation, workload(command, extra), attachments)
    }

    static func service(
        _ command: [String],
        port: Int,
        name: String = "web",
        generation: Int = 1,
        extra: [String: JSONValue] = [:],
        attachments: [Attachment] = []
    ) -> ResourceInstance {
        let section = workload(command, extra.merging(["servicePort": .integer(Int64(port))]) { $1 })
        return instance(.service, name, generation, section, attachments)
    }

    static func job(
        _ name: String,
        _ script: String,
        needs: [String] = [],
        retry: [String: JSONValue]? = nil,
        extra: [String: JSONValue] = [:]
    ) -> JSONValue {
        var job: [String: JSONValue] = [
            "name": .string(name),
            "spec": .object(workload(["/bin/sh", "-c", script], extra)),
            "dependencies": .array(needs.map(JSONValue.string)),
        ]
        if let retry { job["retry"] = .object(retry) }
        return .object(job)
    }

    static func workflow(
        _ jobs: [JSONValue],
        generation: Int = 1,
        extra: [String: JSONValue] = [:],
        attachments: [Attachment] = []
    ) -> ResourceInstance {
        instance(.workflow, "nightly", generation, ["dag": .array(jobs)].merging(extra) { $1 }, attachments)
    }

    static func volume(_ name: String = "data", generation: Int = 1) -> ResourceInstance {
        instance(.volume, name, generation, ["size": .string("1Gi")], [])
    }

    static func secret(
        _ name: String,
        _ data: [String: String],
        type: String = "key-value",
        attachments: [Attachment] = []
    ) -> ResolvedResource {
        instance(
            .secret,
            name,
            1,
            ["type": .string(type), "data": .object(data.mapValues(JSONValue.string))],
            attachments
        ).resource
    }

    static func create(_ after: ResourceInstance) -> Step {
        Step(change: Change(action: .create, resource: after.resource.id), after: after)
    }

    static func replace(_ before: ResourceInstance, _ after: ResourceInstance, handsOver: Bool = false) -> Step {
        let change = Change(action: .replace, resource: after.resource.id, handsOver: handsOver)
        return Step(change: change, before: before, after: after)
    }

    /// An update in place; both have the same generation.
    static func update(_ before: ResourceInstance, _ after: ResourceInstance) -> Step {
        Step(change: Change(action: .update, resource: after.resource.id), before: before, after: after)
    }

    static func delete(_ before: ResourceInstance) -> Step {
        Step(change: Change(action: .delete, resource: before.resource.id), before: before)
    }

    private static func workload(_ command: [String], _ extra: [String: JSONValue]) -> [String: JSONValue] {
        let own: [String: JSONValue] = [
            "stack": .string("container"),
            "stackSpec": .object(["command": .array(command.map(JSONValue.string))]),
        ]
        return own.merging(extra) { $1 }
    }

    private static func instance(
        _ kind: ResourceKind,
        _ name: String,
        _ generation: Int,
        _ section: [String: JSONValue],
        _ attachments: [Attachment]
    ) -> ResourceInstance {
        let id = ResourceID(kind: kind, workspace: "public", name: name)
        let manifest: [String: JSONValue] = [
            "name": .string(name), "version": .string("v1"), "type": .string(kind.rawValue),
            kind.sectionKey: .object(section),
        ]
        let resource = ResolvedResource(id: id, item: name, manifest: .object(manifest), attachments: attachments)
        return ResourceInstance(resource: resource, generation: generation)
    }
}
