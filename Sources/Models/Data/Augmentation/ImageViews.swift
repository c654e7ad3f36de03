/// The views that a tree's training makes of images where its settings ask for views.
package enum ImageViews {
    /// The authors' contrastive views of colour images; they train grey ones without. A digit mirrored or cut off is another
    /// one, so grey images are moved instead.
    package static let byChannels: ImageAugmentation = { image, height, width, channels, random in
        if channels == 1 {
            StrokeAugmentation.handwriting.apply(
                to: image, height: height, width: width, channels: channels, using: &random)
        } else {
            ContrastiveAugmentation.cifar.apply(
                to: image, height: height, width: width, channels: channels, using: &random)
        }
    }
}
