// The shapes of the ten digits as strokes in the unit square, x to the right and y down. The choice: a few points per
// stroke, joined by straight lines or by a smooth curve through them.

/// The strokes of a digit.
struct Glyph {
    /// One movement of the pen.
    enum Stroke {
        case line([SIMD2<Double>])
        case curve([SIMD2<Double>])

        /// The stroke as points close enough to be joined by straight lines.
        var path: [SIMD2<Double>] {
            switch self {
            case .line(let points): Self.sampled(points) { _, a, b, _, t in a + (b - a) * t }
            case .curve(let points): Self.sampled(points, Self.catmullRom(before:from:to:after:at:))
            }
        }

        private typealias Interpolation = (
            SIMD2<Double>, SIMD2<Double>, SIMD2<Double>, SIMD2<Double>, Double
        ) -> SIMD2<Double>

        private static func sampled(_ points: [SIMD2<Double>], _ between: Interpolation) -> [SIMD2<Double>] {
            let steps = 6, last = points.count - 1
            let inner = (0..<last).flatMap { index in
                (0..<steps).map { step in
                    between(
                        points[max(0, index - 1)], points[index], points[index + 1], points[min(last, index + 2)],
                        Double(step) / Double(steps))
                }
            }
            return inner + [points[last]]
        }

        /// The cubic through b and c with slopes from their neighbors (Catmull and Rom, 1974).
        private static func catmullRom(
            before a: SIMD2<Double>, from b: SIMD2<Double>, to c: SIMD2<Double>, after d: SIMD2<Double>, at t: Double
        ) -> SIMD2<Double> {
            let linear: SIMD2<Double> = c - a
            let square: SIMD2<Double> = 2 * a - 5 * b + 4 * c - d
            let cube: SIMD2<Double> = 3 * (b - c) + d - a
            return b + 0.5 * (linear * t + square * (t * t) + cube * (t * t * t))
        }
    }

    var strokes: [Stroke]

    /// The alternative ways to write each digit.
    static let digits: [[Glyph]] = [
        [
            Glyph(strokes: [
                .curve([
                    [0.5, 0.04], [0.27, 0.17], [0.18, 0.5], [0.28, 0.84], [0.5, 0.96], [0.73, 0.83], [0.82, 0.5],
                    [0.72, 0.17],
                    [0.48, 0.04],
                ])
            ])
        ],
        [
            Glyph(strokes: [.line([[0.5, 0.03], [0.5, 0.97]])]),
            Glyph(strokes: [.line([[0.3, 0.26], [0.53, 0.04], [0.53, 0.97]])]),
        ],
        [
            Glyph(strokes: [
                .curve([
                    [0.2, 0.28], [0.32, 0.09], [0.55, 0.04], [0.77, 0.2], [0.7, 0.45], [0.46, 0.72], [0.17, 0.94],
                ]),
                .line([[0.17, 0.94], [0.84, 0.92]]),
            ])
        ],
        [
            Glyph(strokes: [
                .curve([[0.22, 0.16], [0.45, 0.04], [0.72, 0.14], [0.7, 0.36], [0.42, 0.47]]),
                .curve([[0.42, 0.47], [0.72, 0.55], [0.79, 0.77], [0.54, 0.95], [0.19, 0.86]]),
            ])
        ],
        [
            Glyph(strokes: [
                .line([[0.28, 0.06], [0.2, 0.54], [0.82, 0.52]]), .line([[0.7, 0.08], [0.64, 0.97]]),
            ]),
            Glyph(strokes: [.line([[0.64, 0.97], [0.66, 0.04], [0.16, 0.64], [0.86, 0.63]])]),
        ],
        [
            Glyph(strokes: [
                .line([[0.77, 0.06], [0.33, 0.07], [0.27, 0.44]]),
                .curve([[0.27, 0.44], [0.52, 0.37], [0.77, 0.5], [0.77, 0.76], [0.5, 0.96], [0.19, 0.87]]),
            ])
        ],
        [
            Glyph(strokes: [
                .curve([
                    [0.7, 0.05], [0.42, 0.23], [0.25, 0.55], [0.29, 0.84], [0.5, 0.96], [0.74, 0.83], [0.72, 0.6],
                    [0.5, 0.5],
                    [0.27, 0.67],
                ])
            ])
        ],
        [
            Glyph(strokes: [.line([[0.18, 0.08], [0.82, 0.07], [0.42, 0.97]])]),
            Glyph(strokes: [
                .line([[0.18, 0.08], [0.82, 0.07], [0.42, 0.97]]), .line([[0.36, 0.53], [0.78, 0.5]]),
            ]),
        ],
        [
            Glyph(strokes: [
                .curve([
                    [0.5, 0.48], [0.28, 0.32], [0.32, 0.1], [0.54, 0.03], [0.75, 0.16], [0.69, 0.36], [0.5, 0.48],
                    [0.27, 0.63],
                    [0.24, 0.85], [0.5, 0.97], [0.77, 0.85], [0.73, 0.62], [0.5, 0.48],
                ])
            ])
        ],
        [
            Glyph(strokes: [
                .curve([
                    [0.74, 0.27], [0.6, 0.06], [0.36, 0.07], [0.23, 0.28], [0.36, 0.47], [0.58, 0.45], [0.74, 0.27],
                ]),
                .curve([[0.74, 0.27], [0.72, 0.6], [0.6, 0.97]]),
            ])
        ],
    ]
}
