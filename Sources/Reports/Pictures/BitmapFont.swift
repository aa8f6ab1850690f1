// The font of picture labels. The choice: glyphs of 4 x 7 pixels drawn in the source, so that pictures depend on no installed
// font.

/// Fixed-width glyphs drawn with squares.
package enum BitmapFont {
    /// The height of a line of text in pixels, before magnification.
    static let height = 7

    /// The width of a text in pixels, before magnification, without a gap after its last glyph.
    static func width(of text: String) -> Int { max(0, text.count * pitch - 1) }

    /// The positions (row, column) of a text's dark pixels. Characters that are not in the sheet stay blank.
    package static func pixels(of text: String) -> [(row: Int, column: Int)] {
        text.enumerated().flatMap { position, character in
            glyphs[character, default: []].map { ($0.row, $0.column + position * pitch) }
        }
    }

    /// The number of columns from one glyph to the next.
    private static let pitch = 5

    /// Characters, and their glyphs from left to right.
    private static let sheets = [
        (
            "0123456789cdehinoprtum/.BZsg",
            """
            .##. ..#. .##. .##. ..## #### .##. #### .##. .##. .... ...# .... #... .#.. .... .... .... .... .#.. .... .... ...# .... ###. #### .... ....
            #..# .##. #..# #..# .#.# #... #... ...# #..# #..# .... ...# .... #... .... .... .... .... .... .#.. .... .... ...# .... #..# ...# .... ....
            #..# ..#. ...# ..#. #..# ###. ###. ..#. .##. #..# .### .### .##. ###. .#.. ###. .##. ###. #.## ###. #..# #### ..#. .... ###. ..#. .### .###
            #..# ..#. ..#. ...# #### ...# #..# ..#. #..# .### #... #..# #### #..# .#.. #..# #..# #..# ##.. .#.. #..# #### ..#. .... #..# .#.. ##.. #..#
            #..# ..#. .#.. #..# ...# #..# #..# .#.. #..# ...# #... #..# #... #..# .#.. #..# #..# #..# #... .#.. #..# #.## .#.. .... #..# #... ..## #..#
            .##. .### #### .##. ...# .##. .##. .#.. .##. .##. .### .### .### #..# .#.. #..# .##. ###. #... ..## .### #.## .#.. .#.. ###. #### ###. .###
            .... .... .... .... .... .... .... .... .... .... .... .... .... .... .... .... .... #... .... .... .... .... .... .... .... .... .... ..##
            """
        ),
        (
            "abfjklqvwxyz",
            """
            .... #... ..## ...# #... .#.. .... .... .... .... .... ....
            .... #... .#.. .... #... .#.. .... .... .... .... .... ....
            .### ###. #### ...# #.#. .#.. .### #..# #..# #..# #..# ####
            #..# #..# .#.. ...# ##.. .#.. #..# #..# #### .##. #..# ..#.
            #..# #..# .#.. ...# #.#. .#.. #..# .##. #### .##. .### .#..
            .### ###. .#.. #..# #..# ..#. .### .##. .##. #..# ...# ####
            .... .... .... .##. .... .... ...# .... .... .... .##. ....
            """
        ),
        (
            "ACDEFGHIJKLMN",
            """
            .##. .##. ###. #### #### .##. #..# .### ..## #..# #... #..# #..#
            #..# #..# #..# #... #... #... #..# ..#. ...# #.#. #... #### ##.#
            #..# #... #..# ###. ###. #.## #### ..#. ...# ##.. #... #### ##.#
            #### #... #..# #... #... #..# #..# ..#. ...# ##.. #... #..# #.##
            #..# #..# #..# #... #... #..# #..# ..#. #..# #.#. #... #..# #.##
            #..# .##. ###. #### #... .### #..# .### .##. #..# #### #..# #..#
            .... .... .... .... .... .... .... .... .... .... .... .... ....
            """
        ),
        (
            "OPQRSTUVWXY",
            """
            .##. ###. .##. ###. .### .### #..# #..# #..# #..# #..#
            #..# #..# #..# #..# #... ..#. #..# #..# #..# #..# #..#
            #..# #..# #..# #..# .##. ..#. #..# #..# #..# .##. .##.
            #..# ###. #..# ###. ...# ..#. #..# #..# #### .##. ..#.
            #..# #... #.## #.#. ...# ..#. #..# .##. #### #..# ..#.
            .##. #... .### #..# ###. ..#. .##. .##. #..# #..# ..#.
            .... .... ...# .... .... .... .... .... .... .... ....
            """
        ),
        (
            "-_+:,=%()",
            """
            .... .... .... .... .... .... #..# ..#. .#..
            .... .... .... .... .... .... ...# .#.. ..#.
            .... .... ..#. .#.. .... #### ..#. .#.. ..#.
            #### .... .### .... .... .... .#.. .#.. ..#.
            .... .... ..#. .#.. .#.. #### #... .#.. ..#.
            .... .... .... .... .#.. .... #..# ..#. .#..
            .... #### .... .... #... .... .... .... ....
            """
        ),
    ]

    private static let glyphs: [Character: [(row: Int, column: Int)]] = {
        let glyphs = sheets.flatMap { characters, sheet in
            let rows = sheet.split(separator: "\n").map { Array($0) }
            return characters.enumerated().map { position, character in
                (character, dark(rows, columns: position * pitch..<position * pitch + pitch - 1))
            }
        }
        return Dictionary(uniqueKeysWithValues: glyphs)
    }()

    private static func dark(_ rows: [[Character]], columns: Range<Int>) -> [(row: Int, column: Int)] {
        rows.indices.flatMap { row in
            columns.filter { rows[row][$0] == "#" }.map { (row, $0 - columns.lowerBound) }
        }
    }
}
