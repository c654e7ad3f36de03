/// What is made of several shapes.
extension Picture {
    /// A rectangle with an outline inside its edges.
    package mutating func box(
        x: Double, y: Double, width: Double, height: Double, fill: Colour = .white, outline: Colour
    ) {
        rectangle(x: x, y: y, width: width, height: height, outline)
        rectangle(x: x + 2, y: y + 2, width: width - 4, height: height - 4, fill)
    }

    /// A circle with an outline inside its edge.
    package mutating func disc(_ centre: Point, radius: Double, fill: Colour, outline: Colour) {
        circle(centre, radius: radius, outline)
        circle(centre, radius: radius - 2, fill)
    }

    /// A line with a head at its end.
    package mutating func arrow(from start: Point, to end: Point, _ colour: Colour) {
        let (x, y) = (end.x - start.x, end.y - start.y)
        let length = (x * x + y * y).squareRoot()
        guard length > 0 else { return }
        let (alongX, alongY) = (x / length, y / length)
        let (headLength, headHalf) = (min(16, length), 7.0)
        let neck = Point(x: end.x - alongX * headLength, y: end.y - alongY * headLength)
        line([start, neck], width: 2.4, colour)
        polygon(
            [
                end, Point(x: neck.x - alongY * headHalf, y: neck.y + alongX * headHalf),
                Point(x: neck.x + alongY * headHalf, y: neck.y - alongX * headHalf),
            ], colour)
    }
}
