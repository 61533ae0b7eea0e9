/// Writes the graph of a bundle in one of its forms; equal graphs give equal text.
package struct GraphRenderer {
    /// Whether the jobs of workflows are shown.
    package var showsJobs: Bool
    /// Colours of the terminal for the form `text`.
    package var paint: GraphPaint

    package init(showsJobs: Bool = false, paint: GraphPaint = .plain) {
        self.showsJobs = showsJobs
        self.paint = paint
    }

    /// Renders the graph, with a line feed at its end.
    ///
    /// - Throws: `EncodingError`, never for graphs of bundles that a resolver made.
    /// - Complexity: Linear in nodes and edges; `svg` takes O((V + E) log V) steps for each of its few passes.
    package func render(_ graph: ResourceGraph, as format: GraphFormat) throws -> String {
        switch format {
        case .text: GraphListing(graph: graph, showsJobs: showsJobs, paint: paint).text()
        case .dot: DotDrawing(graph: graph, showsJobs: showsJobs).text()
        case .mermaid: MermaidDrawing(graph: graph, showsJobs: showsJobs).text()
        case .json: try GraphDocument(graph, showsJobs: showsJobs).text()
        case .svg: SVGDrawing(graph: graph, showsJobs: showsJobs).text()
        }
    }
}
