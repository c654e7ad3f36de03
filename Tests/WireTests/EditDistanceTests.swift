import Testing
import Wire

@Suite struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("leaf", "leaves", 3),
        ("same", "same", 0),
    ])
    func counts(_ one: String, _ other: String, _ distance: Int) {
        #expect(EditDistance.between(one, other) == distance)
    }

    @Test func findsTheNearest() {
        #expect(EditDistance.nearest(to: "leavs", among: ["levels", "leaves", "preset"]) == "leaves")
        #expect(EditDistance.nearest(to: "x", among: []) == nil)
    }
}
