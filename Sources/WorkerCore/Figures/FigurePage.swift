import Imaging
import Models
import Wire

/// What all figures share: margins, the title, the way text is cut, and how a picture becomes files.
enum FigurePage {
    static let margin = 40.0
    /// Where a figure begins below its title.
    static let top = 108.0
    private static let titleScale = 4

    static func require(leaves: Int) throws {
        guard leaves <= JobValidation.figureLeaves else {
            throw JobError(
                .invalidArgument,
                "A figure shows at most \(JobValidation.figureLeaves) leaves side by side and this tree has \(leaves): draw a smaller "
                    + "tree.")
        }
    }

    /// A page with its title, for a figure of a width and a height from the top of the page.
    static func picture(_ title: String, width: Double, bottom: Double) -> Picture {
        let widest = max(width, Picture.width(of: title, scale: titleScale))
        var picture = Picture(
            width: Int((widest + 2 * margin).rounded(.up)), height: Int((bottom + margin).rounded(.up)))
        picture.text(title, x: margin, y: margin, scale: titleScale)
        return picture
    }

    /// By how much an image is enlarged so that it is about `side` wide.
    static func scale(_ shape: ImageShape, side: Int) -> Int {
        max(1, side / max(shape.width, shape.height))
    }

    /// The longest beginning of a text that fits, with dots where something is left out.
    static func fitted(_ text: String, width: Double) -> String {
        guard Picture.width(of: text) > width else { return text }
        var short = text
        while !short.isEmpty, Picture.width(of: short + "...") > width { short.removeLast() }
        return short + "..."
    }

    /// The picture as PNG, with the recipe as text chunks, and as SVG.
    static func files(_ name: String, _ picture: Picture, recipe: Recipe) throws -> [ResultFile] {
        [
            ResultFile(
                name: "\(name).png", mediaType: "image/png",
                bytes: try PNG.encode(picture.image(), text: recipe.entries)),
            ResultFile(name: "\(name).svg", mediaType: "image/svg+xml", bytes: Array(try picture.svg().utf8)),
        ]
    }
}
