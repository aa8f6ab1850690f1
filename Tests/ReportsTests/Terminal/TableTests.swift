import Reports
import Testing

@Suite struct TableTests {
    @Test func namesStandLeftAndNumbersRight() {
        var table = Table(["model", "parameters", "tensors"])
        table.add(["neural-scene", "8,386,576", "92"])
        table.add(["a", "1", "1,024,000"])
        #expect(
            table.description == """
                model         parameters    tensors
                ------------  ----------  ---------
                neural-scene   8,386,576         92
                a                      1  1,024,000

                """)
    }

    @Test func linesEndWithoutBlanksAndAlignmentsCanBeGiven() {
        var table = Table(["n", "note"], alignments: [.right, .left])
        table.add(["100", "é"])
        table.add(["7", ""])
        #expect(table.description == "  n  note\n---  ----\n100  é\n  7\n")
    }

    @Test func groupsStandUnderTheirHeadings() {
        var table = Table("frame", groups: [("MSE", ["network", "last"]), ("a long heading", ["n", "l"])])
        table.add(["11", "*5.31", "13.30", "*1", ""])
        #expect(
            table.description == """
                       MSE             a long heading
                frame  network   last   n  l
                -----  -------  -----  --  -
                11       *5.31  13.30  *1

                """)
    }
}
