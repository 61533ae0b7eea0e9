internal import SheafModel

/// A resource as a box: its kind's sign, its name, its kind and workspace, and the jobs of a workflow below.
struct SVGBox {
    static let height = 42.0
    static let nameSize = 12.5
    static let noteSize = 10.5
    private static let textLeft = 40.0
    private static let jobHeight = 22.0
    private static let jobMargin = 10.0

    let id: ResourceID
    var isCritical = false
    var isUnused = false
    var isOutside = false
    /// Below the name.
    var note: String
    /// On several lines, for who points at the box.
    var tooltip: String
    private(set) var jobs: [ResourceGraph.Job] = []
    private var jobLayout: LayeredLayout?

    init(_ node: ResourceGraph.Node, showsJobs: Bool) {
        id = node.id
        isCritical = node.isCritical
        isUnused = node.isUnused
        var notes = [node.id.kind.rawValue]
        if let workspace = node.id.workspace { notes.append(workspace) }
        if node.isUnused { notes.append("unused") }
        if !showsJobs, node.jobs.count > 1 { notes.append("\(node.jobs.count) jobs") }
        note = notes.joined(separator: " · ")
        tooltip = "\(node.id)\nitem \(node.item), wave \(node.wave)"
        if node.isCritical { tooltip += "\non the critical path" }
        if node.isUnused { tooltip += "\nnothing in the bundle uses it" }
        if showsJobs, !node.jobs.isEmpty {
            jobs = node.jobs
            jobLayout = LayeredLayout(Self.jobInput(node.jobs))
        }
    }

    /// A resource that the bundle does not hold.
    init(outside id: ResourceID, note: String, tooltip: String) {
        self.id = id
        self.note = note
        self.tooltip = tooltip
        isOutside = true
    }

    /// How wide the box must be for its texts.
    var textWidth: Double {
        let name = SVGText.width(id.name, size: Self.nameSize, isBold: true)
        return Self.textLeft + 12 + max(name, SVGText.width(note, size: Self.noteSize))
    }

    /// The size of the box when boxes without jobs have a given width.
    func size(width: Double) -> (width: Double, height: Double) {
        guard let jobLayout else { return (width, Self.height) }
        return (max(width, jobLayout.width + 2 * Self.jobMargin), Self.height + jobLayout.height)
    }

    func text(in frame: LayoutFrame) -> String {
        let (x, y) = (frame.x, frame.y)
        let marks = (isCritical ? " c" : "") + (isUnused ? " u" : "") + (isOutside ? " out" : "")
        var text =
            "<g><title>\(SVGText.escaped(tooltip))</title><rect class=\"b\(marks)\"\(Self.place(frame)) rx=\"8\"/>"
        text += KindSign.of(id.kind).tile(x: x + 9, y: y + 9, size: 24)
        let room = frame.width - Self.textLeft - 8
        let name = SVGText.shortened(id.name, to: room, size: Self.nameSize, isBold: true)
        let note = SVGText.shortened(self.note, to: room, size: Self.noteSize)
        text += Self.label(name, "n", x: x + Self.textLeft, y: y + 18.5)
        text += Self.label(note, "m", x: x + Self.textLeft, y: y + 32.5)
        if let jobLayout { text += jobsText(jobLayout, frame) }
        return text + "</g>\n"
    }

    /// A line of text of a class of the style sheet.
    static func label(_ text: String, _ style: String, x: Double, y: Double) -> String {
        "<text class=\"\(style)\" x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\">\(SVGText.escaped(text))</text>"
    }

    /// The attributes of a rectangle.
    static func place(_ frame: LayoutFrame) -> String {
        " x=\"\(SVGText.number(frame.x))\" y=\"\(SVGText.number(frame.y))\""
            + " width=\"\(SVGText.number(frame.width))\" height=\"\(SVGText.number(frame.height))\""
    }

    // MARK: Jobs

    private static func jobInput(_ jobs: [ResourceGraph.Job]) -> LayoutInput {
        let widest = jobs.map { SVGText.width($0.name, size: noteSize) }.max() ?? 0
        let width = min(max(widest + 18, 56), 150)
        let levels = self.levels(jobs)
        return LayoutInput(
            boxes: jobs.indices.map { .init(width: width, height: jobHeight, wave: levels[$0]) },
            edges: jobs.enumerated().flatMap { number, job in
                job.dependencies.filter { levels[$0] < levels[number] }.map { .init(from: $0, to: number) }
            },
            metrics: .init(
                rowWidth: 4 * width + 30,
                regionRowWidth: 0,
                boxGap: 10,
                laneGap: 6,
                rowGap: 8,
                waveGap: 16,
                regionPadding: 0,
                regionHeader: 0
            )
        )
    }

    /// The length of the longest chain that leads to each job.
    private static func levels(_ jobs: [ResourceGraph.Job]) -> [Int] {
        var order = DependencyGraph<Int>()
        for (number, job) in jobs.enumerated() { order.add(number, needs: job.dependencies) }
        var levels = [Int](repeating: 0, count: jobs.count)
        for (level, wave) in order.waves().enumerated() {
            for job in wave { levels[job] = level }
        }
        return levels
    }

    private func jobsText(_ layout: LayeredLayout, _ frame: LayoutFrame) -> String {
        let left = frame.x + (frame.width - layout.width) / 2
        let top = frame.y + Self.height - 2
        var text = "<g class=\"je\">"
        for route in layout.routes { text += "<path d=\"\(SVGPath.data(route, left, top))\"/>" }
        text += "</g>"
        for (job, place) in zip(jobs, layout.frames) {
            let box = LayoutFrame(x: place.x + left, y: place.y + top, width: place.width, height: place.height)
            let needs = job.dependencies.map { jobs[$0].name }
            var tooltip = "job \(job.name)" + (job.stack.map { "\nstack \($0)" } ?? "")
            if !needs.isEmpty { tooltip += "\nafter \(needs.joined(separator: ", "))" }
            let name = SVGText.shortened(job.name, to: box.width - 10, size: Self.noteSize)
            text += "<g><title>\(SVGText.escaped(tooltip))</title><rect class=\"jb\"\(Self.place(box)) rx=\"11\"/>"
            text += Self.label(name, "j", x: box.midX, y: box.y + 14.8) + "</g>"
        }
        return text
    }
}
