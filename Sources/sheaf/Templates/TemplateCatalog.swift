internal import CTemplates

/// The scaffolds that are built into the program: the folders below `templates/`.
package enum TemplateCatalog {
    /// All of them, in the order in which somebody new meets them.
    package static let all: [Template] = [
        Template(
            name: "data-product",
            summary: "Files in a volume, a workflow, a worker and a service over HTTP; no containers.",
            needs: "busybox",
            files: files(of: "data-product")
        ),
        Template(
            name: "steampipe-source",
            summary: "SQL over CSV files through SteamPipe, with a depot and a check that it answers.",
            needs: "PostgreSQL, or steampipe",
            files: files(of: "steampipe-source")
        ),
        Template(
            name: "container-service",
            summary: "A web server in a container, with a secret, limits and a check that it answers.",
            needs: "podman, or docker",
            files: files(of: "container-service")
        ),
        Template(
            name: "dbt-project",
            summary: "Models in SQL that dbt builds and tests into a DuckDB database in a volume.",
            needs: "dbt with dbt-duckdb, or python3 and a network",
            files: files(of: "dbt-project")
        ),
    ]

    /// The template with a name.
    ///
    /// - Throws: `TemplateError` when there is none.
    package static func template(_ name: String) throws -> Template {
        guard let template = all.first(where: { $0.name == name }) else {
            throw TemplateError.unknown(name, among: all.map(\.name))
        }
        return template
    }

    private static func files(of template: String) -> [Template.File] {
        var files: [Template.File] = []
        var number = 0
        while let file = sheaf_template_file(number)?.pointee {
            number += 1
            guard let name = file.name, let path = file.path, String(cString: name) == template else { continue }
            files.append(
                Template.File(
                    path: String(cString: path),
                    text: String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self),
                    isExecutable: file.is_executable
                )
            )
        }
        return files
    }
}
