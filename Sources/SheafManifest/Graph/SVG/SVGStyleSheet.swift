/// The style sheet of drawings: light, and dark where the reader's screen is.
enum SVGStyleSheet {
    static let text: String = {
        let light = rules(
            paper: "#ffffff",
            band: "#f5f7fa",
            box: "#ffffff",
            rim: "#c3cad4",
            ink: "#17202b",
            faint: "#5f6b7a",
            line: "#7c8796",
            critical: "#111827",
            frame: "#eef2f7",
            frameRim: "#b6c0cd",
            wrong: "#c62828"
        )
        let dark = rules(
            paper: "#12161c",
            band: "#181e26",
            box: "#202833",
            rim: "#465263",
            ink: "#e8ecf1",
            faint: "#a3aebc",
            line: "#8491a3",
            critical: "#f8fafc",
            frame: "#1b232e",
            frameRim: "#55637a",
            wrong: "#ff7b72"
        )
        let kinds = KindSign.families.map {
            ".\($0.name) .t{fill:\($0.tile)}.\($0.name) .gf{fill:\($0.ink)}.\($0.name) .gs{stroke:\($0.ink)}"
        }
        return """
            text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",Arial,sans-serif}
            .h1{font-size:20px;font-weight:600}.h2{font-size:13px;font-weight:600}.p{font-size:12.5px}.s{font-size:11px}
            .w{font-size:11px;font-weight:600;text-anchor:end}.n{font-size:12.5px;font-weight:600}.m{font-size:10.5px}
            .j{font-size:10.5px;text-anchor:middle}
            .gs{fill:none;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
            .e path,.e line{fill:none;stroke-width:1.3;marker-end:url(#sheaf-a)}
            .e .i{stroke-dasharray:4.5 3;stroke-width:1.1}.e .o{stroke-dasharray:1.5 3;stroke-linecap:round}
            .e .c,.e .i.c{stroke-width:2.8;marker-end:url(#sheaf-c)}
            .e .r{marker-end:none;marker-start:url(#sheaf-a)}.e .r.c{marker-end:none;marker-start:url(#sheaf-c)}
            .e .x{stroke-width:2;stroke-dasharray:2 3;marker-end:none;marker-start:url(#sheaf-x)}
            .e path:hover{stroke-width:3.5}
            .je path{fill:none;stroke-width:1.1;marker-end:url(#sheaf-j)}
            .frame{stroke-width:1.2}.halo{paint-order:stroke;stroke-width:4;stroke-linejoin:round}
            .b{stroke-width:1.2}.b.c{stroke-width:2.6}.b.u,.b.out{stroke-dasharray:4 3}
            .jb{stroke-width:1}
            \(kinds.joined(separator: "\n"))
            \(light)
            @media (prefers-color-scheme:dark){
            \(dark)
            }
            """
    }()

    private static func rules(
        paper: String,
        band: String,
        box: String,
        rim: String,
        ink: String,
        faint: String,
        line: String,
        critical: String,
        frame: String,
        frameRim: String,
        wrong: String
    ) -> String {
        """
        .paper{fill:\(paper)}.band{fill:\(band)}.h1,.h2,.p,.n,.j{fill:\(ink)}.s,.m,.w{fill:\(faint)}.bad{fill:\(wrong)}
        .b,.jb{fill:\(box);stroke:\(rim)}.b.c{stroke:\(critical)}.b.u,.b.out{stroke:\(line)}
        .frame{fill:\(frame);stroke:\(frameRim)}.halo{stroke:\(frame)}
        .e path,.e line,.je path{stroke:\(line)}.e .c{stroke:\(critical)}.e .x{stroke:\(wrong)}
        .a{fill:\(line)}.ac{fill:\(critical)}.ax{fill:\(wrong)}
        """
    }
}
