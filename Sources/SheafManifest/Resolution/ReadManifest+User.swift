internal import SheafModel

extension ReadManifest {
    /// The manifest as the bundle's `manageAsUser` applies it: he owns what names no owner, and runs what names no user.
    ///
    /// - Parameter user: Nil or empty leaves everything as it is.
    func acting(as user: ManifestNode?) -> ReadManifest {
        guard let user, let name = user.text, !name.isEmpty, let kind else { return self }
        var manifest = self
        if (node["owner"]?.text ?? "").isEmpty { manifest.node = manifest.node.setting("owner", to: user) }
        switch kind {
        case .service, .worker: manifest.node = manifest.node.running(as: user, in: kind.sectionKey)
        case .workflow: manifest.node = manifest.node.runningJobs(as: user)
        case .bundle:
            // It acts as its own user where it names one.
            if let section = node[kind.sectionKey], (section["manageAsUser"]?.text ?? "").isEmpty {
                manifest.node = manifest.node.setting(kind.sectionKey, to: section.setting("manageAsUser", to: user))
            }
        default: break
        }
        return manifest
    }
}

extension ManifestNode {
    /// The manifest of a service or a worker, or the node of a job, with a user where none is named.
    fileprivate func running(as user: ManifestNode, in key: String) -> ManifestNode {
        guard let section = self[key], section["runAsUser"] == nil, self["runAsUser"] == nil else { return self }
        return setting(key, to: section.setting("runAsUser", to: user))
    }

    /// The manifest of a workflow with a user for each job that names none.
    fileprivate func runningJobs(as user: ManifestNode) -> ManifestNode {
        let key = ResourceKind.workflow.sectionKey
        guard self["runAsUser"] == nil, let section = self[key], let dag = section["dag"], let jobs = dag.elements
        else {
            return self
        }
        let all = ManifestNode(.sequence(jobs.map { $0.running(as: user, in: "spec") }), span: dag.span)
        return setting(key, to: section.setting("dag", to: all))
    }
}
