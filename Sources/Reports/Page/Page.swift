// One self-contained HTML file. The choice: what it says is there without a script, light or dark as the reader has it; the
// script only plays films.

import Formats

/// A page of sections.
package struct Page: Sendable {
    private let title: String
    private var sections: [HTML] = []

    /// After how many seconds a browser reads the file again; nil for a page that is final.
    private let refresh: Int?

    package init(title: String, refresh: Int? = nil) { (self.title, self.refresh) = (title, refresh) }

    /// Adds a section under a heading.
    package mutating func add(_ heading: String, _ content: HTML) {
        sections.append("<section><h2>\(heading)</h2>\n\(content)</section>\n")
    }

    /// Adds charts side by side, those that have something to draw.
    package mutating func add(_ heading: String, _ charts: [Chart], below: HTML = "") {
        let number = sections.count
        let drawn = charts.filter { !$0.isEmpty }.enumerated().map {
            $0.element.html(id: "chart\(number)-\($0.offset)")
        }
        guard !drawn.isEmpty else { return }
        add(heading, "<div class=\"charts\">\(drawn)</div>\(below)")
    }

    /// Writes the whole file at once: a reader never sees a part of it.
    package func write(to path: String) throws {
        let file = try AtomicFile(path: path)
        try file.append([UInt8](html.markup.utf8).span)
        try file.commit()
    }

    package var html: HTML {
        let again: HTML = refresh.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? ""
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\(again)
            <title>\(title)</title><link rel="icon" href="data:,"><style>\(Self.style)\(Chart.style)</style></head>
            <body><h1>\(title)</h1>
            \(sections)<script>\(Self.script)</script></body></html>

            """
    }

    private static let style: HTML = """
        :root {color-scheme: light dark; --paper: #fff; --ink: #1c2126; --faint: #69737d; --line: #d9dee3; --soft: #f4f6f8}
        @media (prefers-color-scheme: dark) {:root {--paper: #14181c; --ink: #e3e8ec; --faint: #98a3ad; --line: #333b43; --soft: #1d2329}}
        body {margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif}
        h1 {font-size: 1.5rem; margin: .3rem 0 1rem; overflow-wrap: anywhere} h2 {font-size: 1.1rem; margin: 1.8rem 0 .6rem; border-bottom: 1px solid var(--line)}
        table {border-collapse: collapse; font-variant-numeric: tabular-nums} th, td {padding: .2rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap}
        th:first-child {text-align: left; font-weight: normal} thead th {color: var(--faint); font-weight: normal} .wide {overflow-x: auto; margin: .6rem 0}
        dl {display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0} dt {color: var(--faint)} dd {margin: 0; overflow-wrap: anywhere}
        pre {background: var(--soft); padding: .7rem; overflow-x: auto; font-size: 12.5px} summary {cursor: pointer; color: var(--faint); margin: .5rem 0}
        .charts {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1rem} figure {margin: 0} figcaption {font-weight: 600; margin: .3rem 0}
        .chart svg {width: 100%; height: auto; display: block; overflow: visible} .chart label {color: var(--faint); margin-right: 1rem; font-size: 13px}
        .chart .log, .chart .smooth, .to-log:checked ~ svg .linear {display: none} .to-log:checked ~ svg .log, .to-smooth:checked ~ svg .smooth {display: inline}
        svg .raw:only-child, .chart .to-smooth:not(:checked) ~ svg .raw {opacity: 1}
        .legend {margin: .2rem 0; font-size: 13px; color: var(--faint)} .legend span {margin-right: 1rem} .legend i {display: inline-block; width: .7em; height: .7em; margin-right: .35em; border-radius: 2px; box-shadow: 0 0 0 1px var(--line)}
        .film {margin: 1rem 0 1.6rem} .panels {display: flex; flex-wrap: wrap; gap: .8rem} .panel {min-width: 0} .panel span {color: var(--faint); font-size: 13px} .view {overflow-x: auto; border: 1px solid var(--line); max-width: calc(100vw - 2.2rem)}
        .view img {display: block; image-rendering: pixelated; max-width: none} .plays .view {overflow: hidden; width: var(--w); height: var(--h)}
        .controls {display: flex; align-items: center; gap: .7rem; margin: .5rem 0; flex-wrap: wrap} .controls input {flex: 1 1 12rem; max-width: 30rem} .controls button {font: inherit; min-width: 4.5rem; padding: .25rem .6rem} .controls output {color: var(--faint); font-variant-numeric: tabular-nums}
        .note {color: var(--faint)} @media (max-width: 40rem) {.chart svg text {font-size: 18px}} @media (max-width: 26rem) {.view {zoom: .85}}
        """

    private static let script: HTML = """
        for (const film of document.querySelectorAll('.film')) {
          const frames = Number(film.dataset.frames), seen = Number(film.dataset.seen);
          const images = [...film.querySelectorAll('.view img')], captions = [...film.querySelectorAll('.captions li')];
          const controls = document.createElement('div'), button = document.createElement('button');
          const slider = document.createElement('input'), said = document.createElement('output');
          controls.className = 'controls';
          slider.type = 'range'; slider.min = 0; slider.max = frames - 1; slider.setAttribute('aria-label', 'frame');
          let timer = 0;
          const show = frame => {
            slider.value = frame;
            said.textContent = captions[frame].textContent;
            for (const image of images) image.style.transform = 'translateX(' + (-100 * frame / frames) + '%)';
          };
          const pause = () => { clearInterval(timer); timer = 0; button.textContent = 'Play'; };
          button.onclick = () => {
            if (timer) return pause();
            button.textContent = 'Pause';
            timer = setInterval(() => show((Number(slider.value) + 1) % frames), 250);
          };
          slider.oninput = () => { pause(); show(Number(slider.value)); };
          controls.append(button, slider, said);
          film.querySelector('.panels').after(controls);
          film.classList.add('plays');
          pause();
          show(Math.min(seen, frames - 1));
        }
        """
}
